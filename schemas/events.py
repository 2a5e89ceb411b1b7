"""The shapes of a message after reading: Envelope, CanonicalEvent and RecordedEvent (DESIGN 1)."""

from datetime import datetime
from uuid import UUID

from schemas.event_type import EventType, JsonObject
from schemas.lean import lean
from schemas.vocabulary import BindingId, EventUid, ParticipantId, Position


@lean(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A valid CloudEvent, `data` at its latest version. `time` is UTC. `subject` is as the sender wrote it."""

    id: str
    source: str
    event_type: EventType
    time: datetime
    subject: str
    data: JsonObject
    sequence: int | None = None
    correlationid: str | None = None
    causationid: str | None = None
    legalbasis: str | None = None
    purpose: str | None = None
    orgunit: str | None = None


@lean(frozen=True, slots=True, kw_only=True)
class CanonicalEvent:
    """An accepted event: the participant is known (None: the event is about no person).

    `root` is the first event of its correction chain, itself when it corrects nothing; `thing` is the spell or point
    event that it belongs to: derived from source, kind and the sender's key under a key, or the root of a point event.
    """

    uid: EventUid
    root: EventUid
    thing: UUID
    agency: str
    participant_id: ParticipantId | None
    binding: BindingId | None
    received_at: datetime
    envelope: Envelope


@lean(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event with its place in the log. This is what projections fold.

    `name` is the type without prefix, `data` is at the latest version, `binding` names the registration period of the
    sender's reference under which the event was identified, `root` and `thing` are as in CanonicalEvent; times are UTC.
    """

    position: Position
    recorded_at: datetime
    received_at: datetime
    uid: EventUid
    root: EventUid
    thing: UUID
    participant_id: ParticipantId | None
    binding: BindingId | None
    agency: str
    source: str
    id: str
    name: str
    time: datetime
    subject: str
    data: JsonObject
    sequence: int | None = None
    correlationid: str | None = None
    legalbasis: str | None = None
    purpose: str | None = None
    orgunit: str | None = None


def recorded(event: CanonicalEvent, position: Position, at: datetime, data: JsonObject) -> RecordedEvent:
    """A canonical event with its place in the log; `data` as whoever asks holds it: the sender's, or read from the log."""
    envelope = event.envelope
    return RecordedEvent(
        position=position,
        recorded_at=at,
        received_at=event.received_at,
        uid=event.uid,
        root=event.root,
        thing=event.thing,
        participant_id=event.participant_id,
        binding=event.binding,
        agency=event.agency,
        source=envelope.source,
        id=envelope.id,
        name=envelope.event_type.name,
        time=envelope.time,
        subject=envelope.subject,
        data=data,
        sequence=envelope.sequence,
        correlationid=envelope.correlationid,
        legalbasis=envelope.legalbasis,
        purpose=envelope.purpose,
        orgunit=envelope.orgunit,
    )
