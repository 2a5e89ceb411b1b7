"""C1: two mandatory things at the same time of the week (E04). Half-open minutes, wall clock, never on a red day."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.firmness import firmness
from projections.joint_plan.lines import MUST
from projections.joint_plan.periods import shared_period
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.slots import Slot
from projections.joint_plan.weeks import Span, common, weekdays
from projections.joint_plan.workdays import is_red

_ONE_DAY: Final = timedelta(days=1)


def c1(plan: Composition) -> Iterator[Truth]:
    """One finding for each pair: each must be solved."""
    must = [slot for slot in plan.slots if slot.obligation == MUST and slot.week]
    for one, other in combinations(must, 2):
        minutes = common(one.week, other.week)
        if not minutes:
            continue
        clashes, last = _last_clash(one, other, minutes, plan.day)
        if clashes:
            softer = _softer(one, other)
            outside = softer.responsible in plan.settings.not_in_hub
            yield truth(
                (one, other),
                resolver=plan.resolver if outside else softer.responsible,
                working_days=5,
                to=last,
                minutes=[list(span) for span in minutes],
                called=[one.called, other.called],
            )


def _softer(one: Slot, other: Slot) -> Slot:
    """The less firm; of two equally firm the canonically later."""
    earlier, later = sorted((one, other), key=lambda slot: (slot.place, slot.item.name))
    return later if firmness(later.activity) <= firmness(earlier.activity) else earlier


def _last_clash(one: Slot, other: Slot, minutes: tuple[Span, ...], day: date) -> tuple[bool, date | None]:
    """Whether there is a clash on or after a day, and on which day the last one lies; None: it has no end."""
    first, last = shared_period(one, other)
    if last is None:
        return True, None
    days = weekdays(minutes)
    while last >= first and last >= day:
        if last.weekday() in days and not is_red(last):
            return True, last
        last -= _ONE_DAY
    return False, None
