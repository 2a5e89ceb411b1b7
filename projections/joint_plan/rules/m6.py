"""M6: somebody is enrolled and for some working days nobody owns the process (B12)."""

from collections.abc import Iterator
from datetime import timedelta

from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.tenures import owner_on
from projections.joint_plan.workdays import working_days_after

_ONE_DAY = timedelta(days=1)


def m6(plan: Composition) -> Iterator[Truth]:
    """About the earliest open enrolment; its agency shall see to it."""
    held = plan.tenures
    if not plan.open_enrolments or owner_on(held, plan.day) is not None:
        return
    first = plan.open_enrolments[0]
    ended = [each.to for each in held if each.to is not None and each.from_ <= each.to < plan.day]
    since = max([first.from_, *(last + _ONE_DAY for last in ended)])
    yield truth(
        (first,),
        resolver=first.agency,
        working_days=2,
        from_=working_days_after(since - _ONE_DAY, plan.settings.owner_grace_wd + 1),
        date=since.isoformat(),
    )
