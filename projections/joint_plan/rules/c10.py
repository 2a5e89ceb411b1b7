"""C10: the same domain is mapped again by another organisation within some months (E03)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from projections.joint_plan.composition import Composition
from projections.joint_plan.lines import MAPPING, SourceLine, months_after
from projections.joint_plan.rules.truth import Truth, truth
from schemas.vocabulary import State


def c10(plan: Composition) -> Iterator[Truth]:
    """One finding for each pair. The later one's sender shall reuse what there is, at the latest on the day of it."""
    mappings = [
        line
        for line in plan.lines
        if line.class_ == MAPPING
        and line.domains
        and line.values.get("level") != "self"
        and not (line.closing is State.INTERRUPTED and line.ended is not None and line.ended <= plan.day)
    ]
    for one, other in combinations(mappings, 2):
        earlier, later = sorted((one, other), key=lambda line: (line.dated, line.place, line.item.name))
        ends = months_after(earlier.dated, plan.settings.mapping_months)
        shared = sorted(earlier.domains & later.domains)
        if earlier.agency != later.agency and shared and later.dated < ends and not _builds_on(later, earlier):
            yield truth(
                (earlier, later),
                resolver=later.agency,
                working_days=10,
                to=ends - timedelta(days=1),
                planned=later.dated,
                organisations=[earlier.agency, later.agency],
                domains=shared,
                dates=[earlier.dated.isoformat(), later.dated.isoformat()],
                done=later.closing is State.COMPLETED,
            )


def _builds_on(later: SourceLine, earlier: SourceLine) -> bool:
    deepened = (earlier.values.get("level"), later.values.get("level")) == ("first", "deepened")
    return deepened or later.values.get("reuse_of") is not None
