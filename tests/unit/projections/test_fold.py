"""A whole timeline: its order, its two times, its groups, and what an entry knows about itself."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.timeline.fold import fold_timeline, groups_of
from projections.timeline.outline import outline, outlines
from projections.timeline.stored import read_events, write_events
from schemas.events import RecordedEvent
from schemas.vocabulary import Domain
from tests.unit.projections.builders import (
    AF,
    JOBBTORG,
    PARTICIPANT,
    SFI,
    at,
    corrected,
    entries,
    fields,
    retracted,
    said,
)

DAY = date(2026, 9, 15)


def test_nothing_known_is_an_empty_timeline() -> None:
    assert fold_timeline([], as_of=DAY) == []


def test_entries_are_newest_first_by_the_first_event_that_counts() -> None:
    opener = said("enrolment.opened", "2026-03-02", {"programme": "jug"}, key="old")
    events = [
        opener,
        said("enrolment.changed", "2026-10-01", key="old"),
        said("plan.created", "2026-05-04", key="plan"),
        said("conversation.held", "2026-06-01", event_id="talk"),
    ]

    kept, gone = entries(events), entries([*events, retracted(opener, "2026-11-01")])

    assert ([entry.key for entry in kept], [entry.key for entry in gone]) == (
        ["talk", "plan", "old"],
        ["old", "talk", "plan"],
    )


def test_a_lower_sequence_never_stands_after_a_higher_one_and_its_own_day_is_shown() -> None:
    events = [
        said("conversation.held", "2026-09-01", source=AF, sequence=1, event_id="first"),
        said("conversation.held", "2026-08-20", source=AF, sequence=2, event_id="second"),
        said("conversation.held", "2026-08-25", source=SFI, event_id="between"),
    ]

    assert [(entry.key, entry.at) for entry in entries(events)] == [
        ("second", date(2026, 8, 20)),
        ("first", date(2026, 9, 1)),
        ("between", date(2026, 8, 25)),
    ]


def test_as_of_shows_what_had_happened_and_known_at_what_was_known() -> None:
    events = [
        said("conversation.held", "2026-09-01", event_id="a"),
        said("conversation.held", "2026-09-20", event_id="b"),
        said("conversation.held", "2026-09-02", event_id="c", recorded="2026-10-01"),
    ]

    shown = {
        (as_of, known_at): [entry.key for entry in entries(events, date.fromisoformat(as_of), known_at)]
        for as_of in ("2026-09-15", "2026-09-20")
        for known_at in ("2026-09-15", "2026-10-01", None)
    }

    assert shown == {
        ("2026-09-15", "2026-09-15"): ["a"],
        ("2026-09-15", "2026-10-01"): ["c", "a"],
        ("2026-09-15", None): ["c", "a"],
        ("2026-09-20", "2026-09-15"): ["a"],
        ("2026-09-20", "2026-10-01"): ["b", "c", "a"],
        ("2026-09-20", None): ["b", "c", "a"],
    }


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("2026-06-30T22:30+00:00", "2026-07-01"),
        ("2026-11-30T22:59+00:00", "2026-11-30"),
        ("2026-11-30T23:00+00:00", "2026-12-01"),
    ],
)
def test_a_day_is_a_stockholm_day(when: str, day: str) -> None:
    event = said("conversation.held", "2026-06-30")
    moved = replace(event, time=event.time.fromisoformat(when))

    assert [entry.at for entry in entries([moved], date.max)] == [date.fromisoformat(day)]


def test_an_entry_knows_its_agency_unit_source_legal_basis_purpose_and_domain() -> None:
    opener = replace(
        said("plan.created", "2026-03-02", {"unit": "Farsta"}), legalbasis="SoL", orgunit="Söder", purpose="planning"
    )
    later = replace(said("plan.revised", "2026-04-01"), legalbasis="2017:584", orgunit="Norr")
    [entry] = entries([opener, later])

    assert (
        entry.agency,
        entry.source,
        entry.unit,
        entry.legal_basis,
        entry.purpose,
        set(entry.domains),
        entry.time,
    ) == (
        "jobbtorg",
        JOBBTORG,
        "Farsta",
        "2017:584",
        "planning",
        {Domain.PLAN},
        at("2026-03-02"),
    )


def test_a_point_event_takes_its_unit_from_the_data_or_else_from_the_envelope() -> None:
    inside = replace(said("conversation.held", "2026-03-02", {"unit": "Farsta"}), orgunit="Söder")
    outside = replace(said("conversation.held", "2026-03-03"), orgunit="Söder")

    assert [entry.unit for entry in entries([inside, outside])] == ["Söder", "Farsta"]


def test_entries_with_one_correlation_are_a_group_across_agencies_oldest_first() -> None:
    events = [
        said("referral.sent", "2026-09-01", source=AF, group="g"),
        said("referral.accepted", "2026-09-02", group="g"),
        said("activity.started", "2026-09-03", group="g"),
        said("activity.changed", "2026-09-04", group="other"),
        said("conversation.held", "2026-09-05"),
    ]

    grouped = groups_of(entries(events))

    assert {name: [entry.kind for entry in listed] for name, listed in grouped.items()} == {
        "g": ["referral.sent", "referral.accepted", "activity"]
    }


def test_a_spell_belongs_to_the_group_of_its_opener_even_when_something_came_before() -> None:
    events = [
        said("activity.changed", "2026-09-01", group="early"),
        said("activity.started", "2026-09-02", group="g"),
    ]

    assert [entry.group for entry in entries(events)] == ["g"]


@pytest.mark.parametrize(
    ("events", "domains"),
    [
        ([said("enrolment.opened", "2026-03-02", {"programme": "jug"})], {Domain.ENR}),
        ([said("enrolment.opened", "2026-03-02", {"programme": "forsorjningsstod"})], {Domain.SOC}),
        ([said("enrolment.changed", "2026-03-02", {"unit": "Farsta"})], {Domain.ENR}),
        ([said("mapping.completed", "2026-03-02", {"level": "health"})], {Domain.HLT}),
        ([said("mapping.completed", "2026-03-02", {"level": "social"})], {Domain.SOC}),
        ([said("mapping.completed", "2026-03-02", {})], {Domain.PLAN}),
    ],
)
def test_the_domain_is_that_of_the_family_unless_the_content_is_of_a_stricter_one(
    events: list[RecordedEvent], domains: set[Domain]
) -> None:
    assert [entry.domains for entry in entries(events)] == [domains]


def test_an_entry_is_judged_by_every_version_ever_recorded_whatever_is_known_then() -> None:
    opener = said("enrolment.opened", "2026-03-02", {"programme": "jug"})
    fixed = corrected(opener, "2026-09-15", {"programme": "forsorjningsstod"})
    gone = retracted(fixed, "2026-09-16")

    judged = [
        entries([opener, fixed])[0].domains,
        entries([opener, fixed], known_at="2026-03-03")[0].domains,
        entries([opener, fixed, gone])[0].domains,
    ]

    assert judged == [{Domain.ENR, Domain.SOC}] * 3


def test_the_fields_of_a_point_event_are_what_it_said_without_nulls() -> None:
    [entry] = entries([said("conversation.held", "2026-03-02", {"place": "Farsta", "kind": None})])

    assert entry.fields == {"place": "Farsta"}


def test_the_fields_of_a_spell_hold_neither_its_key_nor_its_dates() -> None:
    [entry] = entries(
        [said("plan.created", "2026-03-02", {"plan_type": "jobbplan", "from": "2026-03-02", "to": "2026-12-31"})]
    )

    assert (entry.fields, fields(entry, "key")) == ({"plan_type": "jobbplan"}, [None])


def test_events_about_nobody_are_a_bug_and_not_shown() -> None:
    stray = replace(said("conversation.held", "2026-03-02"), participant_id=None)

    with pytest.raises(ValueError, match="expected an event about a person"):
        entries([stray])


def _streams() -> st.SearchStrategy[list[RecordedEvent]]:
    """A participant's events: spells of two keys, point events, corrections and retractions, numbered or not."""
    days = st.dates(date(2026, 1, 1), date(2026, 10, 31))
    names = st.sampled_from(
        "enrolment.opened enrolment.changed enrolment.paused enrolment.resumed enrolment.closed conversation.held".split()
    )
    step = st.tuples(
        names, days, st.sampled_from("ab"), st.sampled_from([JOBBTORG, AF]), st.booleans(), st.integers(0, 9)
    )
    return st.lists(step, min_size=1, max_size=10).map(_told)


