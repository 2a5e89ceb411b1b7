"""A read model built anew beside the one that is served: to verify it, or to take its place (DESIGN 3).

The next version is folded from position 0 while the live one goes on; then the live position is locked,
both are brought to the same place, compared, and the new one is switched to in the same transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from hub.log.entries import read_after, read_participants
from hub.run.digests import Digests, differing, digest_rows
from hub.run.hub import Hub
from hub.run.project import BATCH, Live, ReadModel, fold, live_version
from hub.store.database import execute, rows
from projections.timeline.rows import contents
from schemas.vocabulary import ParticipantId, Position

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
        _remove(connection, model, live.version)
        execute(
            connection,
            "UPDATE projection_position SET live = true WHERE projection = %s AND version = %s",
            (model.name, version),
        )
        parked = rows(
            connection, "SELECT DISTINCT participant_id FROM parked_event WHERE projection = %s", (model.name,)
        )
    for (participant_id,) in parked:
        rebuild_participant(hub, model, participant_id)
    return compared


def rebuild_participant(hub: Hub, model: ReadModel, participant_id: ParticipantId) -> int:
    """Fold one person anew, parked events too, in place; how many events."""
    with hub.database.transaction() as connection:
        live = _locked(connection, model)
        events = read_participants(connection, hub.ring, [participant_id], live.position)
        execute(
            connection,
            "DELETE FROM parked_event WHERE projection = %s AND participant_id = %s",
            (model.name, participant_id),
        )
        model.forget(connection, [participant_id], live.version)
        fold(hub, connection, model, live.version, events)
    return len(events)


@contextmanager
def _beside(hub: Hub, model: ReadModel, progress: Progress) -> Iterator[tuple[Connection, Live, int]]:
    """A transaction in which the live position is locked and the next version stands at the same place."""
    with hub.database.transaction() as connection:
        live_version(connection, model)
        version = _next_version(connection, model)
        model.create(connection, version)
        execute(
            connection,
            "INSERT INTO projection_position (projection, version, position) VALUES (%s, %s, 0)",
            (model.name, version),
        )
    reached = Position(0)
    try:
        while True:
            with hub.database.transaction() as connection:
                goal = live_version(connection, model).position
                if goal - reached <= BATCH:
                    break
                reached = _advance(hub, connection, model, version, reached)
            progress(reached, goal)
        with hub.database.transaction() as connection:
            live = _locked(connection, model)
            while reached < live.position:
                reached = _advance(hub, connection, model, version, reached, live.position)
            progress(reached, live.position)
            yield connection, live, version
    except BaseException:
        with hub.database.transaction() as connection:
            _remove(connection, model, version)
        raise


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


def _locked(connection: Connection, model: ReadModel) -> Live:
    found = rows(
        connection,
        "SELECT version, position FROM projection_position WHERE projection = %s AND live FOR UPDATE",
        (model.name,),
    )
    return Live(version=found[0][0], position=Position(found[0][1]))


def _next_version(connection: Connection, model: ReadModel) -> int:
    statement = "SELECT max(version) + 1 FROM projection_position WHERE projection = %s"
    return int(rows(connection, statement, (model.name,))[0][0])


def _remove(connection: Connection, model: ReadModel, version: int) -> None:
    model.drop(connection, version)
    execute(connection, "DELETE FROM projection_position WHERE projection = %s AND version = %s", (model.name, version))
