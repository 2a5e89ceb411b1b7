"""C3: plans that lead to different occupations. One alternative in common is enough (SSYK 2012, three digits)."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from projections.joint_plan.agreement import absorbed
from projections.joint_plan.composition import Composition
from projections.joint_plan.goals import first_occupation, occupations
from projections.joint_plan.owner import resolver
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.spells import Spell


def c3(plan: Composition) -> Iterator[Truth]:
    """One finding about all plans of such pairs."""
    last = plan.agreement.last_adoption
    aims = [(each, found) for each in plan.plans if not absorbed(each, last) and (found := occupations(each))]
    apart = {id(each): each for a, b in combinations(aims, 2) if not a[1] & b[1] for each in (a[0], b[0])}
    if apart:
        yield truth(
            apart.values(),
            resolver=resolver(plan),
            working_days=10,
            plans=[[each.said("plan_type"), first_occupation(each)] for each in _two(list(apart.values()))],
        )


def _two(apart: Sequence[Spell]) -> Sequence[Spell]:
    """The first two that differ."""
    return next([one, other] for one, other in combinations(apart, 2) if not occupations(one) & occupations(other))
