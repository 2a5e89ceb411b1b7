"""A read model built anew beside the one that is served: to verify it, or to take its place (DESIGN 3).

The next version is folded from position 0 while the live one goes on, and both are compared at the same place
as one snapshot shows them: the runner waits for neither. Where workers advance the live version, "the same place" is a
position for each of their partitions. What takes the place of the live one is brought to the end of the log, whatever
became of the entries on their way through Kafka. Only for the switch the live version is locked, when the new one is at
most a batch from the end; both are one transaction.
The version that was served until then stays until the next one is replaced: whoever reads it now reads on.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from hub.log.entries import position_of_head, read_after, read_participants
from hub.run.digests import Digests, differing, digest_rows
from hub.run.hub import Hub
from hub.run.partitioned import Reached, positions, served_position, take_over
from hub.run.project import BATCH, Live, ReadModel, fold, live_version, locked_version
from hub.store.database import execute, one_snapshot, rows
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Built:
    """A version that was built beside the live one, and at which place the two were compared."""

    version: int
    reached: Position
    compared: Compared


def verify(hub: Hub, model: ReadModel, progress: Progress) -> Compared:
    """Build beside, compare, and remove what was built."""
    with _beside(hub, model, progress) as built, hub.database.transaction() as connection:
        _remove(connection, model, built.version)
    return built.compared


def rebuild(hub: Hub, model: ReadModel, progress: Progress) -> Compared:
    """Build beside, compare, and serve what was built from now on, with all that is recorded."""
    with _beside(hub, model, progress) as built:
        reached = _catch_up(hub, model, built.version, built.reached, position_of_head, progress)
        with hub.database.transaction() as connection:
            live = locked_version(connection, model)
            end = position_of_head(connection)
            _bring(hub, connection, model, built.version, reached, Reached(end, None, {}))
            _remove_others(connection, model, live.version, built.version)
            take_over(connection, model, live, built.version, end)
    return built.compared


def rebuild_participant(hub: Hub, model: ReadModel, participant_id: ParticipantId) -> int:
    """Fold one person anew, parked events too, in place; how many events."""
    with hub.database.transaction() as connection:
        live = locked_version(connection, model)
        upto = served_position(connection, model, live, participant_id)
        events = read_participants(connection, hub.ring, [participant_id], upto)
        execute(
            connection,
            "DELETE FROM parked_event WHERE projection = %s AND version = %s AND participant_id = %s",
            (model.name, live.version, participant_id),
        )
        model.forget(connection, [participant_id], live.version)
        fold(hub, connection, model, live.version, events)
    return len(events)


@contextmanager
def _beside(hub: Hub, model: ReadModel, progress: Progress) -> Iterator[_Built]:
    """The next version, compared with the live one; nobody else builds one meanwhile. It goes if anything fails."""
    with hub.database.transaction() as alone:
        execute(alone, "SELECT pg_advisory_xact_lock(%s)", (_BUILDING_LOCK,))
        version = _begin(hub, model)
        try:
            reached = _catch_up(
                hub, model, version, Position(0), lambda asked: live_version(asked, model).position, progress
            )
            yield _compare(hub, model, version, reached, progress)
        except BaseException:
            with hub.database.transaction() as connection:
                _remove_unserved(connection, model)
            raise


def _begin(hub: Hub, model: ReadModel) -> int:
    """The empty next version. One that a killed process left behind is removed."""
    with hub.database.transaction() as connection:
        version = _remove_unserved(connection, model).version + 1
        model.create(connection, version)
        execute(
            connection,
            "INSERT INTO projection_position (projection, version, position) VALUES (%s, %s, 0)",
            (model.name, version),
        )
    return version


def _catch_up(
    hub: Hub,
    model: ReadModel,
    version: int,
    reached: Position,
    goal_of: Callable[[Connection], Position],
    progress: Progress,
) -> Position:
    """The place, at most a batch from a goal that moves, that the next version has reached."""
    while True:
        with hub.database.transaction() as connection:
            goal = goal_of(connection)
            if goal - reached <= BATCH:
                return reached
            reached = _advance(hub, connection, model, version, reached)
        progress(reached, goal)


def _place(connection: Connection, model: ReadModel, live: Live) -> Reached:
    """Where the live version is."""
    own = positions(connection, model, live.version) if live.partitions else {}
    return Reached(live.position, live.partitions, own)


def _bring(hub: Hub, connection: Connection, model: ReadModel, version: int, reached: Position, goal: Reached) -> None:
    """Bring a version to a place exactly."""
    while reached < goal.end:
        reached = _advance(hub, connection, model, version, reached, goal)


def _advance(
    hub: Hub, connection: Connection, model: ReadModel, version: int, reached: Position, goal: Reached | None = None
) -> Position:
    limit = BATCH if goal is None else min(BATCH, goal.end - reached)
    events = read_after(connection, hub.ring, reached, limit)
    fold(hub, connection, model, version, events if goal is None else [each for each in events if each in goal])
    execute(
        connection,
        "UPDATE projection_position SET position = %s WHERE projection = %s AND version = %s",
        (events[-1].position, model.name, version),
    )
    return events[-1].position


def _compare(hub: Hub, model: ReadModel, version: int, reached: Position, progress: Progress) -> _Built:
    """Both versions at one place. A region takes longer to read than the watchdog waits for a runner: nothing is locked."""
    with hub.database.transaction() as connection:
        one_snapshot(connection)
        live = live_version(connection, model)
        _bring(hub, connection, model, version, reached, _place(connection, model, live))
        progress(live.position, live.position)
        served = digest_rows(connection, hub.ring, contents(connection, live.version))
        built = digest_rows(connection, hub.ring, contents(connection, version))
    compared = Compared(projection=model.name, live=served, rebuilt=built, participants=differing(served, built))
    return _Built(version=version, reached=live.position, compared=compared)


def _remove_unserved(connection: Connection, model: ReadModel) -> Live:
    """Let go of what is built beside the served version, which stays, with the one before it."""
    live = live_version(connection, model)
    _remove_others(connection, model, live.version, max(0, live.version - 1))
    return live


def _remove_others(connection: Connection, model: ReadModel, *kept: int) -> None:
    listed = rows(connection, "SELECT version FROM projection_position WHERE projection = %s", (model.name,))
    for (version,) in listed:
        if version not in kept:
            _remove(connection, model, version)


def _remove(connection: Connection, model: ReadModel, version: int) -> None:
    model.drop(connection, version)
    for table in ("parked_event", "projection_partition", "projection_position"):
        execute(connection, f"DELETE FROM {table} WHERE projection = %s AND version = %s", (model.name, version))
