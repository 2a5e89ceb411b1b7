"""When two source lines are the same thing, said twice (RULES 1.2). Labels are never compared."""

from datetime import timedelta

from projections.joint_plan.lines import MAPPING, SourceLine, months_after
from projections.joint_plan.settings import Settings
from projections.joint_plan.weeks import common

_COURSES = "komvux"
_SAYS_NOTHING = "other"
_COMPARED = ("course", "occupation", "provider", "location")


def are_equivalent(one: SourceLine, other: SourceLine, settings: Settings) -> bool:
    """Whether two lines of one bucket (both live, or both past) are one thing."""
    return (
        one.plan != other.plan
        and is_same_class(one, other)
        and (one.responsible == other.responsible or one.class_ == MAPPING)
        and not contradict(one, other)
        and (not one.week or not other.week or bool(common(one.week, other.week)))
        and _meet(one, other, settings)
    )


def is_same_class(one: SourceLine, other: SourceLine) -> bool:
    """Whether two lines are of one class. Municipal adult education is told apart by its courses."""
    if one.class_ != other.class_ or one.class_ == _SAYS_NOTHING:
        return False
    return one.class_ != _COURSES or (one.course is not None and one.course == other.course)


def contradict(one: SourceLine, other: SourceLine, compared: tuple[str, ...] = _COMPARED) -> bool:
    """Whether both give a course, occupation group, provider or place, and not the same."""
    for name in compared:
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine is not None and theirs is not None and mine != theirs:
            return True
    return False


def _meet(one: SourceLine, other: SourceLine, settings: Settings) -> bool:
    """Whether the periods overlap or nearly touch; of mappings, whether their domains do and their dates are near."""
    if one.class_ == MAPPING:
        earlier, later = sorted((one.dated, other.dated))
        shared = not one.domains or not other.domains or bool(one.domains & other.domains)
        return shared and later < months_after(earlier, settings.mapping_months)
    between = timedelta(days=settings.join_days + 1)
    return (one.to is None or other.from_ - one.to <= between) and (other.to is None or one.from_ - other.to <= between)
