"""Spells are opened, changed, paused, closed and reopened; every order of events gives an answer (RULES-TIMELINE 1)."""

from datetime import date

import pytest

from schemas.event_type import JsonObject
from tests.unit.projections.builders import AF, MIGRATION, SFI, entries, fields, lines, said


def opened(when: str = "2026-03-02", **data: object) -> JsonObject:
    """The data of an enrolment that opens, beside its day."""
    return {"programme": "jobbtorg", "from": when, **data}


OPENED = said("enrolment.opened", "2026-03-02", opened())


@pytest.mark.parametrize(
    ("name", "source", "data", "said_of_it"),
    [
        ("enrolment.opened", AF, {"planned_end": "2026-12-31"}, "active from 2026-03-02, planned to 2026-12-31"),
        ("plan.created", AF, {"to": "2026-12-31"}, "active from 2026-03-02, planned to 2026-12-31"),
        ("activity.proposed", AF, {}, "proposed from 2026-03-02"),
        ("activity.registered", AF, {"from": "2026-03-09"}, "active from 2026-03-09"),
        ("activity.started", AF, {"from": None}, "active from 2026-03-02"),
        ("sfi.application_received", SFI, {}, "proposed from 2026-03-02"),
        ("sfi.admitted", SFI, {"from": "2026-04-01"}, "planned from 2026-04-01"),
        ("sfi.course_started", SFI, {}, "active from 2026-03-02"),
        ("komvux.applied", SFI, {}, "proposed from 2026-03-02"),
        ("komvux.admitted", SFI, {}, "planned from 2026-03-02"),
        ("komvux.started", SFI, {}, "active from 2026-03-02"),
        ("civic_orientation.started", SFI, {}, "active from 2026-03-02"),
        ("placement.agreed", AF, {"to": "2026-12-30"}, "planned from 2026-03-02, planned to 2026-12-30"),
        ("placement.started", AF, {}, "active from 2026-03-02"),
        ("benefit.started", AF, {"kind": "dagersattning"}, "active from 2026-03-02"),
        ("permit.granted", MIGRATION, {"to": "2027-03-01"}, "active from 2026-03-02 to 2027-03-01"),
    ],
)
def test_an_opener_gives_the_base_state_the_start_and_the_planned_end(
    name: str, source: str, data: JsonObject, said_of_it: str
) -> None:
    assert lines([said(name, "2026-03-02", data, source=source)]) == [said_of_it]


@pytest.mark.parametrize(
    ("opener", "closer", "said_of_it"),
    [
        ("enrolment.opened", "enrolment.closed", "closed from 2026-03-02 to 2026-06-01"),
        ("plan.created", "plan.closed", "closed from 2026-03-02 to 2026-06-01"),
        ("activity.started", "activity.completed", "completed from 2026-03-02 to 2026-06-01"),
        ("activity.started", "activity.interrupted", "interrupted from 2026-03-02 to 2026-06-01"),
        ("sfi.course_started", "sfi.course_completed", "completed from 2026-03-02 to 2026-06-01"),
        ("sfi.course_started", "sfi.interrupted", "interrupted from 2026-03-02 to 2026-06-01"),
        ("komvux.started", "komvux.graded", "completed from 2026-03-02 to 2026-06-01"),
        ("komvux.started", "komvux.dropped", "interrupted from 2026-03-02 to 2026-06-01"),
        ("komvux.applied", "komvux.rejected", "rejected from 2026-03-02 to 2026-06-01"),
        ("civic_orientation.started", "civic_orientation.completed", "completed from 2026-03-02 to 2026-06-01"),
        ("placement.started", "placement.ended", "closed from 2026-03-02 to 2026-06-01"),
        ("benefit.started", "benefit.ended", "closed from 2026-03-02 to 2026-06-01"),
        ("permit.granted", "permit.expired", "closed from 2026-03-02 to 2026-06-01"),
    ],
)
def test_a_closer_ends_the_spell_on_its_day_in_its_own_way(opener: str, closer: str, said_of_it: str) -> None:
    assert lines([said(opener, "2026-03-02"), said(closer, "2026-06-01")]) == [said_of_it]


