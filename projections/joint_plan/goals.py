"""Where the plans lead: equal goals of several agencies are one (RULES 1.4)."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from projections.joint_plan.spells import Item, Spell
from schemas.event_type import Json, JsonObject
from schemas.lean import lean

_GROUP_DIGITS = 3
_LONG = "long"


@lean(frozen=True, slots=True, kw_only=True)
class JointGoal:
    """A goal with the plans' goals that it is made of; `label` and `occupation` are the canonically first that are given."""

    items: tuple[Item, ...]
    horizon: str
    label: str | None
    occupation: str | None
    agencies: tuple[str, ...]


@dataclass(slots=True)
class _Goal:
    item: Item
    plan: Spell
    given: JsonObject


def joint_goals(plans: Iterable[Spell]) -> list[JointGoal]:
    """The goals of plans that are not closed, in the canonical order of the plans."""
    merged: dict[Hashable, list[_Goal]] = {}
    for plan in sorted(plans, key=lambda each: each.place):
        for given in _goals(plan):
            goal = _Goal(Item(kind="goal", source=plan.item.source, key=str(given["key"])), plan, given)
            merged.setdefault(_sameness(given), []).append(goal)
    return [
        JointGoal(
            items=tuple(goal.item for goal in goals),
            horizon=str(goals[0].given["horizon"]),
            label=_first(goal.given.get("label") for goal in goals),
            occupation=_first(goal.given.get("occupation") for goal in goals),
            agencies=tuple(dict.fromkeys(goal.plan.agency for goal in goals)),
        )
        for goals in merged.values()
    ]


def occupations(plan: Spell) -> frozenset[str]:
    """The occupation groups (SSYK, three digits) that a plan's long goals name."""
    named = (goal.get("occupation") for goal in _goals(plan) if goal.get("horizon") == _LONG)
    return frozenset(str(code)[:_GROUP_DIGITS] for code in named if code)


def first_occupation(plan: Spell) -> str | None:
    """The first occupation (SSYK, four digits) that a plan's long goals name."""
    return _first(goal.get("occupation") for goal in _goals(plan) if goal.get("horizon") == _LONG)


def _goals(plan: Spell) -> list[JsonObject]:
    return list(plan.episode.fields.get("goals") or ())


def _sameness(goal: JsonObject) -> Hashable:
    occupation = goal.get("occupation")
    if occupation:
        return goal["horizon"], "occupation", str(occupation)[:_GROUP_DIGITS]
    label = str(goal.get("label") or "").strip().casefold()
    return (goal["horizon"], "label", label) if label else (goal["horizon"], "key", goal["key"], id(goal))


def _first(values: Iterable[Json]) -> str | None:
    return next((str(value) for value in values if value), None)
