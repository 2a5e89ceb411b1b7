"""C11: two organisations contact one employer within two weeks (E13)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.employers import employer_of
from projections.joint_plan.rules.truth import Truth, truth


def c11(plan: Composition) -> Iterator[Truth]:
    """One finding for each pair of contacts; the later one's organisation talks to the other."""
    days = plan.settings.employer_contact_days
    contacts = plan.standing.points("employer", "contacted")
    for one, other in combinations(sorted(contacts, key=lambda each: (each.day, each.place)), 2):
        employer = employer_of(one)
        near = other.day - one.day < timedelta(days=days)
        if near and one.agency != other.agency and employer is not None and employer == employer_of(other):
            yield truth(
                (one, other),
                resolver=other.agency,
                working_days=2,
                to=other.day + timedelta(days=days - 1),
                organisations=[one.agency, other.agency],
                employer=other.said("employer"),
                days=(other.day - one.day).days,
            )
