"""Everything the hub knows about one participant, as one snapshot: who is bound, how protected, which events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.run.models import TIMELINE
from hub.run.project import live_version
from hub.store.database import rows
from hub.store.keys import KeyRing
from projections.timeline.fold import Folding
from projections.timeline.rows import read_participant
from schemas.vocabulary import ParticipantId, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A participant as recorded and projected up to `position`; nobody has no bound sources and no events."""

    participant_id: ParticipantId
    protection: str | None
    bound_sources: Sequence[str]
    timeline: Folding
    position: Position
    parked_since: datetime | None


def load_person(connection: Connection, ring: KeyRing, participant_id: ParticipantId) -> Person:
    """Four queries, for whom there is and for whom there is not."""
    live = live_version(connection, TIMELINE)
    protection, sources, parked_since = rows(
        connection,
        "SELECT (SELECT protection FROM participant WHERE participant_id = %s),"
        " array(SELECT source FROM reference_binding WHERE participant_id = %s AND unbound_at IS NULL ORDER BY source),"
        " (SELECT min(parked_at) FROM parked_event WHERE projection = %s AND version = %s AND participant_id = %s)",
        (participant_id, participant_id, TIMELINE.name, live.version, participant_id),
    )[0]
    return Person(
        participant_id=participant_id,
        protection=protection,
        bound_sources=sources,
        timeline=Folding(read_participant(connection, ring, participant_id, live.version)),
        position=live.position,
        parked_since=parked_since,
    )
