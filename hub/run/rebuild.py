"""A read model built anew beside the one that is served: to verify it, or to take its place (DESIGN 3).

The next version is folded from position 0 while the live one goes on; then the live position is locked,
both are brought to the same place, compared, and the new one is switched to in the same transaction.
The version that was served until then stays until the next one is replaced: whoever reads it now reads on.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from hub.log.entries import read_after, read_participants
from hub.run.digests import Digests, differing, digest_rows
from hub.run.hub import Hub
from hub.run.project import BATCH, Live, ReadModel, fold, live_version, locked_version
from hub.store.database import execute, rows
from projections.timeline.rows import contents
from schemas.vocabulary import ParticipantId, Position

_BUILDING_LOCK = 0x5A34  # one process at a time builds a version beside the served one

Progress = Callable[[int, int], None]
"""Called with the position reached and the position to reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A live read model beside one that was built from position 0 to the same place."""

    projection: str
    live: Digests
    rebuilt: Digests
    participants: Sequence[UUID]

    @property
    def equal(self) -> bool:
        """Whether they say the same."""
        return not self.participants and self.live.digest == self.rebuilt.digest


def verify(hub: Hub, model: ReadModel, progress: Progress) -> Compared:
    """Build beside, compare, and remove what was built."""
    with _beside(hub, model, progress) as (connection, live, version):
        compared = _compare(hub, connection, model, live, version)
        _remove(connection, model, version)
    return compared


def rebuild(hub: Hub, model: ReadModel, progress: Progress) -> Compared:
    """Build beside, compare, and serve what was built from now on."""
    with _beside(hub, model, progress) as (connection, live, version):
        compared = _compare(hub, connection, model, live, version)
        _remove_others(connection, model, live.version, version)
        execute(
            connection,
            "UPDATE projection_position SET live = (version = %s) WHERE projection = %s",
            (version, model.name),
        )
    return compared


def rebuild_participant(hub: Hub, model: ReadModel, participant_id: ParticipantId) -> int:
    """Fold one person anew, parked events too, in place; how many events."""
    with hub.database.transaction() as connection:
        live = locked_version(connection, model)
        events = read_participants(connection, hub.ring, [participant_id], live.position)
        execute(
            connection,
            "DELETE FROM parked_event WHERE projection = %s AND version = %s AND participant_id = %s",
            (model.name, live.version, participant_id),
        )
        model.forget(connection, [participant_id], live.version)
        fold(hub, connection, model, live.version, events)
    return len(events)


@contextmanager
def _beside(hub: Hub, model: ReadModel, progress: Progress) -> Iterator[tuple[Connection, Live, int]]:
    """A transaction in which the live position is locked and the next version stands at the same place."""
    with hub.database.transaction() as alone:
        execute(alone, "SELECT pg_advisory_xact_lock(%s)", (_BUILDING_LOCK,))
        version = _begin(hub, model)
        try:
            reached = _catch_up(hub, model, version, progress)
            with hub.database.transaction() as connection:
                live = locked_version(connection, model)
                while reached < live.position:
                    reached = _advance(hub, connection, model, version, reached, live.position)
                progress(reached, live.position)
                yield connection, live, version
        except BaseException:
            with hub.database.transaction() as connection:
                _remove(connection, model, version)
            raise


def _begin(hub: Hub, model: ReadModel) -> int:
    """The empty next version. One that a killed process left behind is removed."""
    with hub.database.transaction() as connection:
        live = live_version(connection, model)
        _remove_others(connection, model, live.version, max(0, live.version - 1))
        version = live.version + 1
        model.create(connection, version)
        execute(
            connection,
            "INSERT INTO projection_position (projection, version, position) VALUES (%s, %s, 0)",
            (model.name, version),
        )
    return version


def _catch_up(hub: Hub, model: ReadModel, version: int, progress: Progress) -> Position:
    """The place, at most a batch behind the live version, that the next one has reached."""
    reached = Position(0)
    while True:
        with hub.database.transaction() as connection:
            goal = live_version(connection, model).position
            if goal - reached <= BATCH:
                return reached
            reached = _advance(hub, connection, model, version, reached)
        progress(reached, goal)


def _advance(
    hub: Hub, connection: Connection, model: ReadModel, version: int, reached: Position, goal: Position | None = None
) -> Position:
    limit = BATCH if goal is None else min(BATCH, goal - reached)
    events = read_after(connection, hub.ring, reached, limit)
    fold(hub, connection, model, version, events)
    execute(
        connection,
        "UPDATE projection_position SET position = %s WHERE projection = %s AND version = %s",
        (events[-1].position, model.name, version),
    )
    return events[-1].position


def _compare(hub: Hub, connection: Connection, model: ReadModel, live: Live, version: int) -> Compared:
    served = digest_rows(connection, hub.ring, contents(connection, live.version))
    built = digest_rows(connection, hub.ring, contents(connection, version))
    return Compared(projection=model.name, live=served, rebuilt=built, participants=differing(served, built))


def _remove_others(connection: Connection, model: ReadModel, *kept: int) -> None:
    listed = rows(connection, "SELECT version FROM projection_position WHERE projection = %s", (model.name,))
    for (version,) in listed:
        if version not in kept:
            _remove(connection, model, version)


def _remove(connection: Connection, model: ReadModel, version: int) -> None:
    model.drop(connection, version)
    for table in ("parked_event", "projection_position"):
        execute(connection, f"DELETE FROM {table} WHERE projection = %s AND version = %s", (model.name, version))
