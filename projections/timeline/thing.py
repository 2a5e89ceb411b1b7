"""A thing of the timeline, a spell or a point event, as all its events: what one row of the read model holds."""

from collections.abc import Sequence
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


def evolve(thing: Thing | None, arrived: Sequence[RecordedEvent]) -> Thing:
    """The thing with some more events, in their order; an event it has changes nothing.

    A batch equals one by one, and each event is looked at once: a whole batch may be about one spell of thousands.
    """
    known = {} if thing is None else {event.uid: event for event in thing.events}
    for event in arrived:
        known.setdefault(event.uid, event)
    events = tuple(known.values())
    if thing is not None:
        return Thing(thing.participant_id, thing.id, thing.data_class, events)
    first = events[0]
    if first.participant_id is None:
        message = f"expected an event about a person at position {first.position}, found one about none"
        raise ValueError(message)
    return Thing(first.participant_id, first.thing, data_class_of(first), events)


def data_class_of(event: RecordedEvent) -> str:
    """The data class that protects a thing: that of the event it begins with."""
    event_type = latest(event.name)
    return event_type.data_class.value if event_type else "identity"
