"""The joint plan does not depend on the order in which events came, and every value says whence it is."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.tryout.case import read_case
from hub.tryout.pure import PureHub
from projections.joint_plan.composition import Composing
from projections.joint_plan.findings import Finding, all_findings, findings_on
from projections.joint_plan.settings import Setting, Thresholds
from schemas.events import RecordedEvent
from tests.unit.projections.builders import AF, JOBBTORG, PARTICIPANT, said
from tests.unit.projections.planning import composing, line, plan

CASES = Path(__file__).parents[3] / "examples" / "cases"
STORIES = [path for path in sorted(CASES.glob("*.yaml")) if not path.stem.startswith("t-")]


def events_of(path: Path) -> list[RecordedEvent]:
    hub = PureHub(read_case(path))
    hub.play()
    return hub.events


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_lines_and_findings_are_the_same_in_whatever_order_events_came(path: Path) -> None:
    events = events_of(path)
    whole = Composing(events[0].participant_id or PARTICIPANT, events)
    shuffled = sorted(events, key=lambda event: event.uid)
    other = Composing(events[0].participant_id or PARTICIPANT, shuffled)

    assert all_findings(other) == all_findings(whole)
    day = date(2026, 11, 20)
    assert (other.on(day).live, other.on(day).past) == (whole.on(day).live, whole.on(day).past)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_what_is_found_of_all_days_is_what_is_found_of_each(path: Path) -> None:
    """Days before and after each turn of a stretch: the stretches miss no day on which something changes."""
    events = events_of(path)
    composed = Composing(events[0].participant_id or PARTICIPANT, events)
    days = {day for each in composed.stretches() for day in (each.day, each.until) if day is not None}
    for stretch in composed.stretches():
        for day in sorted(days):
            if stretch.day <= day and (stretch.until is None or day <= stretch.until):
                alone = composed.on(day)
                assert [each.items for each in alone.live] == [each.items for each in stretch.live]
                assert [each.state for each in alone.live] == [each.state for each in stretch.live]


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_an_event_that_says_nothing_of_a_finding_changes_nothing_of_it(path: Path) -> None:
    """A call to some employer every fifth day splits the days anew, and every finding is told as before."""
    events = events_of(path)
    person = events[0].participant_id or PARTICIPANT
    calls = [
        replace(said("employer.contacted", day.isoformat(), {"employer": day.isoformat()}), participant_id=person)
        for day in (date(2026, 5, 1) + timedelta(days=5 * number) for number in range(60))
    ]
    alone, among = all_findings(Composing(person, events)), all_findings(Composing(person, [*events, *calls]))

    for day in (date(2026, 8, 17) + timedelta(days=3 * number) for number in range(60)):
        assert told_on(among, day) == told_on(alone, day)


def told_on(findings: list[Finding], day: date) -> list[tuple[object, ...]]:
    """All that is told of a day but the parts that a finding is stored in."""
    return [
        (each.rule, each.items, each.resolver, each.opened, each.due, each.values, each.events)
        for each in findings
        if each.is_true(day)
    ]


FAR = ("0001-01-01", "1899-12-31", "1900-01-01", "2199-12-31", "2200-01-01", "9999-12-31")


@pytest.mark.parametrize(("begins", "ends"), [(a, b) for a in FAR for b in FAR])
def test_days_as_far_as_they_can_be_said_are_reckoned_with(begins: str, ends: str) -> None:
    far = {"from": begins, "to": ends, "deadline": ends, "week": ["mon 09:00-10:00"], "hours": 30}
    events = [
        plan(AF, "2026-09-01", [line("a", "aub", **far), line("k", "kartlaggning", domains=["yrke"], **far)]),
        plan(JOBBTORG, "2026-09-02", [line("b", "syv", parallel=True, **far)]),
        said("activity.registered", "2026-09-02", {"activity": "praktik", "from": begins}, key="p"),
        said("activity.paused", "2026-09-03", {"from": begins, "to": ends}, key="p"),
        said("activity.completed", "2026-09-04", {"to": ends}, key="p"),
        said("enrolment.opened", "2026-09-01", {"programme": "jobbtorg", "from": begins, "planned_end": ends}),
        said("permit.granted", "2026-09-01", {"from": begins, "to": ends}, key="permit"),
        said("benefit.started", "2026-09-01", {"kind": "forsorjningsstod", "from": begins}, key="fs"),
        said("caseworker.assigned", "2026-09-01", {"role": "process_owner", "from": begins, "to": ends}, source=AF),
        said("referral.sent", "2026-09-01", {"key": "r", "to": "region", "due": ends}),
    ]
    composed = Composing(PARTICIPANT, events)

    assert all(isinstance(found.due, date) for found in all_findings(composed))
    for day in (date(1900, 1, 1), date(2026, 11, 20), date(2199, 12, 31)):
        assert composed.on(day).participant == PARTICIPANT
        assert all(found.is_true(day) for found in findings_on(composed, day))


def test_every_value_of_a_joint_line_names_its_source_and_its_event() -> None:
    af = plan(AF, "2026-09-01", [line("a", "sfi", responsible="jobbtorg", hours=15, from_="2026-09-07")])
    jobbtorg = plan(
        JOBBTORG, "2026-09-02", [line("j", "sfi", course="1B", label="Sfi B", from_="2026-09-14", to="2026-12-18")]
    )

    [joined] = composing(af, jobbtorg).on(date(2026, 11, 20)).live

    assert {
        name: (each.item.key, each.event and each.event.name, each.value) for name, each in joined.values.items()
    } == {
        "activity": ("j", "plan.created", "sfi"),
        "course": ("j", "plan.created", "1B"),
        "label": ("j", "plan.created", "Sfi B"),
        "from": ("j", "plan.created", "2026-09-14"),
        "to": ("j", "plan.created", "2026-12-18"),
        "hours": ("a", "plan.created", 15),
    }


def test_a_line_is_named_by_its_key_its_source_and_key_or_the_id_of_the_joint_line() -> None:
    af = plan(AF, "2026-09-01", [line("same", "rehabilitering", responsible="region", from_="2026-09-07")])
    jobbtorg = plan(JOBBTORG, "2026-09-02", [line("same", "yrkessvenska", responsible="sfi", from_="2026-09-07")])
    alone = composing(af, jobbtorg).on(date(2026, 11, 20))
    names = [
        ("same", f"{JOBBTORG}#same"),
        (f"{AF}#same", "no such line"),
        tuple(str(each.line_id) for each in alone.live),
    ]

    joined = [
        len(
            composing(af, jobbtorg, said("joint_plan.lines_joined", "2026-09-03", {"lines": list(pair)}, source=AF))
            .on(date(2026, 11, 20))
            .live
        )
        for pair in names
    ]

    assert (len(alone.live), joined) == (2, [1, 2, 1])


def test_a_threshold_holds_for_its_days_only() -> None:
    lines = [line("a", "aub", hours=22, from_="2026-09-07"), line("b", "praktik", hours=15, from_="2026-09-07")]
    thresholds = Thresholds([Setting(name="full_week_hours", value=36, valid_from=date(2026, 12, 1))])
    composed = Composing(PARTICIPANT, [plan(AF, "2026-09-01", lines)], thresholds)

    assert findings_on(composed, date(2026, 11, 30)) == []
    [over] = [finding for finding in findings_on(composed, date(2026, 12, 1)) if finding.rule == "C2"]
    assert (over.opened, over.values["hours"], over.values["full"]) == (date(2026, 12, 1), 37, 36)


def test_a_finding_that_comes_back_is_a_new_episode_of_the_same_finding() -> None:
    """The sfi line of the story stands still from 1 to 11 October, and its clash with it."""
    events = events_of(CASES / "order-one.yaml")
    clash = [each for each in all_findings(Composing(PARTICIPANT, events)) if each.rule == "C1"]

    assert len({each.finding_id for each in clash}) == 1
    assert [(each.opened, each.from_, each.to) for each in clash] == [
        (date(2026, 9, 10), date(2026, 9, 10), date(2026, 9, 30)),
        (date(2026, 10, 12), date(2026, 10, 12), date(2026, 12, 18)),
    ]
