"""The canonical log: append in batches under the intake lock, read in the order of positions, never change.

Positions are gapless and in commit order, because the head row is locked before they are given (decision 0005).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
from sqlalchemy import Connection

from hub.store.database import copy_rows, execute, rows
from hub.store.keys import KEY_VERSION, KeyBatch, KeyRing, Owned
from schemas.catalogue import lookup, upcast
from schemas.errors import KeyUnknown, LogGap
from schemas.events import CanonicalEvent, RecordedEvent
from schemas.vocabulary import BindingId, EventUid, ParticipantId, Position

CHANNEL = "samspar_log"
"""The NOTIFY channel on which an append wakes the runners."""

_COLUMNS = (
    "position recorded_at received_at uid root thing participant_id binding_id agency source event_id name version time subject"
    " sequence correlationid causationid legalbasis purpose orgunit owner_id data_class key_version content"
).split()
_TYPES = (
    "int8 timestamptz timestamptz uuid uuid uuid uuid uuid text text text text int2 timestamptz text"
    " int8 text text text text text uuid text int2 bytea"
).split()
READ = (
    "position, recorded_at, received_at, uid, root, thing, participant_id, binding_id, agency, source, event_id, name, version,"
    " time, subject, sequence, correlationid, legalbasis, purpose, orgunit, owner_id, data_class, content"
)
"""The columns of an entry as `opened` takes them, what is sealed last."""

_READ = f"SELECT {READ} FROM log_entry"


def head(connection: Connection, now: datetime) -> tuple[Position, datetime]:
    """Lock the head: the last position, and the recorded time of what comes next, never before the last one."""
    position, last = rows(connection, "SELECT position, greatest(recorded_at, %s) FROM log_head FOR UPDATE", (now,))[0]
    return Position(position), last


def position_of_head(connection: Connection) -> Position:
    """The last position, without a lock."""
    return Position(rows(connection, "SELECT position FROM log_head")[0][0])


def owner_of(event: CanonicalEvent) -> UUID:
    """Whose key protects an event: the participant's, or the source's for what is about no person."""
    return event.participant_id or uuid5(NAMESPACE_URL, event.envelope.source)


def append(
    connection: Connection,
    events: Sequence[tuple[CanonicalEvent, bytes]],
    keys: KeyBatch,
    after: Position,
    recorded_at: datetime,
) -> None:
    """Write events with the canonical JSON of their data, at the positions after `after`, and wake the runners."""
    if not events:
        return
    last = after + len(events)
    execute(
        connection,
        "UPDATE log_head SET position = %s, recorded_at = %s RETURNING log_partition(recorded_at), pg_notify(%s, %s)",
        (last, recorded_at, CHANNEL, str(last)),
    )
    copy_rows(
        connection,
        "log_entry",
        _COLUMNS,
        _TYPES,
        (_row(after + place, recorded_at, event, content, keys) for place, (event, content) in enumerate(events, 1)),
    )


def partition_ahead(connection: Connection, now: datetime) -> None:
    """Make next month's partition while there is time: nothing waits for it at midnight."""
    execute(connection, "SELECT log_partition(%s::timestamptz + interval '1 month')", (now,))


def read_after(connection: Connection, ring: KeyRing, after: Position, limit: int) -> list[RecordedEvent]:
    """The next entries, at most `limit`. A missing position raises LogGap; erased data comes as an empty object."""
    found = rows(connection, f"{_READ} WHERE position > %s ORDER BY position LIMIT %s", (after, limit))
    if found and found[-1][0] - after != len(found):
        message = f"expected {len(found)} entries after position {after} without a gap, found position {found[-1][0]}"
        raise LogGap(message)
    return opened(connection, ring, found)


def read_participants(
    connection: Connection, ring: KeyRing, participants: Sequence[ParticipantId], upto: Position
) -> list[RecordedEvent]:
    """Everything about some participants up to a position, in the order of positions."""
    statement = f"{_READ} WHERE participant_id = ANY(%s) AND position <= %s ORDER BY position"
    return opened(connection, ring, rows(connection, statement, (list(participants), upto)))


def opened(connection: Connection, ring: KeyRing, found: Sequence[tuple[Any, ...]]) -> list[RecordedEvent]:
    """The events of rows of `READ`; erased data comes as an empty object."""
    keys = ring.load(connection, {_owned(row) for row in found})
    return [_recorded(row, keys) for row in found]


def _row(
    position: int, recorded_at: datetime, event: CanonicalEvent, content: bytes, keys: KeyBatch
) -> tuple[object, ...]:
    envelope = event.envelope
    data_class = envelope.event_type.data_class.value
    owner = owner_of(event)
    return (
        position,
        recorded_at,
        event.received_at,
        event.uid,
        event.root,
        event.thing,
        event.participant_id,
        event.binding,
        event.agency,
        envelope.source,
        envelope.id,
        envelope.event_type.name,
        envelope.event_type.version,
        envelope.time,
        envelope.subject,
        envelope.sequence,
        envelope.correlationid,
        envelope.causationid,
        envelope.legalbasis,
        envelope.purpose,
        envelope.orgunit,
        owner,
        data_class,
        KEY_VERSION,
        keys.seal(owner, data_class, content, event.uid.bytes),
    )


def _owned(row: tuple[Any, ...]) -> Owned:
    return row[20], row[21]


def _recorded(row: tuple[Any, ...], keys: KeyBatch) -> RecordedEvent:
    (
        position,
        recorded_at,
        received_at,
        uid,
        root,
        thing,
        participant_id,
        binding,
        agency,
        source,
        event_id,
        name,
        version,
        time,
        subject,
        sequence,
        correlationid,
        legalbasis,
        purpose,
        orgunit,
        owner,
        data_class,
        content,
    ) = row
    opened = keys.open(owner, data_class, content, uid.bytes)
    event_type = lookup(name, version)
    if event_type is None:
        message = f"expected a type of the contract at position {position}, found {name} version {version}"
        raise KeyUnknown(message)
    data = {} if opened is None else orjson.loads(opened)
    if event_type.upcast is not None and opened is not None:
        _, data = upcast(event_type, data)
    return RecordedEvent(
        position=Position(position),
        recorded_at=recorded_at,
        received_at=received_at,
        uid=EventUid(uid),
        root=EventUid(root),
        thing=thing,
        participant_id=None if participant_id is None else ParticipantId(participant_id),
        binding=None if binding is None else BindingId(binding),
        agency=agency,
        source=source,
        id=event_id,
        name=name,
        time=time,
        subject=subject,
        data=data,
        sequence=sequence,
        correlationid=correlationid,
        legalbasis=legalbasis,
        purpose=purpose,
        orgunit=orgunit,
    )