def test_a_change_sets_what_it_says_keeps_what_it_leaves_out_and_clears_what_is_null() -> None:
    events = [
        said(
            "activity.registered",
            "2026-03-02",
            {"label": "Coach", "hours": 10, "week": ["mon 08:00-10:00"], "to": "2026-06-30"},
        ),
        said("activity.changed", "2026-04-01", {"hours": 15, "week": ["tue 08:00-12:00"], "label": None}),
        said("activity.changed", "2026-05-01", {"to": None}),
    ]

    entry = entries(events)[0]

    assert (entry.planned_to, fields(entry, "hours", "week", "label")) == (None, [15, ["tue 08:00-12:00"], None])


def test_a_change_moves_the_start_and_the_planned_end() -> None:
    events = [OPENED, said("enrolment.changed", "2026-03-05", {"from": "2026-04-01", "planned_end": "2026-12-31"})]

    assert lines(events) == ["active from 2026-04-01, planned to 2026-12-31"]


def test_a_later_opener_raises_the_base_state_and_never_lowers_it() -> None:
    steps = [
        said("sfi.application_received", "2026-03-02", source=SFI),
        said("sfi.admitted", "2026-04-02", {"from": "2026-05-04"}, source=SFI),
        said("sfi.course_started", "2026-05-04", source=SFI),
        said("sfi.admitted", "2026-05-05", source=SFI),
        said("sfi.application_received", "2026-05-06", source=SFI),
    ]

    assert [lines(steps[:known])[0] for known in range(1, 6)] == [
        "proposed from 2026-03-02",
        "planned from 2026-05-04",
        "active from 2026-05-04",
        "active from 2026-05-04",
        "active from 2026-05-04",
    ]


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 3, 1), "planned"),
        (date(2026, 3, 2), "active"),
        (date(2026, 6, 14), "active"),
        (date(2026, 6, 15), "paused"),
        (date(2026, 6, 20), "paused"),
        (date(2026, 6, 21), "active"),
        (date(2026, 10, 29), "active"),
        (date(2026, 10, 30), "closed"),
    ],
)
def test_the_state_is_that_of_the_day_with_both_ends_of_a_period_inside(day: date, state: str) -> None:
    events = [
        said("enrolment.opened", "2026-02-02", opened()),
        said("enrolment.paused", "2026-02-03", {"from": "2026-06-15", "to": "2026-06-20"}),
        said("enrolment.closed", "2026-02-04", {"to": "2026-10-30"}),
    ]

    assert entries(events, day)[0].state == state


def test_before_its_first_event_a_spell_is_not_there() -> None:
    assert lines([said("enrolment.opened", "2026-03-02", opened("2026-02-01"))], date(2026, 3, 1)) == []


def test_a_close_dated_ahead_shows_its_day_at_once() -> None:
    events = [OPENED, said("enrolment.closed", "2026-04-01", {"to": "2026-10-30"})]

    assert lines(events, date(2026, 4, 1)) == ["active from 2026-03-02 to 2026-10-30"]


def test_a_resumption_ends_the_pause_the_day_before() -> None:
    events = [OPENED, said("enrolment.paused", "2026-06-15"), said("enrolment.resumed", "2026-08-03")]

    assert lines(events) == ["active from 2026-03-02, paused 2026-06-15 to 2026-08-02"]


def test_a_pause_may_be_open_and_may_come_again() -> None:
    events = [
        OPENED,
        said("enrolment.paused", "2026-06-15"),
        said("enrolment.resumed", "2026-08-01", {"from": "2026-08-03"}),
        said("enrolment.paused", "2026-11-01", {"from": "2026-11-16"}),
    ]

    assert lines(events) == ["paused from 2026-03-02, paused 2026-06-15 to 2026-08-02, paused 2026-11-16 to ?"]


def test_a_resumption_shortens_a_pause_with_an_end_and_never_lengthens_it() -> None:
    paused = said("enrolment.paused", "2026-06-15", {"to": "2026-08-31"})
    early, late = said("enrolment.resumed", "2026-08-03"), said("enrolment.resumed", "2026-09-10")

    assert [lines([OPENED, paused, early]), lines([OPENED, paused, late])] == [
        ["active from 2026-03-02, paused 2026-06-15 to 2026-08-02"],
        ["active from 2026-03-02, paused 2026-06-15 to 2026-08-31"],
    ]


