"""How far groups of workers have read their topics: claimed with an epoch, moved in the transaction that the move counts for.

What Kafka holds of a group is only a hint (DESIGN 3): whoever gets a partition begins where this table says, and whoever
has lost it meets another epoch here and changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from hub.store.database import execute, rows
from schemas.errors import PositionTaken

log = structlog.get_logger(__name__)


class Partition(NamedTuple):
    """One partition of a topic."""

    topic: str
    part: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Where its owner goes on reading a partition, and the number of the claim."""

    next_offset: int
    epoch: int


Moves = Mapping[Partition, tuple[Claim, int]]
"""From which claim to which next offset each partition moves."""

_RATE_SECONDS = 10

_CLAIM = """
INSERT INTO stream_position AS p (stream_group, topic, part, topic_id, next_offset, epoch, owner, rate_offset)
SELECT %s, topic, part, topic_id, 0, 1, %s, 0 FROM unnest(%s::text[], %s::int[], %s::text[]) AS given (topic, part, topic_id)
ORDER BY topic, part
ON CONFLICT (stream_group, topic, part) DO UPDATE SET epoch = p.epoch + 1, owner = excluded.owner, claimed_at = now(),
    advanced_at = now(), topic_id = excluded.topic_id,
    next_offset = CASE WHEN p.topic_id = excluded.topic_id THEN p.next_offset ELSE 0 END,
    rate_from = CASE WHEN p.topic_id = excluded.topic_id THEN p.rate_from ELSE now() END,
    rate_offset = CASE WHEN p.topic_id = excluded.topic_id THEN p.rate_offset ELSE 0 END
RETURNING topic, part, next_offset, epoch
"""

_DUE = f"now() - p.rate_from >= interval '{_RATE_SECONDS} s'"
_MOVE = f"""
UPDATE stream_position p SET next_offset = given.goal, advanced_at = clock_timestamp(),
    rate = CASE WHEN {_DUE} THEN (p.next_offset - p.rate_offset) / extract(epoch FROM now() - p.rate_from) ELSE p.rate END,
    rate_from = CASE WHEN {_DUE} THEN now() ELSE p.rate_from END,
    rate_offset = CASE WHEN {_DUE} THEN p.next_offset ELSE p.rate_offset END
FROM unnest(%s::text[], %s::int[], %s::int8[], %s::int8[], %s::int8[]) AS given (topic, part, begins, epoch, goal)
WHERE p.stream_group = %s AND p.topic = given.topic AND p.part = given.part
    AND p.next_offset = given.begins AND p.epoch = given.epoch
"""


def claim(connection: Connection, group: str, topic_ids: Mapping[Partition, str], owner: str) -> dict[Partition, Claim]:
    """Take partitions over: every earlier owner is fenced off. A topic that was made anew is read from its beginning.

    That is safe, because deliveries and log positions that come again are known.
    """
    wanted = sorted(topic_ids)
    found = rows(
        connection,
        _CLAIM,
        (
            group,
            owner,
            [each.topic for each in wanted],
            [each.part for each in wanted],
            [topic_ids[each] for each in wanted],
        ),
    )
    return {Partition(topic, part): Claim(next_offset, epoch) for topic, part, next_offset, epoch in found}


def move(connection: Connection, group: str, moves: Moves) -> bool:
    """Move all partitions together. False: the same move was committed before, and only its answer was lost.

    Raises PositionTaken when another worker has claimed one of them: roll back, nothing of this is ours to write.
    """
    changed = execute(
        connection,
        _MOVE,
        (
            [each.topic for each in moves],
            [each.part for each in moves],
            [begins.next_offset for begins, _ in moves.values()],
            [begins.epoch for begins, _ in moves.values()],
            [goal for _, goal in moves.values()],
            group,
        ),
    )
    if changed == len(moves):
        return True
    found = rows(
        connection,
        "SELECT topic, part, next_offset, epoch FROM stream_position WHERE stream_group = %s AND topic = ANY(%s)",
        (group, list({each.topic for each in moves})),
    )
    there = {Partition(topic, part): Claim(next_offset, epoch) for topic, part, next_offset, epoch in found}
    for partition, (begins, goal) in moves.items():
        if there.get(partition) != Claim(goal, begins.epoch):
            message = (
                f"expected {partition.topic}/{partition.part} at {begins}, found {there.get(partition)};"
                " another worker has claimed it"
            )
            raise PositionTaken(message)
    log.info("move_was_committed", group=group, partitions=len(moves))
    return False


def next_offsets(connection: Connection, group: str, topic: str) -> dict[Partition, int]:
    """Where a group goes on in the partitions of a topic that it has claimed."""
    found = rows(
        connection,
        "SELECT part, next_offset FROM stream_position WHERE stream_group = %s AND topic = %s ORDER BY part",
        (group, topic),
    )
    return {Partition(topic, part): next_offset for part, next_offset in found}


def place(connection: Connection, group: str, goals: Mapping[Partition, tuple[int, int]]) -> None:
    """Let a group go on elsewhere, from which offset to which; whoever owns the partitions now is fenced off.

    Raises PositionTaken when one is not where it is expected.
    """
    changed = execute(
        connection,
        "UPDATE stream_position p SET next_offset = given.goal, epoch = p.epoch + 1"
        " FROM unnest(%s::text[], %s::int[], %s::int8[], %s::int8[]) AS given (topic, part, expected, goal)"
        " WHERE p.stream_group = %s AND p.topic = given.topic AND p.part = given.part AND p.next_offset = given.expected",
        (
            [each.topic for each in goals],
            [each.part for each in goals],
            [expected for expected, _ in goals.values()],
            [goal for _, goal in goals.values()],
            group,
        ),
    )
    if changed != len(goals):
        message = f"expected {len(goals)} positions as they were seen, found {changed}; a worker has moved the others"
        raise PositionTaken(message)
