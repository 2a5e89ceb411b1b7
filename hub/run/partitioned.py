"""A read model that several workers advance, each its partitions of the log (DESIGN 3).

The version that is served has a position per partition instead of one. Whoever replaces the version, or folds one person
anew, waits for the workers' transactions, and they wait for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.log.records import Arrived, partition_of
from hub.run.hub import Hub
from hub.run.models import MODELS
from hub.run.project import SWITCH_LOCK, Live, ReadModel, live_version, locked_version
from hub.store.database import execute, rows
from schemas.errors import Misconfigured, PositionTaken, StreamGap
from schemas.events import RecordedEvent
from schemas.vocabulary import ParticipantId, Position

Positions = Mapping[int, Position]
"""The last position that is in a read model, by partition."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What of the log is in a version: everything up to `position`, and of each partition what is up to its own."""

    position: Position
    partitions: int | None
    own: Positions

    @property
    def end(self) -> Position:
        """Nothing behind it is in the version."""
        return max((self.position, *self.own.values()))

    def __contains__(self, event: RecordedEvent) -> bool:
        if event.position <= self.position:
            return True
        if self.partitions is None or event.participant_id is None:
            return False
        return event.position <= self.own.get(partition_of(event.participant_id, self.partitions), self.position)


def lay_out(connection: Connection, model: ReadModel, partitions: int) -> None:
    """Let workers advance the served version from where it is; nothing when they do so already.

    Partitions that were laid out for another number begin where the last of them all had come: what comes again is known.
    """
    live = locked_version(connection, model)
    if live.partitions == partitions:
        return
    execute(
        connection,
        "UPDATE projection_position SET position = %s, partitions = %s WHERE projection = %s AND version = %s",
        (live.position, partitions, model.name, live.version),
    )
    execute(
        connection,
        "DELETE FROM projection_partition WHERE projection = %s AND version = %s",
        (model.name, live.version),
    )
    write_positions(connection, model, live.version, dict.fromkeys(range(partitions), live.position))


def give_back(hub: Hub) -> None:
    """Let one runner advance every read model again, from where everything is there; what comes again is known.

    Only where no worker runs: it would end, be started anew, and lay the read models out again.
    """
    with hub.database.transaction() as connection:
        for model in MODELS.values():
            live = locked_version(connection, model)
            execute(
                connection,
                "UPDATE projection_position SET position = %s, partitions = NULL WHERE projection = %s AND version = %s",
                (live.position, model.name, live.version),
            )


def need_one_runner(hub: Hub) -> None:
    """Raise Misconfigured where the workers of a cluster advance the read models."""
    with hub.database.transaction() as connection:
        laid_out = [model.name for model in MODELS.values() if live_version(connection, model).partitions is not None]
    if laid_out:
        message = (
            f"expected to project {', '.join(laid_out)} in this process, found that the workers of a cluster do;"
            " set HUB_KAFKA_BOOTSTRAP_SERVERS, or, when no worker runs any more: hub topics leave"
        )
        raise Misconfigured(message)


def shared_version(connection: Connection, model: ReadModel, partitions: int) -> int:
    """The served version, which nobody replaces until the transaction ends; other workers go on with their partitions."""
    execute(connection, "SELECT pg_advisory_xact_lock_shared(%s, hashtext(%s))", (SWITCH_LOCK, model.name))
    version, laid_out = rows(
        connection, "SELECT version, partitions FROM projection_position WHERE projection = %s AND live", (model.name,)
    )[0]
    if laid_out != partitions:
        message = f"expected {model.name} to be laid out for {partitions} partitions, found {laid_out}; start the workers anew"
        raise PositionTaken(message)
    return int(version)


def take_over(connection: Connection, model: ReadModel, live: Live, version: int, position: Position) -> None:
    """Serve another version, in which the log is up to `position`; whoever advances the live one advances it from now on."""
    execute(
        connection,
        "UPDATE projection_position SET live = (version = %s), partitions = CASE WHEN version = %s THEN %s ELSE partitions END"
        " WHERE projection = %s",
        (version, version, live.partitions, model.name),
    )
    if live.partitions is not None:
        write_positions(connection, model, version, dict.fromkeys(range(live.partitions), position))


def positions(connection: Connection, model: ReadModel, version: int) -> Positions:
    """How far each partition has come in a version."""
    found = rows(
        connection,
        "SELECT part, position FROM projection_partition WHERE projection = %s AND version = %s",
        (model.name, version),
    )
    return {part: Position(position) for part, position in found}


def write_positions(connection: Connection, model: ReadModel, version: int, reached: Positions) -> None:
    """Say how far partitions have come."""
    execute(
        connection,
        "INSERT INTO projection_partition (projection, version, part, position)"
        " SELECT %s, %s, part, position FROM unnest(%s::int[], %s::int8[]) AS given (part, position)"
        " ON CONFLICT (projection, version, part) DO UPDATE SET position = excluded.position",
        (model.name, version, list(reached), list(reached.values())),
    )


def served_position(connection: Connection, model: ReadModel, live: Live, participant_id: ParticipantId) -> Position:
    """Up to where a participant's events are in the served version."""
    if live.partitions is None:
        return live.position
    own = positions(connection, model, live.version).get(partition_of(participant_id, live.partitions), live.position)
    return max(own, live.position)


def unapplied(entries: Sequence[Arrived], reached: Positions) -> tuple[list[Arrived], Positions]:
    """The entries that are not in the read model yet, and how far it comes with them.

    Raises StreamGap when an entry follows one that never came.
    """
    new: list[Arrived] = []
    now = dict(reached)
    for entry in entries:
        last = now.get(entry.partition, Position(0))
        if entry.position <= last:
            continue
        if entry.previous > last:
            message = (
                f"expected position {entry.previous} in partition {entry.partition} before {entry.position},"
                f" found that {last} is the last that came; hub rebuild takes it from the log"
            )
            raise StreamGap(message)
        now[entry.partition] = entry.position
        new.append(entry)
    return new, {part: position for part, position in now.items() if position != reached.get(part)}
