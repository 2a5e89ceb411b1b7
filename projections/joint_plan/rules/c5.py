"""C5: duties that exclude each other, as "apply for work now" and "finish the course first". Data of the steering group."""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.lines import MUST, SourceLine
from projections.joint_plan.periods import last_shared
from projections.joint_plan.rules.truth import Truth, truth
from schemas.vocabulary import State

_EXCLUDE: Final = frozenset(
    frozenset(pair)
    for pair in (
        ("sok_nu", "kurs_forst"),
        ("ta_erbjudet_arbete", "fullfolj_spar"),
        ("heltid_insats", "heltid_studier"),
        ("praktik_nu", "rehab_forst"),
    )
)
_UNTIL_DONE: Final = "kurs_forst"


def c5(plan: Composition) -> Iterator[Truth]:
    """One finding for each pair of source lines of two senders, also inside one joint line."""
    demanding = [
        line
        for line in plan.live_sources
        if line.obligation == MUST and (_duty(line, plan) is not None or line.values.get("excludes"))
    ]
    for one, other in combinations(demanding, 2):
        shares, last = last_shared(one, other, plan.day)
        if shares and one.agency != other.agency and _exclude(one, other, plan):
            yield truth(
                (one, other),
                resolver=plan.resolver,
                working_days=5,
                to=last,
                demands=[[line.agency, _duty(line, plan), line.label] for line in (one, other)],
            )


def _exclude(one: SourceLine, other: SourceLine, plan: Composition) -> bool:
    mine, theirs = _duty(one, plan), _duty(other, plan)
    if frozenset((mine, theirs)) in _EXCLUDE:
        return True
    return (theirs is not None and one.values.get("excludes") == theirs) or (
        mine is not None and other.values.get("excludes") == mine
    )


def _duty(line: SourceLine, plan: Composition) -> str | None:
    """The duty that still holds: "the course first" lapses when the course is done."""
    duty = line.values.get("duty")
    if duty == _UNTIL_DONE and (after := plan.finder.find(line.values.get("after"), line.item.source)) is not None:
        done = after.closing is State.COMPLETED and after.ended is not None and after.ended <= plan.day
        return None if done else str(duty)
    return None if duty is None else str(duty)
