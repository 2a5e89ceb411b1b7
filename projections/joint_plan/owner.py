"""Who must resolve what nobody else must: the process owner (E06, B12)."""

from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.tenures import owner_on

_BY_DEFAULT: Final = "af"


def resolver(plan: Composition) -> str:
    """The process owner; while there is none the agency of the earliest open enrolment, else af."""
    owner = owner_on(plan.tenures, plan.day)
    if owner is not None:
        return owner
    return plan.open_enrolments[0].agency if plan.open_enrolments else _BY_DEFAULT