def test_a_resumption_of_nothing_changes_nothing() -> None:
    assert lines([OPENED, said("enrolment.resumed", "2026-08-03")]) == ["active from 2026-03-02"]


def test_an_opener_after_the_close_is_the_next_episode_and_the_gap_stays_visible() -> None:
    events = [
        OPENED,
        said("enrolment.closed", "2026-04-30", {"close_reason": "moved"}),
        said("enrolment.opened", "2026-09-01", {"programme": "ame"}),
        said("enrolment.closed", "2026-10-01"),
        said("enrolment.opened", "2026-11-02", {"programme": "kaa"}),
    ]

    found = entries(events)

    assert [(entry.episode, fields(entry, "programme", "close_reason")) for entry in found] == [
        (3, ["kaa", None]),
        (2, ["ame", None]),
        (1, ["jobbtorg", "moved"]),
    ]
    assert lines(events) == [
        "active from 2026-11-02",
        "closed from 2026-09-01 to 2026-10-01",
        "closed from 2026-03-02 to 2026-04-30",
    ]


def test_what_comes_after_the_close_sets_fields_and_reopens_nothing() -> None:
    closed = [OPENED, said("enrolment.closed", "2026-04-30")]
    afterwards = {
        "change": said("enrolment.changed", "2026-05-04", {"unit": "Globen", "planned_end": "2026-12-31"}),
        "pause": said("enrolment.paused", "2026-05-04", {"unit": "Farsta"}),
        "resume": said("enrolment.resumed", "2026-05-04"),
        "close": said("enrolment.closed", "2026-05-15", {"close_reason": "work"}),
    }

    found = {name: entries([*closed, event])[0] for name, event in afterwards.items()}

    flagged = ["changed_after_close"]
    assert {
        name: (entry.to, fields(entry, "unit", "close_reason"), sorted(entry.flags), list(entry.pauses))
        for name, entry in found.items()
    } == {
        "change": (date(2026, 4, 30), ["Globen", None], flagged, []),
        "pause": (date(2026, 4, 30), [None, None], flagged, []),
        "resume": (date(2026, 4, 30), [None, None], flagged, []),
        "close": (date(2026, 5, 15), [None, "work"], flagged, []),
    }


def test_another_close_gives_its_own_state() -> None:
    events = [
        said("activity.started", "2026-03-02"),
        said("activity.completed", "2026-04-30"),
        said("activity.interrupted", "2026-05-04"),
    ]

    assert lines(events) == ["interrupted from 2026-03-02 to 2026-05-04 (changed_after_close)"]


def test_without_an_opener_a_spell_is_active_from_an_unknown_day_and_says_so() -> None:
    assert [
        lines([said("enrolment.changed", "2026-04-01", {"planned_end": "2026-12-31"})]),
        lines([said("enrolment.closed", "2026-04-30")]),
        lines([said("enrolment.paused", "2026-04-30")]),
    ] == [
        ["active from ?, planned to 2026-12-31 (opener_missing)"],
        ["closed from ? to 2026-04-30 (opener_missing)"],
        ["paused from ?, paused 2026-04-30 to ? (opener_missing)"],
    ]


def test_a_change_without_an_opener_may_say_the_start() -> None:
    assert lines([said("enrolment.changed", "2026-04-01", {"from": "2026-03-09"})]) == [
        "active from 2026-03-09 (opener_missing)"
    ]


def test_an_opener_later_in_the_order_fills_in_what_was_missing_while_the_episode_is_open() -> None:
    change = said("activity.changed", "2026-04-01", {"hours": 5})
    opener = said("activity.proposed", "2026-05-01", {"label": "Coach"})

    entry = entries([change, opener])[0]

    assert (entry.state, entry.from_, entry.flags, fields(entry, "hours", "label")) == (
        "active",
        date(2026, 5, 1),
        frozenset(),
        [5, "Coach"],
    )


def test_an_opener_later_in_the_order_than_a_close_without_opener_is_a_new_episode() -> None:
    events = [said("enrolment.closed", "2026-04-30"), said("enrolment.opened", "2026-05-01", {"programme": "ame"})]

    assert lines(events) == ["active from 2026-05-01", "closed from ? to 2026-04-30 (opener_missing)"]