def _told(steps: list[tuple[str, date, str, str, bool, int]]) -> list[RecordedEvent]:
    events: list[RecordedEvent] = []
    for place, (name, day, key, source, numbered, fate) in enumerate(steps):
        when = day.isoformat()
        sequence = place * 2 + 1 if numbered else None
        data = {"programme": "jug" if fate % 2 else "ame"} if name == "enrolment.opened" else {}
        event = said(name, when, data, key=key, source=source, sequence=sequence, recorded="2026-11-01")
        events.append(event)
        again = place * 2 + 2 if numbered else None
        if fate in (7, 9):
            events.append(corrected(event, when, {"unit": f"U{place}"}, sequence=again))
        if fate in (8, 9):
            events.append(retracted(events[-1], when, sequence=again + 100 if again else None))
    return events


@settings(deadline=None, derandomize=True, max_examples=150)
@given(_streams(), st.randoms(use_true_random=False), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_a_timeline_is_the_same_in_whatever_order_its_events_arrived(
    events: list[RecordedEvent], chance: Random, day: date
) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)

    assert fold_timeline(shuffled, as_of=day) == fold_timeline(events, as_of=day)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(_streams())
def test_what_is_stored_is_read_back_as_it_was(events: list[RecordedEvent]) -> None:
    by_thing = {event.thing: [each for each in events if each.thing == event.thing] for event in events}

    read = {thing: read_events(write_events(listed), PARTICIPANT, thing) for thing, listed in by_thing.items()}

    assert read == by_thing


@settings(deadline=None, derandomize=True, max_examples=100)
@given(_streams())
def test_the_outline_of_a_thing_counts_the_entries_of_its_timeline_and_gives_the_state_of_the_last(
    events: list[RecordedEvent],
) -> None:
    whole = outlines(events)
    shown = {thing: [entry for entry in entries(events, date.max) if entry.thing == thing] for thing in whole}

    assert {thing: (found.entries, found.state, found.kind) for thing, found in whole.items()} == {
        thing: (len(listed), max(listed, key=lambda entry: entry.episode or 0).state, listed[0].kind)
        for thing, listed in shown.items()
    }


@settings(deadline=None, derandomize=True, max_examples=100)
@given(_streams())
def test_a_thing_that_numbers_all_or_none_of_its_events_comes_to_the_same_alone_as_among_all_others(
    events: list[RecordedEvent],
) -> None:
    things = {event.thing: [each for each in events if each.thing == event.thing] for event in events}
    whole = outlines(events)
    of_one_kind = {
        thing: listed for thing, listed in things.items() if len({event.sequence is None for event in listed}) == 1
    }

    assert {thing: outline(listed) for thing, listed in of_one_kind.items()} == {
        thing: whole[thing] for thing in of_one_kind
    }
