"""C4: two organisations are each responsible for the same thing at the same time (E03)."""

from collections.abc import Iterator
from itertools import combinations

from projections.joint_plan.composition import Composition
from projections.joint_plan.equivalence import contradict, is_same_class
from projections.joint_plan.lines import MAPPING, VOLUNTARY
from projections.joint_plan.periods import last_shared, shared_period
from projections.joint_plan.rules.truth import Truth, truth


def c4(plan: Composition) -> Iterator[Truth]:
    """One finding for each pair of joint lines, named by their leads."""
    lines = [line for line in plan.calendar if line.obligation != VOLUNTARY and line.class_ != MAPPING]
    for one, other in combinations(lines, 2):
        shares, last = last_shared(one, other, plan.day)
        apart = any(frozenset((a.item, b.item)) in plan.said.not_same for a in one.members for b in other.members)
        if (
            shares
            and not apart
            and one.responsible != other.responsible
            and is_same_class(one.lead, other.lead)
            and not contradict(one.lead, other.lead, ("course", "occupation"))
        ):
            first, _ = shared_period(one, other)
            yield truth(
                (one.lead, other.lead),
                resolver=plan.resolver,
                working_days=10,
                to=last,
                organisations=[one.responsible, other.responsible],
                activity=one.activity,
                period=[first.isoformat(), None if last is None else last.isoformat()],
            )
