"""M9: a deadline has passed: a line's own, or one of the clocks of the process (B17, D11, DOMAIN 2.1)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.lines import MAPPING, VOLUNTARY, months_after
from projections.joint_plan.rules.truth import Named, Truth, truth
from projections.joint_plan.spells import Spell
from schemas.days import day_of
from schemas.event_type import Json
from schemas.vocabulary import Action, SpellKind

_ONE_DAY: Final = timedelta(days=1)
_INTRODUCED: Final = frozenset(("ame", "jobbtorg"))
_ADMITTED: Final = frozenset(("sfi.admitted", "sfi.course_started"))


def m9(plan: Composition) -> Iterator[Truth]:
    """About each line or starting event whose time is out."""
    yield from _lines(plan)
    yield from _introductions(plan)
    yield from _sfi(plan)
    yield from _tracks(plan)


def _out(thing: Named, deadline: date, responsible: str, what: list[Json]) -> Truth:
    return truth(
        (thing,), resolver=responsible, working_days=5, from_=deadline + _ONE_DAY, date=deadline.isoformat(), what=what
    )


def _lines(plan: Composition) -> Iterator[Truth]:
    for line in plan.lines:
        deadline = line.values.get("deadline")
        ended = line.ended is not None and line.ended <= plan.day
        if deadline and line.obligation != VOLUNTARY and not ended:
            yield _out(line, date.fromisoformat(deadline), line.responsible, line.called)


def _introductions(plan: Composition) -> Iterator[Truth]:
    for enrolment in plan.open_enrolments:
        if enrolment.said("programme") in _INTRODUCED and not _introduced(plan, enrolment):
            deadline = enrolment.from_ + timedelta(days=plan.settings.intro_days)
            yield _out(enrolment, deadline, enrolment.agency, [None, "introduction"])


def _introduced(plan: Composition, enrolment: Spell) -> bool:
    """Whether the agency has registered, started or completed an activity, or mapped, since the enrolment."""
    activities = plan.standing.spells(SpellKind.ACTIVITY)
    if any(
        fact.root.agency == enrolment.agency
        and day_of(fact.root.time) >= enrolment.from_
        and fact.type.action in (Action.OPEN, Action.CLOSE)
        and fact.root.name not in ("activity.proposed", "activity.interrupted")
        for activity in activities
        for fact in activity.facts
    ):
        return True
    mapped = any(line.class_ == MAPPING and line.agency == enrolment.agency and line.ended for line in plan.lines)
    return mapped or any(said.agency == enrolment.agency for said in plan.standing.points("mapping"))


def _sfi(plan: Composition) -> Iterator[Truth]:
    courses = plan.standing.spells(SpellKind.EDUCATION)
    offered = [day_of(fact.root.time) for course in courses for fact in course.facts if fact.root.name in _ADMITTED]
    for course in courses:
        applied = [day_of(fact.root.time) for fact in course.facts if fact.root.name == "sfi.application_received"]
        if applied and not course.is_closed(plan.day) and not any(day >= applied[0] for day in offered):
            yield _out(
                course, months_after(applied[0], plan.settings.sfi_offer_months), course.agency, [None, "sfi_offer"]
            )


def _tracks(plan: Composition) -> Iterator[Truth]:
    started = [said.day for said in plan.standing.points("track", "started")]
    for decided in plan.standing.points("joint_assessment", "decided"):
        if decided.said("outcome") == "local_track" and not any(day >= decided.day for day in started):
            yield _out(
                decided,
                decided.day + timedelta(days=plan.settings.track_start_days),
                decided.agency,
                [None, "track_start"],
            )
