"""What a thing comes to with everything known and no day set: the clear columns of its row, for lists and counts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from projections.timeline.chains import Chain, place, resolve
from projections.timeline.entries import kind_of
from projections.timeline.spells import fold_episodes, state_on
from schemas.catalogue import latest
from schemas.days import day_of
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.vocabulary import Action, State


@lean(frozen=True, slots=True)
class Outline:
    """Number of entries, and kind, state and period of the last one."""

    kind: str
    entries: int
    state: State
    from_day: date | None
    to_day: date | None = None
    planned_to: date | None = None


def outline(events: Sequence[RecordedEvent]) -> Outline:
    """The outline of one thing from its own events, where nothing else decides their order."""
    first = events[0]
    event_type = latest(first.name)
    if len(events) == 1 and event_type is not None and event_type.action is Action.POINT:
        return Outline(first.name, 1, State.RECORDED, day_of(first.time))
    return _of_facts(resolve(place(events)))


def outlines(events: Iterable[RecordedEvent]) -> dict[UUID, Outline]:
    """The outlines of all things of one participant together."""
    things: defaultdict[UUID, list[Chain]] = defaultdict(list)
    for fact in resolve(place(events)):
        things[fact.root.thing].append(fact)
    return {thing: _of_facts(facts) for thing, facts in things.items()}


def _of_facts(facts: Sequence[Chain]) -> Outline:
    spell = facts[0].type.spell
    standing = [fact for fact in facts if fact.current is not None]
    if not standing:
        return Outline(kind_of(facts[0]), 1, State.RETRACTED, day_of(facts[0].root.time))
    if spell is None:
        return Outline(kind_of(facts[0]), 1, State.RECORDED, day_of(facts[0].root.time))
    episodes = fold_episodes(spell, standing)
    last = episodes[-1]
    return Outline(spell.value, len(episodes), state_on(last, date.max), last.from_, last.to, last.planned_to)
