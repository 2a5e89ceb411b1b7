"""Corrections strike out and replace, visibly; which version counts does not depend on what arrived last (RULES-TIMELINE 3)."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from uuid import UUID

from projections.timeline.entries import Entry
from schemas.events import RecordedEvent
from schemas.vocabulary import BindingId
from tests.unit.projections.builders import AF, corrected, entries, fields, in_words, lines, retracted, said

TALK = said("conversation.held", "2026-09-01", {"place": "Farsta"}, event_id="talk")


def versions(entry: Entry) -> tuple[list[str], list[tuple[str, str]]]:
    """The events that count, and those struck out with their reasons."""
    return [event.id for event in entry.events], [(struck.event.id, struck.reason) for struck in entry.struck]


def only(events: list[RecordedEvent], known_at: str | None = None) -> Entry:
    """The one entry of a timeline."""
    [entry] = entries(events, known_at=known_at)
    return entry


def test_a_correction_replaces_the_whole_and_the_original_stays_struck_out_with_the_reason() -> None:
    fixed = corrected(TALK, "2026-09-05", {"kind": "trepart"}, reason="wrong place")

    entry = only([TALK, fixed])

    assert (entry.state, fields(entry, "place", "kind"), versions(entry)) == (
        "recorded",
        [None, "trepart"],
        ([fixed.id], [("talk", "wrong place")]),
    )


def test_the_latest_in_the_canonical_order_counts_whatever_arrived_last() -> None:
    first = corrected(TALK, "2026-09-02", {"place": "Globen"})
    second = corrected(TALK, "2026-09-03", {"place": "Gamla stan"}, reason="moved")

    shown = {tuple(fields(only([TALK, *arrived]), "place")) for arrived in permutations([first, second])}
    struck = versions(only([TALK, second, first]))[1]

    assert (shown, struck) == ({("Gamla stan",)}, [("talk", "moved"), (first.id, "moved")])


def test_a_sequence_decides_among_corrections_whatever_their_clocks_said() -> None:
    first = corrected(TALK, "2026-09-09", {"place": "Globen"}, sequence=1)
    second = corrected(TALK, "2026-09-03", {"place": "Gamla stan"}, sequence=2)

    assert fields(only([TALK, second, first]), "place") == ["Gamla stan"]


def test_a_correction_of_a_correction_belongs_to_the_same_chain() -> None:
    first = corrected(TALK, "2026-09-02", {"place": "Globen"})
    second = corrected(first, "2026-09-03", {"place": "Gamla stan"})

    entry = only([TALK, first, second])

    assert (entry.key, fields(entry, "place"), [struck.event.id for struck in entry.struck]) == (
        "talk",
        ["Gamla stan"],
        ["talk", first.id],
    )


def test_retracting_a_correction_restores_the_version_before_it() -> None:
    first = corrected(TALK, "2026-09-02", {"place": "Globen"})
    second = corrected(TALK, "2026-09-03", {"place": "Gamla stan"})
    undone = [TALK, first, second, retracted(second, "2026-09-04", reason="wrong person")]

    assert (fields(only(undone), "place"), versions(only(undone))[1]) == (
        ["Globen"],
        [("talk", "mistake"), (second.id, "wrong person")],
    )
    assert fields(only([*undone, retracted(first, "2026-09-05")]), "place") == ["Farsta"]


def test_retracting_the_root_strikes_the_whole_chain_and_a_later_correction_has_no_effect() -> None:
    first = corrected(TALK, "2026-09-02", {"place": "Globen"})
    gone = retracted(TALK, "2026-09-03", reason="never took place")
    later = corrected(TALK, "2026-09-04", {"place": "Gamla stan"})

    entry = only([TALK, first, gone, later])

    assert (in_words(entry), versions(entry)) == (
        "retracted at 2026-09-01",
        ([], [("talk", "never took place"), (first.id, "never took place"), (later.id, "never took place")]),
    )


def test_retracting_twice_is_retracting_once() -> None:
    events = [TALK, retracted(TALK, "2026-09-03"), retracted(TALK, "2026-09-04")]

    assert lines(events) == ["retracted at 2026-09-01"]


def test_a_correction_moves_nothing_in_time_and_into_no_other_group() -> None:
    talk = replace(TALK, correlationid="g-1")
    other = said("conversation.held", "2026-09-03")
    fixed = replace(corrected(talk, "2026-10-05", {"place": "Globen"}), correlationid="g-2")

    found = entries([talk, other, fixed])

    assert [(entry.key, entry.at, entry.group) for entry in found] == [
        (other.id, date(2026, 9, 3), None),
        ("talk", date(2026, 9, 1), "g-1"),
    ]


def test_a_corrected_opener_is_folded_anew_with_everything_after_it() -> None:
    opener = said("activity.started", "2026-03-02", {"activity": "praktik", "hours": 20})
    change = said("activity.changed", "2026-04-01", {"label": "Globen"})
    closer = said("activity.completed", "2026-05-29")
    fixed = corrected(opener, "2026-09-15", {"activity": "praktik", "from": "2026-03-09", "hours": 3})

    entry = only([opener, change, closer, fixed])

    assert (in_words(entry), fields(entry, "hours", "label"), versions(entry)[0]) == (
        "completed from 2026-03-09 to 2026-05-29",
        [3, "Globen"],
        [fixed.id, change.id, closer.id],
    )


def test_a_retracted_opener_leaves_what_followed_without_one_until_the_fact_is_sent_again() -> None:
    opener = said("enrolment.opened", "2026-03-02", {"programme": "jug"}, event_id="o")
    change = said("enrolment.changed", "2026-04-01", {"unit": "Globen"})
    gone = retracted(opener, "2026-05-04", reason="wrong programme")
    again = said("enrolment.opened", "2026-03-02", {"programme": "job"}, recorded="2026-05-05", event_id="o2")

    assert (lines([opener, change, gone]), versions(only([opener, change, gone]))[1]) == (
        ["active from ? (opener_missing)"],
        [("o", "wrong programme")],
    )
    assert (lines([opener, change, gone, again]), versions(only([opener, change, gone, again]))) == (
        ["active from 2026-03-02 (late)"],
        (["o2", change.id], [("o", "wrong programme")]),
    )


def test_what_is_struck_out_stands_at_the_episode_in_which_it_counted() -> None:
    events = [
        said("enrolment.opened", "2026-03-02", {"programme": "jug"}),
        wrong := said("enrolment.changed", "2026-03-05", {"unit": "Farsta"}, event_id="wrong"),
        said("enrolment.closed", "2026-04-30"),
        said("enrolment.opened", "2026-09-01", {"programme": "jug"}),
        also := said("enrolment.changed", "2026-09-05", {"unit": "Globen"}, event_id="also"),
        retracted(wrong, "2026-10-01"),
        retracted(also, "2026-10-01"),
    ]

    assert [(entry.episode, [struck.event.id for struck in entry.struck]) for entry in entries(events)] == [
        (2, ["also"]),
        (1, ["wrong"]),
    ]


def test_a_correction_known_today_changes_the_picture_of_last_spring_but_not_what_was_known_then() -> None:
    opener = said("activity.started", "2026-02-02", {"hours": 20})
    fixed = corrected(opener, "2026-09-15", {"hours": 3})
    march = date(2026, 3, 1)

    now, [then] = entries([opener, fixed], march), entries([opener, fixed], march, known_at="2026-03-01")

    assert ([fields(entry, "hours") for entry in now], fields(then, "hours"), then.struck) == ([[3]], [20], ())


def test_a_retracted_registration_strikes_everything_that_was_said_under_its_reference() -> None:
    other = BindingId(UUID(int=7))
    registered = said("participant.registered", "2026-09-01", event_id="r")
    enrolled = said("enrolment.opened", "2026-09-02", {"programme": "ame"})
    elsewhere = said("conversation.held", "2026-09-03", source=AF, binding=other)
    gone = retracted(registered, "2026-09-11", reason="wrong person")

    assert lines([registered, enrolled, elsewhere, gone]) == [
        "recorded at 2026-09-03",
        "retracted at 2026-09-02 (registration_retracted)",
        "retracted at 2026-09-01 (registration_retracted)",
    ]


def test_a_reference_that_is_registered_twice_lives_until_the_last_registration_is_retracted() -> None:
    first, second = said("participant.registered", "2026-09-01"), said("participant.registered", "2026-09-02")
    enrolled = said("enrolment.opened", "2026-09-03", {"programme": "ame"})
    events = [first, second, enrolled, retracted(first, "2026-09-11")]

    assert [entries(events)[0].state, entries([*events, retracted(second, "2026-09-12")])[0].state] == [
        "active",
        "retracted",
    ]


def test_an_event_under_a_new_binding_of_the_reference_counts_beside_what_was_struck() -> None:
    again = BindingId(UUID(int=8))
    registered = said("participant.registered", "2026-09-01")
    events = [
        registered,
        said("enrolment.opened", "2026-09-02", {"programme": "ame"}, event_id="o"),
        retracted(registered, "2026-09-11"),
        said("participant.registered", "2026-09-12", binding=again),
        said("enrolment.opened", "2026-09-02T12:00", {"programme": "jug"}, binding=again, recorded="2026-09-12"),
    ]

    entry = next(entry for entry in entries(events) if entry.kind == "enrolment")

    assert (in_words(entry), fields(entry, "programme"), [struck.event.id for struck in entry.struck]) == (
        "active from 2026-09-02",
        ["jug"],
        ["o"],
    )