def test_a_sequence_puts_an_opener_that_came_and_was_dated_last_in_its_place() -> None:
    close = said("enrolment.closed", "2026-04-30", sequence=2)
    opener = said("enrolment.opened", "2026-05-02", {"programme": "ame", "from": "2026-03-02"}, sequence=1)

    assert lines([close, opener]) == ["closed from 2026-03-02 to 2026-04-30"]


def test_a_permit_holds_on_its_last_day_and_ends_without_an_event() -> None:
    permit = said("permit.granted", "2025-09-01", {"to": "2026-09-30"}, source=MIGRATION)

    assert [lines([permit], date(2026, 9, 30)), lines([permit], date(2026, 10, 1))] == [
        ["active from 2025-09-01 to 2026-09-30"],
        ["closed from 2025-09-01 to 2026-09-30"],
    ]


def test_an_extension_moves_the_end_of_a_permit_and_null_makes_it_permanent() -> None:
    permit = said("permit.granted", "2025-09-01", {"to": "2026-09-30"}, source=MIGRATION)
    extended = said("permit.extended", "2026-08-01", {"to": "2028-09-30"}, source=MIGRATION)
    permanent = said("permit.changed", "2026-09-01", {"to": None}, source=MIGRATION)

    assert [lines([permit, extended]), lines([permit, extended, permanent])] == [
        ["active from 2025-09-01 to 2028-09-30"],
        ["active from 2025-09-01"],
    ]


def test_a_permit_that_expired_holds_on_that_day() -> None:
    events = [
        said("permit.granted", "2025-09-01", source=MIGRATION),
        said("permit.expired", "2026-10-15", {"to": "2026-10-31"}, source=MIGRATION),
    ]

    assert [entries(events, date(2026, 10, 31))[0].state, entries(events, date(2026, 11, 1))[0].state] == [
        "active",
        "closed",
    ]


def test_a_planned_end_that_has_passed_is_flagged_until_the_spell_is_closed() -> None:
    events = [said("enrolment.opened", "2026-03-02", {"programme": "ame", "planned_end": "2026-06-30"})]
    closed = [*events, said("enrolment.closed", "2026-07-15")]

    flags = [
        set(entries(listed, day)[0].flags)
        for listed, day in (
            (events, date(2026, 6, 30)),
            (events, date(2026, 7, 1)),
            (closed, date(2026, 7, 14)),
            (closed, date(2026, 7, 15)),
        )
    ]

    assert flags == [set(), {"past_planned_end"}, {"past_planned_end"}, set()]


def test_an_end_before_the_start_is_flagged_and_not_refused() -> None:
    moved = said("enrolment.changed", "2026-05-01", {"planned_end": "2026-03-01"})
    closed = said("enrolment.closed", "2026-05-01", {"to": "2026-03-01"})

    assert [lines([OPENED, moved]), lines([OPENED, closed])] == [
        ["active from 2026-03-02, planned to 2026-03-01 (ends_before_start past_planned_end)"],
        ["closed from 2026-03-02 to 2026-03-01 (ends_before_start)"],
    ]


@pytest.mark.parametrize(
    ("recorded", "flags"), [("2026-04-01T11:00", set()), ("2026-04-01T11:01", {"late"}), ("2026-11-20", {"late"})]
)
def test_an_event_recorded_more_than_thirty_days_after_it_happened_is_late(recorded: str, flags: set[str]) -> None:
    event = said("enrolment.opened", "2026-03-02T10:00", opened(), recorded=recorded)  # summer time begins between

    assert entries([event])[0].flags == flags


def test_a_spell_is_the_senders_own_key_kind_and_source() -> None:
    events = [
        said("plan.created", "2026-03-02", {"plan_type": "jobbplan"}),
        said("plan.created", "2026-03-03", {"plan_type": "jobbplan"}, source=AF),
        said("activity.started", "2026-03-04"),
        said("plan.created", "2026-03-05", {"plan_type": "jobbplan"}, key="other"),
    ]

    assert [(entry.agency, entry.kind, entry.key) for entry in entries(events)] == [
        ("jobbtorg", "plan", "other"),
        ("jobbtorg", "activity", "k"),
        ("af", "plan", "k"),
        ("jobbtorg", "plan", "k"),
    ]
