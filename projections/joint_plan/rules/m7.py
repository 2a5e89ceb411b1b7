"""M7: enrolled with Arbetsförmedlingen for more than 30 days without its action plan (IAF's report of 2022)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.truth import Truth, truth

_AF: Final = "af"
_PLANS: Final = frozenset(("handlingsplan", "etableringsplan"))


def m7(plan: Composition) -> Iterator[Truth]:
    """About each open enrolment with Arbetsförmedlingen."""
    if any(each.agency == _AF and each.said("plan_type") in _PLANS for each in plan.plans):
        return
    for enrolment in plan.open_enrolments:
        if enrolment.agency == _AF:
            days = plan.settings.handlingsplan_days
            yield truth(
                (enrolment,),
                resolver=_AF,
                working_days=5,
                from_=enrolment.from_ + timedelta(days=days + 1),
                days=days,
                date=enrolment.from_.isoformat(),
            )
