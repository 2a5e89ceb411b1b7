"""What the hub knows about one participant: who is bound and how protected, and, sealed until it is wanted, which events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from hub.run.models import TIMELINE
from hub.run.partitioned import served_position
from hub.run.project import live_version
from hub.store.database import rows
from hub.store.keys import KeyRing
from projections.timeline.fold import Folding
from projections.timeline.rows import read_participant
from schemas.vocabulary import ParticipantId, Position

NOBODY = ParticipantId(UUID(int=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A participant as recorded and projected up to `position` of a version; nobody has no bound sources.

    `references` are the names under which sources know the person: `source#reference`.
    """

    participant_id: ParticipantId
    protection: str | None
    bound_sources: Sequence[str]
    references: Sequence[str]
    version: int
    position: Position
    parked_since: datetime | None


def load_person(connection: Connection, participant_id: ParticipantId) -> Person:
    """Two queries, three where workers project, for whom there is and for whom there is not; nothing is opened."""
    live = live_version(connection, TIMELINE)
    protection, bound, parked_since = rows(
        connection,
        "SELECT (SELECT protection FROM participant WHERE participant_id = %s),"
        " array(SELECT ARRAY[source, reference] FROM reference_binding WHERE participant_id = %s AND unbound_at IS NULL"
        " ORDER BY source, reference),"
        " (SELECT min(parked_at) FROM parked_event WHERE projection = %s AND version = %s AND participant_id = %s)",
        (participant_id, participant_id, TIMELINE.name, live.version, participant_id),
    )[0]
    return Person(
        participant_id=participant_id,
        protection=protection,
        bound_sources=[source for source, _ in bound],
        references=[f"{source}#{reference}" for source, reference in bound],
        version=live.version,
        position=served_position(connection, TIMELINE, live, participant_id),
        parked_since=parked_since,
    )


def load_timeline(
    connection: Connection, ring: KeyRing, person: Person, *, closed: bool = False
) -> Callable[[], Folding]:
    """The person's timeline, opened when called, which takes long for a long one and needs no connection.

    `closed` asks the same two queries about nobody: whoever is refused neither waits for the person nor has it opened.
    """
    opened = read_participant(connection, ring, NOBODY if closed else person.participant_id, person.version)
    return lambda: Folding(opened())
