"""The second step that every runner calls: fold what was recorded into a read model, rows and position together.

The position is moved by compare-and-swap in the transaction that writes the rows (decision 0006):
whoever is late changes nothing. A poison event parks its participant, and everybody else flows (DESIGN 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import psycopg
import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from hub import telemetry
from hub.log.entries import read_after
from hub.run.hub import Hub
from hub.store.database import execute, rows
from hub.store.keys import KeyRing
from schemas.errors import HubError, PositionTaken, TooManyParked
from schemas.events import RecordedEvent
from schemas.vocabulary import ParticipantId, Position

log = structlog.get_logger(__name__)

BATCH = 2000
_FIRST_VERSION_LOCK = 0x5A33
_A_FEW = 10
_BEHIND = "waits behind a parked event"
_LIVE = "SELECT version, projected_to(p), partitions FROM projection_position p WHERE projection = %s AND live"
SWITCH_LOCK = 0x5A35  # workers share it while they write to the served version


class ReadModel(Protocol):
    """A projection as the runner sees it. `version` names the set of tables, so that two can stand side by side."""

    @property
    def name(self) -> str: ...

    def create(self, connection: Connection, version: int) -> None:
        """Make the empty tables of a version."""

    def drop(self, connection: Connection, version: int) -> None:
        """Remove the tables of a version."""

    def apply(self, connection: Connection, keys: KeyRing, events: Sequence[RecordedEvent], version: int) -> None:
        """Fold events about persons in, set-based."""

    def forget(self, connection: Connection, participants: Sequence[ParticipantId], version: int) -> None:
        """Remove the rows of some participants, before they are folded anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The version of a read model that is served, and how far it has come with everything.

    `partitions` None: one runner advances it; else workers do, each its partitions of the log (hub/run/partitioned.py).
    """

    version: int
    position: Position
    partitions: int | None = None


def project(hub: Hub, model: ReadModel, limit: int = BATCH) -> int:
    """Fold the next entries of the log into the live version; how many there were. Raises PositionTaken, LogGap."""
    with hub.database.transaction() as connection:
        live = locked_version(connection, model)
        if live.partitions is not None:
            message = f"expected {model.name} to be advanced by one runner, found the workers of a cluster"
            raise PositionTaken(message)
        events = hub.tail.after(live.position, limit) or read_after(connection, hub.ring, live.position, limit)
        if not events:
            return 0
        hub.failpoints.reach("projection_before_insert")
        fold(hub, connection, model, live.version, events)
        swap(connection, model, live, events[-1].position)
        hub.failpoints.reach("projection_after_insert")
    hub.failpoints.reach("projection_after_commit")
    telemetry.PROJECTED.labels(projection=model.name).inc(len(events))
    log.debug("batch_projected", projection=model.name, count=len(events), position=events[-1].position)
    return len(events)


def make_first_version(connection: Connection, model: ReadModel) -> None:
    """The tables of the first version, where there is none yet; several processes may call this at once."""
    execute(connection, "SELECT pg_advisory_xact_lock(%s)", (_FIRST_VERSION_LOCK,))
    if rows(connection, _LIVE, (model.name,)):
        return
    model.create(connection, 1)
    execute(
        connection,
        "INSERT INTO projection_position (projection, version, position, live) VALUES (%s, 1, 0, true)",
        (model.name,),
    )


def live_version(connection: Connection, model: ReadModel) -> Live:
    """The served version. It may be replaced meanwhile; its tables stay until the replacing one is replaced."""
    return _live(connection, model, _LIVE)


def locked_version(connection: Connection, model: ReadModel) -> Live:
    """The served version, which nobody else advances, rebuilds or replaces until the transaction ends."""
    live = _live(connection, model, f"{_LIVE} FOR UPDATE")
    if live.partitions is None:
        return live
    execute(connection, "SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (SWITCH_LOCK, model.name))
    return live_version(connection, model)


def _live(connection: Connection, model: ReadModel, statement: str) -> Live:
    found = rows(connection, statement, (model.name,))
    if not found:
        make_first_version(connection, model)
        found = rows(connection, statement, (model.name,))
    version, position, partitions = found[0]
    return Live(version=version, position=Position(position), partitions=partitions)


def swap(connection: Connection, model: ReadModel, live: Live, position: Position) -> None:
    """Move the position, if nobody else has: the fence against a runner that is late."""
    changed = execute(
        connection,
        "UPDATE projection_position SET position = %s, advanced_at = clock_timestamp()"
        " WHERE projection = %s AND version = %s AND position = %s",
        (position, model.name, live.version, live.position),
    )
    if changed != 1:
        message = f"expected {model.name} at position {live.position}, found another; another runner moved it"
        raise PositionTaken(message)


def fold(hub: Hub, connection: Connection, model: ReadModel, version: int, events: Sequence[RecordedEvent]) -> None:
    """Apply events; whoever cannot be folded is parked with all later events, in their order.

    Raises TooManyParked when the fault lies in the fold and not in a few events.
    """
    _Folding(hub, connection, model, version).fold(events)


@dataclass(slots=True)
class _Folding:
    """One batch on its way into a version."""

    hub: Hub
    connection: Connection
    model: ReadModel
    version: int
    failed: int = 0

    def fold(self, events: Sequence[RecordedEvent]) -> None:
        parked = _parked(self.connection, self.model, self.version, events)
        for event in events:
            if event.participant_id in parked:
                self._park(event, _BEHIND)
        self._apply_or_split(
            [event for event in events if event.participant_id is not None and event.participant_id not in parked]
        )

    def _apply_or_split(self, events: Sequence[RecordedEvent]) -> None:
        """Apply a batch; when it fails, its halves, down to the one event that is to blame."""
        if not events:
            return
        savepoint = self.connection.begin_nested()
        try:
            self.model.apply(self.connection, self.hub.ring, events, self.version)
        except (HubError, psycopg.OperationalError, OperationalError):  # the world is wrong, not the event
            savepoint.rollback()
            raise
        except Exception as error:  # a bug in a fold must not stop everybody else
            savepoint.rollback()
            if len(events) > 1:
                middle = len(events) // 2
                self._apply_or_split(events[:middle])
                self.fold(events[middle:])
                return
            log.exception(
                "participant_parked",
                projection=self.model.name,
                version=self.version,
                position=events[0].position,
                participant_id=str(events[0].participant_id),
            )
            self._blame(events[0], error)
        else:
            savepoint.commit()

    def _blame(self, event: RecordedEvent, error: Exception) -> None:
        self.failed += 1
        if self.failed > _A_FEW:
            message = f"expected at most {_A_FEW} participants of a batch to fail, found more up to position {event.position}; mend the fold, nobody was parked"
            raise TooManyParked(message) from error
        self._park(event, type(error).__name__)

    def _park(self, event: RecordedEvent, error: str) -> None:
        """Set an event aside in the transaction that passes it."""
        execute(
            self.connection,
            "INSERT INTO parked_event (projection, version, position, participant_id, error, parked_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (self.model.name, self.version, event.position, event.participant_id, error, self.hub.now()),
        )


def _parked(
    connection: Connection, model: ReadModel, version: int, events: Sequence[RecordedEvent]
) -> set[ParticipantId]:
    found = rows(
        connection,
        "SELECT DISTINCT participant_id FROM parked_event"
        " WHERE projection = %s AND version = %s AND participant_id = ANY(%s)",
        (model.name, version, list({event.participant_id for event in events if event.participant_id is not None})),
    )
    return {row[0] for row in found}
