"""C2: more than a full week of what is mandatory. Exactly a full week is full, not over."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.lines import MUST
from projections.joint_plan.periods import holds
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.slots import Slot
from projections.joint_plan.workdays import last_working_day, next_working_day

_ONE_DAY: Final = timedelta(days=1)
_FAR: Final = date(9999, 1, 1)


def c2(plan: Composition) -> Iterator[Truth]:
    """One finding for each set of lines that is too much and no part of a larger such set."""
    loads = [slot for slot in plan.slots if slot.obligation == MUST and slot.load > 0]
    if sum(slot.load for slot in loads) <= plan.settings.full_week_hours:
        return
    over = _too_much(loads, plan.day, plan.settings.full_week_hours)
    for held, (first, last) in over.items():
        larger = [end for other, (_, end) in over.items() if other > held]
        from_ = max(larger) + _ONE_DAY if larger else None
        if from_ is None or from_ <= last:
            lines = sorted((slot for slot in loads if slot.item in held), key=lambda slot: slot.item.name)
            yield truth(
                lines,
                resolver=plan.resolver,
                working_days=10,
                from_=from_,
                to=None if last == _FAR else last,
                hours=sum(slot.load for slot in lines),
                date=first.isoformat(),
                full=plan.settings.full_week_hours,
            )


def _too_much(loads: list[Slot], day: date, full: float) -> dict[frozenset[object], tuple[date, date]]:
    """Sets of lines that together are too much on a working day on or after `day`; the first and the last day of each at all."""
    days = sorted({*(slot.from_ for slot in loads), *(slot.to + _ONE_DAY for slot in loads if slot.to is not None)})
    found: dict[frozenset[object], tuple[date, date]] = {}
    for at, first in enumerate(days):
        held = [slot for slot in loads if holds(slot, first)]
        last = days[at + 1] - _ONE_DAY if at + 1 < len(days) else _FAR
        end = last if last == _FAR else last_working_day(last, first)
        if end is None or sum(slot.load for slot in held) <= full:
            continue
        name = frozenset(slot.item for slot in held)
        begins, ends = found.get(name, (next_working_day(first), end))
        found[name] = begins, max(ends, end)
    return {name: period for name, period in found.items() if period[1] >= day}
