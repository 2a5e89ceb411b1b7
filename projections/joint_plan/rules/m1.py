"""M1: somebody who was enrolled is enrolled nowhere, and did not leave for work, studies or another place."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.truth import Truth, truth

_LEFT_FOR: Final = frozenset(("work", "studies", "moved", "deceased"))


def m1(plan: Composition) -> Iterator[Truth]:
    """About the enrolment that was closed last."""
    if plan.open_enrolments or not plan.enrolments:
        return
    closed = [each for each in plan.enrolments if each.is_closed(plan.day)]
    last = max(closed, key=lambda each: (each.episode.to or each.from_, each.place), default=None)
    if last is None or last.episode.to is None or last.said("close_reason") in _LEFT_FOR:
        return
    outcomes = plan.standing.points("outcome", "registered")
    if not any(each.said("outcome") in _LEFT_FOR and each.day >= last.episode.to for each in outcomes):
        yield truth(
            (last,),
            resolver=plan.resolver,
            working_days=5,
            from_=last.episode.to + timedelta(days=plan.settings.enrolment_grace_days + 1),
            date=last.episode.to.isoformat(),
        )
