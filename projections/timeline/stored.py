"""A thing as the read model keeps it: the recorded events of one spell or point event, as compact JSON."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

import orjson

from schemas.events import RecordedEvent
from schemas.vocabulary import BindingId, EventUid, ParticipantId, Position

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Opener(Protocol):
    """The keys of one transaction."""

    def seal(self, owner: UUID, data_class: str, content: bytes, context: bytes) -> bytes: ...
    def open(self, owner: UUID, data_class: str, sealed: bytes, context: bytes) -> bytes | None: ...


def write_events(events: Iterable[RecordedEvent]) -> bytes:
    """JSON: one array per event; instants as microseconds since 1970."""
    return orjson.dumps([_written(event) for event in events])


def read_events(content: bytes, participant_id: ParticipantId, thing: UUID) -> list[RecordedEvent]:
    """The events of `write_events`; the row that held them says about whom and which thing they are."""
    return [_read(row, participant_id, thing) for row in orjson.loads(content)]


def portable_events(content: bytes, listed: Collection[str]) -> list[object]:
    """What another installation with the same deliveries holds too: without what this hub assigned or clocked.

    `listed` are the sources that can only export lists: the ids of their events are hashes under this hub's own key.
    """

    def portable(row: Sequence[object]) -> list[object]:
        ours = _ASSIGNED_IN_LISTS if row[_SOURCE] in listed else _ASSIGNED
        return [said for name, said in zip(_FIELDS, row, strict=True) if name not in ours]

    return sorted((portable(row) for row in orjson.loads(content)), key=orjson.dumps)


_FIELDS = (
    "position recorded received uid root binding agency source id name time subject sequence"
    " correlationid legalbasis purpose orgunit data"
).split()
_SOURCE = _FIELDS.index("source")
_ASSIGNED = ("position", "recorded", "received", "binding")
_ASSIGNED_IN_LISTS = (*_ASSIGNED, "uid", "root", "id")


def _written(event: RecordedEvent) -> list[object]:
    return [
        event.position,
        _micros(event.recorded_at),
        _micros(event.received_at),
        event.uid,
        None if event.root == event.uid else event.root,
        event.binding,
        event.agency,
        event.source,
        event.id,
        event.name,
        _micros(event.time),
        event.subject,
        event.sequence,
        event.correlationid,
        event.legalbasis,
        event.purpose,
        event.orgunit,
        event.data,
    ]


def _read(row: Sequence[Any], participant_id: ParticipantId, thing: UUID) -> RecordedEvent:
    uid = EventUid(UUID(int=int(row[3].replace("-", ""), 16)))  # half the time of UUID(row[3])
    return RecordedEvent(
        position=Position(row[0]),
        recorded_at=_instant(row[1]),
        received_at=_instant(row[2]),
        uid=uid,
        root=uid if row[4] is None else EventUid(UUID(row[4])),
        thing=thing,
        participant_id=participant_id,
        binding=None if row[5] is None else _binding(row[5]),
        agency=row[6],
        source=row[7],
        id=row[8],
        name=row[9],
        time=_instant(row[10]),
        subject=row[11],
        sequence=row[12],
        correlationid=row[13],
        legalbasis=row[14],
        purpose=row[15],
        orgunit=row[16],
        data=row[17],
    )


@lru_cache(maxsize=1024)
def _binding(text: str) -> BindingId:
    """All that a source says about a person names the same one."""
    return BindingId(UUID(text))


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
