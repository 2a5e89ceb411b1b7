"""What the served timeline holds, looked at below every policy."""

from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.project import live_version
from projections.timeline.rows import read_participant
from schemas.events import RecordedEvent
from schemas.vocabulary import ParticipantId


def events_of(hub: Hub, participant_id: ParticipantId) -> list[RecordedEvent]:
    """The events on a participant's timeline, in the order of the log."""
    with hub.database.transaction() as connection:
        version = live_version(connection, TIMELINE).version
        opened = read_participant(connection, hub.ring, participant_id, version)
    return sorted(opened(), key=lambda event: event.position)
