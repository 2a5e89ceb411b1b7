"""What stands about one participant on a day, by thing: plans, activities, enrolments and the rest, folded once each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from projections.timeline.chains import Chain
from projections.timeline.entries import counted, key_of
from projections.timeline.spells import Episode, fold_episodes
from schemas.days import day_of
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.order import OrderKey
from schemas.vocabulary import SpellKind


@lean(frozen=True, slots=True, kw_only=True)
class Item:
    """A thing that a finding names: the sender's own key for it, or the id of a point event, with its source."""

    kind: str
    source: str
    key: str

    @property
    def name(self) -> str:
        """The same in every hub: what the identity of a finding is made of."""
        return f"{self.kind} {self.source} {self.key}"


@lean(frozen=True, slots=True, kw_only=True)
class Spell:
    """The last episode of a thing that lasts. `seen` is the day on which the hub first heard of it."""

    item: Item
    agency: str
    place: OrderKey
    seen: date
    episode: Episode

    @property
    def from_(self) -> date:
        """Its first day; of one that nobody opened the day of its first event."""
        return self.episode.from_ or day_of(self.episode.facts[0].root.time)

    @property
    def facts(self) -> Sequence[Chain]:
        """The events that count, in the canonical order."""
        return self.episode.facts

    @property
    def events(self) -> tuple[RecordedEvent, ...]:
        """The versions that count."""
        return counted(self.facts)

    def is_closed(self, day: date) -> bool:
        """Whether it has ended on that day, its last day included."""
        episode = self.episode
        return episode.closing is not None and episode.to is not None and episode.to <= day

    def is_open(self, day: date) -> bool:
        """Whether it has begun and not ended on that day."""
        return self.from_ <= day and not self.is_closed(day)

    def said(self, name: str) -> str | None:
        """A field's text."""
        value = self.episode.fields.get(name)
        return None if value is None else str(value)


@lean(frozen=True, slots=True, kw_only=True)
class Point:
    """A point event that stands."""

    item: Item
    agency: str
    place: OrderKey
    seen: date
    day: date
    fact: Chain

    def said(self, name: str) -> str | None:
        """A field's text."""
        value = self.fact.content.get(name)
        return None if value is None else str(value)

    @property
    def from_(self) -> date:
        """Its day."""
        return self.day

    @property
    def facts(self) -> Sequence[Chain]:
        """The one event."""
        return [self.fact]

    @property
    def events(self) -> tuple[RecordedEvent, ...]:
        """The version that counts."""
        return counted(self.facts)


class Standing:
    """Facts of one participant that stand on a day, in the canonical order, by family."""

    def __init__(self, facts: Iterable[Chain], folded: "Folded") -> None:
        self._folded = folded
        self._spells: dict[SpellKind, list[Spell]] = {}
        self._points: dict[str, list[Point]] = {}
        self._families: defaultdict[str, list[Chain]] = defaultdict(list)
        self._lasting: defaultdict[SpellKind, list[Chain]] = defaultdict(list)
        for fact in facts:
            self._families[fact.type.family].append(fact)
            if fact.type.spell is not None:
                self._lasting[fact.type.spell].append(fact)

    def spells(self, kind: SpellKind) -> list[Spell]:
        """Things of a kind, by the place of their first event. Of several episodes the last."""
        found = self._spells.get(kind)
        if found is None:
            things: defaultdict[int, list[Chain]] = defaultdict(list)
            for fact in self._lasting.get(kind, ()):
                things[fact.root.thing.int].append(fact)
            found = self._spells[kind] = [self._folded.spell(kind, listed) for listed in things.values()]
        return found

    def points(self, family: str, *verbs: str) -> list[Point]:
        """Point events of a family, of certain verbs when they are named."""
        found = self._points.get(family)
        if found is None:
            found = self._points[family] = [_point(fact) for fact in self._families.get(family, ())]
        if not verbs:
            return found
        names = {f"{family}.{verb}" for verb in verbs}
        return [point for point in found if point.fact.root.name in names]


class Folded:
    """Spells that were folded for one day are the same objects on every day with the same facts, which outlive this."""

    def __init__(self) -> None:
        self._spells: dict[tuple[int, ...], Spell] = {}

    def spell(self, kind: SpellKind, listed: Sequence[Chain]) -> Spell:
        """The last episode of a thing's facts."""
        name = tuple(map(id, listed))
        found = self._spells.get(name)
        if found is None:
            first = listed[0]
            found = self._spells[name] = Spell(
                item=Item(kind=kind.value, source=first.root.source, key=key_of(first)),
                agency=first.root.agency,
                place=first.place,
                seen=seen_of(listed),
                episode=fold_episodes(kind, listed)[-1],
            )
        return found


def seen_of(facts: Iterable[Chain]) -> date:
    """The day on which the hub first heard of something."""
    return day_of(min(fact.root.recorded_at for fact in facts))


def _point(fact: Chain) -> Point:
    family = fact.type.family
    return Point(
        item=Item(kind=family, source=fact.root.source, key=str(fact.content.get("key") or fact.root.id)),
        agency=fact.root.agency,
        place=fact.place,
        seen=seen_of([fact]),
        day=day_of(fact.root.time),
        fact=fact,
    )
