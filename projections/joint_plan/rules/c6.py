"""C6: a line that goes on outside every permit, or after the planned end of its own agency's enrolment (C06)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.joint import JointLine
from projections.joint_plan.lines import VOLUNTARY
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.spells import Spell
from schemas.vocabulary import SpellKind

_ONE_DAY: Final = timedelta(days=1)


def c6(plan: Composition) -> Iterator[Truth]:
    """One finding for each line and permit, and for each line and enrolment. Open ended lines are never outside."""
    lines = [line for line in plan.calendar if line.obligation != VOLUNTARY and line.to is not None]
    permits = plan.standing.spells(SpellKind.PERMIT)
    for line in lines:
        yield from _outside_permits(plan, line, permits)
        for enrolment in plan.open_enrolments:
            end = enrolment.episode.planned_to
            if enrolment.agency == line.responsible and end is not None and line.to is not None and end < line.to:
                yield truth(
                    (line.lead, enrolment),
                    resolver=plan.resolver,
                    working_days=10,
                    to=line.to,
                    thing=line.called,
                    ends=line.to.isoformat(),
                    limit=end.isoformat(),
                    of="enrolment",
                )


def _outside_permits(plan: Composition, line: JointLine, permits: list[Spell]) -> Iterator[Truth]:
    if not permits or line.to is None:
        return
    for first, last in _uncovered(line.from_, line.to, permits):
        ended = [each for each in permits if each.episode.to is not None and each.episode.to < first]
        permit = max(ended, key=lambda each: (each.episode.to or date.max, each.place), default=None) or min(
            permits, key=lambda each: (each.from_, each.place)
        )
        yield truth(
            (line.lead, permit),
            resolver=plan.resolver,
            working_days=10,
            to=last,
            thing=line.called,
            ends=line.to.isoformat(),
            limit=None if permit.episode.to is None else permit.episode.to.isoformat(),
            of="permit",
        )


def _uncovered(first: date, last: date, permits: list[Spell]) -> Iterator[tuple[date, date]]:
    """The stretches of a period that no permit covers; one without end covers everything after its first day."""
    at = first
    for permit in sorted(permits, key=lambda each: each.from_):
        ends = permit.episode.to or date.max
        if ends < at:
            continue
        if permit.from_ > last:
            break
        if permit.from_ > at:
            yield at, permit.from_ - _ONE_DAY
        if ends >= last:
            return
        at = ends + _ONE_DAY
    if at <= last:
        yield at, last
