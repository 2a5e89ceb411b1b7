"""Going on in an agency's topic from which unread records are gone: told, with a reason, and never by itself."""

from dataclasses import dataclass

import structlog

from hub.run.hub import Hub
from hub.run.worker import INTAKE_GROUP
from hub.store.streams import Partition, next_offsets, place
from hub.streams.looking import beginnings, ends

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A partition whose reading goes on elsewhere. `expected` is the offset that is gone, or not there yet."""

    partition: Partition
    expected: int
    found: int


def go_on(hub: Hub, topic: str, actor: str, reason: str) -> list[Moved]:
    """Move the positions that the topic no longer holds to what it holds; others stay. A log line for each.

    Raises PositionTaken when a worker moved one meanwhile: nothing was moved, look again.
    """
    with hub.database.transaction() as connection:
        known = next_offsets(connection, INTAKE_GROUP, topic)
    first, end = beginnings(hub.settings, known), ends(hub.settings, known)
    moved = [
        Moved(partition=partition, expected=at, found=min(max(at, first[partition]), end[partition]))
        for partition, at in known.items()
        if not first[partition] <= at <= end[partition]
    ]
    with hub.database.transaction() as connection:
        place(connection, INTAKE_GROUP, {each.partition: (each.expected, each.found) for each in moved})
    for each in moved:
        log.warning(
            "position_moved_by_hand",
            topic=topic,
            partition=each.partition.part,
            expected=each.expected,
            found=each.found,
            actor=actor,
            reason=reason,
        )
    return moved
