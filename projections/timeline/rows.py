"""The timeline's rows: one per thing, its events sealed, and what it comes to now in the clear.

A row holds all that any day and any instant needs, so there is one way to read (fold.py) and late, corrected and
retracted events need no repair: the touched thing is folded anew from its own events.
Only where the order inside a thing depends on other things (some of its events are numbered, others are not or by
another source) or where a whole registration was ever taken back, so that what was said under it may not count,
all things of the participant are folded together.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Connection

from projections.sql import copy_rows, execute, rows
from projections.timeline.chains import REGISTERED
from projections.timeline.outline import Outline, outline, outlines
from projections.timeline.stored import Opener, write_events
from projections.timeline.stored import read_events as events_of
from projections.timeline.thing import Thing, data_class_of, evolve
from schemas.events import RecordedEvent
from schemas.vocabulary import ParticipantId, State

NAME = "timeline"
_KEY_VERSION = 1
_RETRACTED_REGISTRATION = REGISTERED.partition(".")[0] + ".retracted"
_WHOLE = f"(numbered AND unnumbered OR kind = '{REGISTERED}' AND state = '{State.RETRACTED.value}')"
"""Rare rows: where one of a participant is, the outlines of the others may depend on it."""

Owned = tuple[UUID, str]
ThingKey = tuple[UUID, UUID]

_COLUMNS = (
    "participant_id thing kind source agency entries state from_day to_day planned_to numbered unnumbered last_position"
    " data_class key_version content"
).split()
_TYPES = "uuid uuid text text text int4 text date date date bool bool int8 text int2 bytea".split()


class Keys(Protocol):
    """Where keys come from, many in one query."""

    def load(self, connection: Connection, owned: Iterable[Owned]) -> Opener: ...


def table(version: int) -> str:
    """The table of a version."""
    return f"readmodel.timeline_thing_v{int(version)}"


class TimelineModel:
    """The timeline as a read model that runners keep (ReadModel)."""

    name = NAME

    def create(self, connection: Connection, version: int) -> None:
        """Make the empty table of a version."""
        create(connection, version)

    def drop(self, connection: Connection, version: int) -> None:
        """Remove the table of a version."""
        execute(connection, f"DROP TABLE {table(version)}")

    def apply(self, connection: Connection, keys: Keys, events: Sequence[RecordedEvent], version: int) -> None:
        """Fold events in; six statements, whatever their number."""
        apply(connection, keys, events, version)

    def forget(self, connection: Connection, participants: Sequence[ParticipantId], version: int) -> None:
        """Remove the rows of some participants."""
        execute(connection, f"DELETE FROM {table(version)} WHERE participant_id = ANY(%s)", (list(participants),))


def create(connection: Connection, version: int) -> None:
    """The table of a version, its key, and an index of the rare things on which others depend."""
    name = table(version)
    execute(
        connection,
        f"CREATE TABLE {name} (participant_id uuid NOT NULL, thing uuid NOT NULL, kind text NOT NULL,"
        " source text NOT NULL, agency text NOT NULL, entries integer NOT NULL, state text NOT NULL, from_day date,"
        " to_day date, planned_to date, numbered boolean NOT NULL, unnumbered boolean NOT NULL, last_position bigint NOT NULL,"
        " data_class text NOT NULL, key_version smallint NOT NULL, content bytea NOT NULL,"
        " PRIMARY KEY (participant_id, thing))",
    )
    execute(connection, f"CREATE INDEX ON {name} (participant_id) WHERE {_WHOLE}")


def apply(connection: Connection, keys: Keys, events: Sequence[RecordedEvent], version: int) -> None:
    """Fold a batch of events about persons into the rows of a version."""
    arrived: defaultdict[ThingKey, list[RecordedEvent]] = defaultdict(list)
    for event in events:
        if event.participant_id is not None:
            arrived[event.participant_id, event.thing].append(event)
    if not arrived:
        return
    whole = _whole_participants(connection, arrived, version)
    stored = {(row[0], row[1]): row for row in _stored(connection, arrived, whole, version)}
    owned = {(row[0], row[2]) for row in stored.values()}
    owned |= {(participant, data_class_of(listed[0])) for (participant, _), listed in arrived.items()}
    opener = keys.load(connection, owned)
    things: dict[ThingKey, Thing | None] = {key: _thing(row, opener) for key, row in stored.items()}
    for key, listed in arrived.items():
        things[key] = evolve(things.get(key), listed)
    changed = [thing for thing in things.values() if thing is not None]
    _remove(connection, [thing for thing in changed if (thing.participant_id, thing.id) in stored], version)
    _write(connection, opener, changed, whole, version)


def read_participant(
    connection: Connection, keys: Keys, participant_id: ParticipantId, version: int
) -> Callable[[], list[RecordedEvent]]:
    """Everything the rows know about a participant, still sealed; always two queries.

    Calling the answer opens it, without the connection; what was erased is not there.
    """
    found = rows(
        connection,
        f"SELECT participant_id, thing, data_class, content FROM {table(version)} WHERE participant_id = %s",
        (participant_id,),
    )
    opener = keys.load(connection, {(row[0], row[2]) for row in found} | {(participant_id, "identity")})

    def opened() -> list[RecordedEvent]:
        things = (_thing(row, opener) for row in found)
        return [event for thing in things if thing is not None for event in thing.events]

    return opened


def contents(connection: Connection, version: int) -> Iterator[tuple[Any, ...]]:
    """Every row of a version by participant: (participant, thing, data class, content, the clear columns as text)."""
    clear = "kind, source, agency, entries, state, from_day, to_day, planned_to, numbered, unnumbered, key_version"
    yield from rows(
        connection,
        f"SELECT participant_id, thing, data_class, content, ROW(data_class, {clear})::text, last_position"
        f" FROM {table(version)} ORDER BY participant_id, thing",
    )


def count_entries(connection: Connection, version: int) -> int:
    """How many entries all timelines have together."""
    return int(rows(connection, f"SELECT coalesce(sum(entries), 0) FROM {table(version)}")[0][0])


def _whole_participants(
    connection: Connection, arrived: Mapping[ThingKey, Sequence[RecordedEvent]], version: int
) -> set[UUID]:
    """Participants whose things must be folded together."""
    numbering = {key: _numbering(listed) for key, listed in arrived.items()}
    whole: set[UUID] = {
        participant
        for (participant, _), listed in arrived.items()
        if any(event.name == _RETRACTED_REGISTRATION for event in listed)
    }
    whole |= {participant for (participant, _), numbered_by in numbering.items() if len(numbered_by) > 1}
    listed = list({participant for participant, _ in numbering})
    mixed = rows(
        connection,
        f"SELECT participant_id FROM {table(version)} WHERE {_WHOLE} AND participant_id = ANY(%s) UNION"
        " SELECT given.participant_id FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS given (participant_id, thing, by),"
        f" LATERAL (SELECT numbered, source FROM {table(version)} AS kept WHERE kept.participant_id = given.participant_id"
        " AND kept.thing = given.thing LIMIT 1) AS kept WHERE numbered = (by IS NULL) OR numbered AND source <> by",
        (listed, *_listed(numbering), [next(iter(numbered_by)) for numbered_by in numbering.values()]),
    )
    return whole | {row[0] for row in mixed}


def _numbering(events: Iterable[RecordedEvent]) -> set[str | None]:
    """The sources that number some of these events; None: some have no number. One alone says the order by itself."""
    return {None if event.sequence is None else event.source for event in events}


def _stored(
    connection: Connection, touched: Iterable[ThingKey], whole: set[UUID], version: int
) -> list[tuple[Any, ...]]:
    return rows(
        connection,
        f"SELECT participant_id, thing, data_class, content FROM {table(version)}"
        " JOIN unnest(%s::uuid[], %s::uuid[]) AS given (participant_id, thing) USING (participant_id, thing) UNION ALL"
        f" SELECT participant_id, thing, data_class, content FROM {table(version)} WHERE participant_id = ANY(%s)",
        (*_listed(touched), list(whole)),
    )


def _listed(keys: Iterable[ThingKey]) -> tuple[list[UUID], list[UUID]]:
    listed = list(keys)
    return [participant for participant, _ in listed], [thing for _, thing in listed]


def _thing(row: tuple[Any, ...], opener: Opener) -> Thing | None:
    participant_id, thing, data_class, content = row[:4]
    opened = opener.open(participant_id, data_class, content, thing.bytes)
    return (
        None
        if opened is None
        else Thing(participant_id, thing, data_class, tuple(events_of(opened, participant_id, thing)))
    )


def _remove(connection: Connection, things: Sequence[Thing], version: int) -> None:
    """Take out the rows that are written anew; cheaper than to insert or update each, because most things are new."""
    if things:
        execute(
            connection,
            f"DELETE FROM {table(version)} USING unnest(%s::uuid[], %s::uuid[]) AS given (participant_id, thing)"
            f" WHERE {table(version)}.participant_id = given.participant_id AND {table(version)}.thing = given.thing",
            _listed((thing.participant_id, thing.id) for thing in things),
        )


def _write(connection: Connection, opener: Opener, changed: Sequence[Thing], whole: set[UUID], version: int) -> None:
    together: defaultdict[UUID, list[RecordedEvent]] = defaultdict(list)
    for thing in changed:
        if thing.participant_id in whole:
            together[thing.participant_id] += thing.events
    now: dict[ThingKey, Outline] = {}
    for participant_id, events in together.items():
        now |= {(participant_id, thing): found for thing, found in outlines(events).items()}
    copy_rows(
        connection,
        table(version),
        _COLUMNS,
        _TYPES,
        (_row(thing, now.get((thing.participant_id, thing.id)) or outline(thing.events), opener) for thing in changed),
    )


def _row(thing: Thing, now: Outline, opener: Opener) -> tuple[object, ...]:
    events, numbered_by = thing.events, _numbering(thing.events)
    return (
        thing.participant_id,
        thing.id,
        now.kind,
        events[0].source,
        events[0].agency,
        now.entries,
        now.state.value,
        now.from_day,
        now.to_day,
        now.planned_to,
        numbered_by != {None},
        len(numbered_by) > 1 or None in numbered_by,
        events[-1].position,
        thing.data_class,
        _KEY_VERSION,
        opener.seal(thing.participant_id, thing.data_class, write_events(events), thing.id.bytes),
    )
