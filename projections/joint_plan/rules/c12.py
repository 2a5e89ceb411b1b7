"""C12: two organisations propose the person to different employers at once."""

from collections.abc import Iterator
from itertools import combinations

from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.employers import employer_of
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.spells import Point, Standing


def c12(plan: Composition) -> Iterator[Truth]:
    """One finding for each pair of proposals that nobody has answered or taken back."""
    for one, other in combinations(_open(plan.standing), 2):
        if one.agency != other.agency and employer_of(one) != employer_of(other):
            yield truth(
                (one, other),
                resolver=plan.resolver,
                working_days=2,
                organisations=[one.agency, other.agency],
                employers=[one.said("employer"), other.said("employer")],
            )


def _open(standing: Standing) -> list[Point]:
    found: dict[tuple[str, str], Point] = {}
    for said in standing.points("match"):
        name = said.item.source, said.item.key
        if said.fact.root.name == "match.proposed":
            found[name] = said
        else:
            found.pop(name, None)
    return list(found.values())
