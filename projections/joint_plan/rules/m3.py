"""M3: a track or vocational training is done, and no place has come of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from projections.joint_plan.composition import Composition
from projections.joint_plan.rules.truth import Truth, truth
from projections.joint_plan.spells import Item, Spell
from schemas.days import day_of
from schemas.events import RecordedEvent
from schemas.vocabulary import Action, SpellKind, State

_TRAININGS: Final = frozenset(("yrkesvux", "aub", "foretagsutbildning"))
_GOOD: Final = frozenset(("work", "studies"))


@dataclass(frozen=True, slots=True)
class _Completion:
    item: Item
    seen: date
    day: date
    what: str | None
    events: tuple[RecordedEvent, ...]


def m3(plan: Composition) -> Iterator[Truth]:
    """About each completion, until a place is agreed or work or studies are registered."""
    for done in _completions(plan):
        if not _led_somewhere(plan, done.day):
            yield truth(
                (done,),
                resolver=plan.resolver,
                working_days=10,
                from_=done.day + timedelta(days=plan.settings.placement_days + 1),
                what=done.what,
                date=done.day.isoformat(),
            )


def _completions(plan: Composition) -> Iterator[_Completion]:
    for family in ("track", "intensive_year"):
        for said in plan.standing.points(family, "completed"):
            item = Item(kind=family, source=said.item.source, key=said.fact.root.id)
            yield _Completion(item, said.seen, said.day, said.said("track") or said.said("label"), said.events)
    for activity in plan.standing.spells(SpellKind.ACTIVITY):
        episode = activity.episode
        if episode.closing is not State.COMPLETED or episode.to is None or episode.to > plan.day:
            continue
        code = activity.said("activity") or _planned(plan, activity)
        if code in _TRAININGS:
            closing = next(fact for fact in reversed(activity.facts) if fact.type.action is Action.CLOSE)
            item = Item(kind="activity", source=activity.item.source, key=closing.root.id)
            yield _Completion(item, day_of(closing.root.recorded_at), episode.to, code, activity.events)


def _planned(plan: Composition, activity: Spell) -> str | None:
    """The activity of the plan line that the events speak of, also when its plan is closed since."""
    for each in plan.standing.spells(SpellKind.PLAN):
        if each.item.source == activity.item.source:
            for fact in each.facts:
                for line in fact.content.get("lines") or ():
                    if line["key"] == activity.item.key:
                        return str(line.get("activity"))
    return None


def _led_somewhere(plan: Composition, done: date) -> bool:
    for placement in plan.standing.spells(SpellKind.PLACEMENT):
        agreed = any(fact.type.action is Action.OPEN and day_of(fact.root.time) >= done for fact in placement.facts)
        running = placement.is_open(plan.day) and placement.episode.base is State.ACTIVE
        if agreed or running:
            return True
    outcomes = plan.standing.points("outcome", "registered")
    return any(each.said("outcome") in _GOOD and each.day >= done for each in outcomes)
