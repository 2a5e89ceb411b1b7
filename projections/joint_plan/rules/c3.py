"""C3: plans that lead to different occupations. One alternative in common is enough (SSYK 2012, three digits)."""

from collections.abc import Iterator
from itertools import combinations

from projections.joint_plan.agreement import absorbed
from projections.joint_plan.composition import Composition
from projections.joint_plan.goals import first_occupation, occupations
from projections.joint_plan.rules.truth import Truth, truth


def c3(plan: Composition) -> Iterator[Truth]:
    """One finding about all plans of such pairs."""
    last = plan.agreement.last_adoption
    aims = [(each, found) for each in plan.plans if not absorbed(each, last) and (found := occupations(each))]
    pairs = [(a, b) for (a, of_a), (b, of_b) in combinations(aims, 2) if not of_a & of_b]
    if pairs:
        yield truth(
            {id(each): each for pair in pairs for each in pair}.values(),
            resolver=plan.resolver,
            working_days=10,
            plans=[[each.said("plan_type"), first_occupation(each)] for each in pairs[0]],
        )
