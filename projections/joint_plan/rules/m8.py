"""M8: after the joint plan was adopted an agency makes or revises a plan of its own."""

from collections.abc import Iterator

from projections.joint_plan.agreement import absorbed
from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.truth import Truth, truth


def m8(plan: Composition) -> Iterator[Truth]:
    """About each side plan, until it is closed or absorbed by a later adoption."""
    held = plan.agreement.held
    if held is None:
        return
    for each in plan.plans:
        if not absorbed(each, plan.agreement.last_adoption):
            yield truth((each,), resolver=plan.resolver, working_days=5, organisation=each.agency, version=held.number)
