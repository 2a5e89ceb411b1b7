"""A thing as the read model keeps it: the recorded events of one spell or point event, as compact JSON."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from schemas.events import RecordedEvent
from schemas.vocabulary import BindingId, EventUid, ParticipantId, Position

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def write_events(events: Iterable[RecordedEvent]) -> bytes:
    """JSON: one array per event; instants as microseconds since 1970."""
    return orjson.dumps([_written(event) for event in events])


def read_events(content: bytes) -> list[RecordedEvent]:
    """The events of `write_events`."""
    return [_read(row) for row in orjson.loads(content)]


def portable_events(content: bytes) -> list[object]:
    """What another installation with the same deliveries holds too: without what this hub assigned or clocked."""
    hub_assigned = ("position", "recorded", "received", "participant", "binding", "thing")
    kept = [at for at, name in enumerate(_FIELDS) if name not in hub_assigned]
    return sorted([[row[at] for at in kept] for row in orjson.loads(content)], key=orjson.dumps)


_FIELDS = (
    "position recorded received uid root thing participant binding agency source id name time subject sequence"
    " correlationid legalbasis purpose orgunit data"
).split()


def _written(event: RecordedEvent) -> list[object]:
    return [
        event.position,
        _micros(event.recorded_at),
        _micros(event.received_at),
        event.uid,
        event.root,
        event.thing,
        event.participant_id,
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


def _read(row: Sequence[Any]) -> RecordedEvent:
    return RecordedEvent(
        position=Position(row[0]),
        recorded_at=_instant(row[1]),
        received_at=_instant(row[2]),
        uid=EventUid(UUID(row[3])),
        root=EventUid(UUID(row[4])),
        thing=UUID(row[5]),
        participant_id=None if row[6] is None else ParticipantId(UUID(row[6])),
        binding=None if row[7] is None else BindingId(UUID(row[7])),
        agency=row[8],
        source=row[9],
        id=row[10],
        name=row[11],
        time=_instant(row[12]),
        subject=row[13],
        sequence=row[14],
        correlationid=row[15],
        legalbasis=row[16],
        purpose=row[17],
        orgunit=row[18],
        data=row[19],
    )


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)
