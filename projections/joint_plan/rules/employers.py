"""Which employer an event names: its number, or else its name without case."""

from projections.joint_plan.spells import Point


def employer_of(said: Point) -> str | None:
    """What one employer is known by; None when nothing is said."""
    number = said.said("employer_number")
    name = said.said("employer")
    return number or (None if name is None else name.strip().casefold())
