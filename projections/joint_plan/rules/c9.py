"""C9: two lines that may run side by side are planned one after the other (D12, E12)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import permutations

from projections.joint_plan.composition import Composition
from projections.joint_plan.joint import JointLine
from projections.joint_plan.lines import VOLUNTARY
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.weeks import common


def c9(plan: Composition) -> Iterator[Truth]:
    """One finding for each pair, until the second has begun."""
    lines = [line for line in plan.calendar if line.obligation != VOLUNTARY and line.parallel]
    for one, other in permutations(lines, 2):
        if (
            one.to is not None
            and other.from_ > one.to
            and other.from_ > plan.day
            and not _needs(other, one, plan)
            and not common(one.week, other.week)
            and one.load + other.load <= plan.settings.full_week_hours
        ):
            yield truth(
                (one.lead, other.lead),
                resolver=plan.resolver,
                working_days=10,
                to=other.from_ - timedelta(days=1),
                called=[one.called, other.called],
            )


def _needs(later: JointLine, earlier: JointLine, plan: Composition) -> bool:
    """Whether the later one may only begin when the earlier one is done."""
    for line in later.members:
        first = plan.finder.find(line.values.get("after"), line.item.source)
        if first is not None and first.item in earlier.items:
            return True
    return False
