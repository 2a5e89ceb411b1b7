"""C8: a person whose livelihood asks for full time cannot fill the week with what is planned (E17)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.lines import VOLUNTARY
from projections.joint_plan.periods import holds
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.slots import Slot
from projections.joint_plan.spells import Spell
from projections.joint_plan.weeks import hours, merged
from projections.joint_plan.workdays import last_working_day, next_working_day
from schemas.vocabulary import SpellKind

_ONE_DAY: Final = timedelta(days=1)


def c8(plan: Composition) -> Iterator[Truth]:
    """One finding for each such benefit. A day without office hours asks the next working day."""
    benefits = asking_for_full_time(plan)
    if not benefits:
        return
    counted = [slot for slot in plan.slots if slot.obligation != VOLUNTARY and not slot.proposed]
    for first, last, asked in _asked(plan.day, plan.until):
        feasible = feasible_hours(counted, asked)
        if feasible < plan.settings.full_week_hours:
            for benefit in benefits:
                yield truth(
                    (benefit,),
                    resolver=plan.resolver,
                    working_days=10,
                    from_=first,
                    to=last,
                    events=(event for slot in counted if holds(slot, asked) for event in slot.events),
                    hours=feasible,
                    full=plan.settings.full_week_hours,
                )


def asking_for_full_time(plan: Composition) -> list[Spell]:
    """The benefits that run and ask for a full week."""
    return [
        each
        for each in plan.standing.spells(SpellKind.BENEFIT)
        if each.said("kind") in plan.settings.full_time_benefits and each.is_open(plan.day)
    ]


def feasible_hours(counted: list[Slot], day: date) -> float:
    """Hours of the week that can be done: each minute once, and the loads of what has no times."""
    held = [slot for slot in counted if holds(slot, day)]
    return hours(merged(span for slot in held for span in slot.week)) + sum(slot.load for slot in held if not slot.week)


def _asked(first: date, last: date | None) -> Iterator[tuple[date, date | None, date]]:
    """First day, last day, and the working day that they ask: within a composition all working days are alike."""
    if last is None:
        yield first, None, next_working_day(first)
        return
    working = last_working_day(last, first)
    if working is None:
        yield first, last, next_working_day(first)
        return
    yield first, working, working
    if working < last:
        yield working + _ONE_DAY, last, next_working_day(last)
