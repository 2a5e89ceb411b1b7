"""The timeline of one participant: a pure function of the events, one day and one instant (RULES-TIMELINE 1 to 5)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from projections.timeline.chains import Chain, Struck, place, resolve
from projections.timeline.entries import (
    Entry,
    counted,
    domains_of,
    first_text,
    is_late,
    key_of,
    kind_of,
    struck_of,
)
from projections.timeline.spells import Episode, fold_episodes, state_on
from schemas.days import day_of
from schemas.events import RecordedEvent
from schemas.vocabulary import Action, Domain, ParticipantId, SpellKind, State

LATE_AFTER_DAYS = 30
_SAME = {
    SpellKind.ENROLMENT: "programme",
    SpellKind.PLAN: "plan_type",
    SpellKind.BENEFIT: "kind",
    SpellKind.PERMIT: None,
}


def fold_timeline(
    events: Sequence[RecordedEvent],
    *,
    as_of: date,
    known_at: datetime | None = None,
    late_after_days: int = LATE_AFTER_DAYS,
) -> list[Entry]:
    """Entries newest first. `known_at` cuts the log, `as_of` the facts and gives the states; None: all that is known."""
    return Folding(events, late_after_days).on(as_of, known_at)


class Folding:
    """One participant's events, to be folded for several days and instants: what does not depend on them is done once."""

    def __init__(self, events: Sequence[RecordedEvent], late_after_days: int = LATE_AFTER_DAYS) -> None:
        self._events = events
        self._late_after_days = late_after_days
        self._known: dict[datetime | None, _Facts] = {}
        self._folded: dict[tuple[date, datetime | None], list[Entry]] = {}

    def events(self, known_at: datetime | None = None) -> list[RecordedEvent]:
        """What is folded, as known at an instant."""
        return [event for event in self._events if known_at is None or event.recorded_at <= known_at]

    @cached_property
    def _everything(self) -> "_Facts":
        return _Facts(resolve(place(self._events)))

    @cached_property
    def _ever(self) -> dict[UUID, frozenset[Domain]]:
        return {thing: domains_of(fact for _, fact in listed) for thing, listed in self._everything.things.items()}

    def on(self, day: date, known_at: datetime | None = None) -> list[Entry]:
        """The entries on a day as known at an instant, newest first."""
        found = self._folded.get((day, known_at))
        if found is None:
            found = self._folded[day, known_at] = self._fold(self._facts(known_at), day)
        return found

    def _facts(self, known_at: datetime | None) -> "_Facts":
        found = self._known.get(known_at)
        if found is None:
            known = self.events(known_at)
            everything = len(known) == len(self._events)
            found = self._known[known_at] = self._everything if everything else _Facts(resolve(place(known)))
        return found

    def _fold(self, facts: "_Facts", day: date) -> list[Entry]:
        entries: list[Entry] = []
        for thing, listed in facts.things.items():
            past = [fact for begins, fact in listed if begins <= day]
            if not past:
                continue
            if past[0].type.spell is None:
                entry = facts.points.get(thing)
                if entry is None:
                    entry = facts.points[thing] = _whole(past, self._ever[thing], self._late_after_days)
                entries.append(entry)
            else:
                entries += _episodes(past, self._ever[thing], day, self._late_after_days)
        return sorted(_with_overlaps(entries), key=lambda entry: entry.place, reverse=True)


class _Facts:
    """The facts known at an instant with their days, by thing; and the entries of point events, the same on every day."""

    def __init__(self, facts: Iterable[Chain]) -> None:
        self.points: dict[UUID, Entry] = {}
        self.things: defaultdict[UUID, list[tuple[date, Chain]]] = defaultdict(list)
        for fact in facts:
            self.things[fact.root.thing].append((day_of(fact.root.time), fact))


