"""A thing of the timeline, a spell or a point event, as all its events: what one row of the read model holds."""

from uuid import UUID

from schemas.catalogue import latest
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.vocabulary import ParticipantId


@lean(frozen=True, slots=True)
class Thing:
    """A spell or point event with all its events, in the order of positions."""

    participant_id: ParticipantId
    id: UUID
    data_class: str
    events: tuple[RecordedEvent, ...]


def evolve(thing: Thing | None, event: RecordedEvent) -> Thing:
    """The thing with one more event; an event it has changes nothing."""
    if event.participant_id is None:
        message = f"expected an event about a person at position {event.position}, found one about none"
        raise ValueError(message)
    if thing is None:
        return Thing(event.participant_id, event.thing, data_class_of(event), (event,))
    if any(known.uid == event.uid for known in thing.events):
        return thing
    return Thing(thing.participant_id, thing.id, thing.data_class, (*thing.events, event))


def data_class_of(event: RecordedEvent) -> str:
    """The data class that protects a thing: that of the event it begins with."""
    event_type = latest(event.name)
    return event_type.data_class.value if event_type else "identity"