def groups_of(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Entries of one action, across agencies, oldest first (RULES-TIMELINE 5)."""
    grouped: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.place):
        if entry.group is not None:
            grouped[entry.group].append(entry)
    return dict(grouped)


def _episodes(facts: Sequence[Chain], domains: frozenset[Domain], as_of: date, late_after_days: int) -> list[Entry]:
    """The entries of a spell."""
    standing = [fact for fact in facts if fact.current is not None]
    if not standing:
        return [_whole(facts, domains, late_after_days)]
    spell = SpellKind(kind_of(facts[0]))
    shown = [_of_episode(episode, domains, as_of, late_after_days) for episode in fold_episodes(spell, standing)]
    for fact in facts:  # what is struck out whole stands where it would have counted
        if fact.current is None:
            at = max((at for at, entry in enumerate(shown) if entry.place <= fact.place), default=0)
            shown[at] = replace(shown[at], struck=_in_order((*shown[at].struck, *fact.struck), facts))
    return shown


def _in_order(struck: Iterable[Struck], facts: Sequence[Chain]) -> tuple[Struck, ...]:
    ranks = {item.event.uid: at for at, item in enumerate(struck_of(facts))}
    return tuple(sorted(struck, key=lambda item: ranks[item.event.uid]))


def _of_episode(episode: Episode, domains: frozenset[Domain], as_of: date, late_after_days: int) -> Entry:
    facts = episode.facts
    state = state_on(episode, as_of)
    ends = [end for end in (episode.to, episode.planned_to) if end is not None]
    over = episode.closing is not None and episode.to is not None and episode.to <= as_of
    flags = {
        "past_planned_end": not over and episode.planned_to is not None and episode.planned_to < as_of,
        "ends_before_start": episode.from_ is not None and any(end < episode.from_ for end in ends),
        "late": any(is_late(fact, late_after_days) for fact in facts),
    }
    opener = next((fact for fact in facts if fact.type.action is Action.OPEN), facts[0])
    first = facts[0]
    return Entry(
        participant_id=_participant(first.root),
        thing=first.root.thing,
        key=key_of(first),
        kind=episode.kind.value,
        agency=first.root.agency,
        source=first.root.source,
        state=state,
        time=first.root.time,
        recorded_at=first.root.recorded_at,
        domains=domains,
        place=first.place,
        episode=episode.number,
        from_=episode.from_,
        to=episode.to,
        planned_to=episode.planned_to,
        pauses=tuple(episode.pauses),
        flags=frozenset(episode.flags) | {flag for flag, holds in flags.items() if holds},
        unit=episode.fields.get("unit") or _last(facts, "orgunit"),
        legal_basis=episode.fields.get("legal_basis") or _last(facts, "legalbasis"),
        purpose=_last(facts, "purpose"),
        group=opener.root.correlationid,
        fields=episode.fields,
        events=counted(facts),
        struck=struck_of(facts),
    )


def _whole(facts: Sequence[Chain], domains: frozenset[Domain], late_after_days: int) -> Entry:
    """A point event, or a thing that is struck out whole: its entry stays and says so."""
    first, root = facts[0], facts[0].root
    stands = any(fact.current is not None for fact in facts)
    flags: frozenset[str] = frozenset()
    if stands and is_late(first, late_after_days):
        flags = frozenset(("late",))
    elif not stands and any(fact.unbound for fact in facts):
        flags = frozenset(("registration_retracted",))
    return Entry(
        participant_id=_participant(root),
        thing=root.thing,
        key=key_of(first),
        kind=kind_of(first),
        agency=root.agency,
        source=root.source,
        state=State.RECORDED if stands else State.RETRACTED,
        time=root.time,
        recorded_at=root.recorded_at,
        domains=domains,
        place=first.place,
        episode=1 if first.type.spell else None,
        at=day_of(root.time),
        flags=flags,
        unit=first_text([first], "unit") or root.orgunit,
        legal_basis=first_text([first], "legal_basis") or root.legalbasis,
        purpose=root.purpose,
        group=root.correlationid,
        fields={
            name: value for name, value in first.content.items() if value is not None and (stands or name != "key")
        },
        events=counted(facts),
        struck=struck_of(facts),
    )


def _with_overlaps(entries: Sequence[Entry]) -> list[Entry]:
    """Mark spells of one agency and one kind that share more than one day (E02)."""
    alike: defaultdict[tuple[str, SpellKind, str | None], list[int]] = defaultdict(list)
    for at, entry in enumerate(entries):
        spell = entry.spell
        if spell in _SAME and entry.state is not State.RETRACTED:
            name = _SAME[spell]
            alike[entry.agency, spell, entry.fields.get(name) if name else None].append(at)
    marked = {at for listed in alike.values() for at in _sharing(entries, listed)}
    return [
        replace(entry, flags=entry.flags | {"overlap"}) if at in marked else entry for at, entry in enumerate(entries)
    ]


def _sharing(entries: Sequence[Entry], listed: Sequence[int]) -> Iterator[int]:
    """Those that share days with another: in the order of their beginnings each needs only the one that ends last."""
    longest: int | None = None
    for at in sorted(listed, key=lambda at: entries[at].from_ or date.min):
        if longest is not None and _share_days(entries[longest], entries[at]):
            yield from (longest, at)
        if longest is None or (entries[at].to or date.max) > (entries[longest].to or date.max):
            longest = at


def _share_days(one: Entry, other: Entry) -> bool:
    begins = max(one.from_ or date.min, other.from_ or date.min)
    ends = min(one.to or date.max, other.to or date.max)
    return ends - begins >= timedelta(days=1)


def _last(facts: Sequence[Chain], attribute: str) -> str | None:
    return next((value for fact in reversed(facts) if (value := getattr(fact.root, attribute)) is not None), None)


def _participant(event: RecordedEvent) -> ParticipantId:
    if event.participant_id is None:
        message = f"expected an event about a person at position {event.position}, found one about none"
        raise ValueError(message)
    return event.participant_id
