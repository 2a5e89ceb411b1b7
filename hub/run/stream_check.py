"""Whether participant.events holds exactly what the log holds: every entry, in its place, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.log.records import Arrived, Place, arrived, partition_of
from hub.run.hub import Hub
from hub.store.database import rows
from hub.streams.looking import records_from
from hub.streams.sending import canonical_topic
from schemas.topics import CANONICAL

_BATCH = 5000


@dataclass(slots=True, kw_only=True)
class Held:
    """What the topic holds. `again`: entries that a killed relay has sent twice, which workers know by their position."""

    entries: int = 0
    again: int = 0
    missing: int = 0
    foreign: int = 0
    misplaced: int = 0

    @property
    def exact(self) -> bool:
        """Whether it is the log, no more and no less."""
        return not (self.missing or self.foreign or self.misplaced)


def held(hub: Hub) -> Held:
    """Read the topic from its beginning to its end and the log beside it."""
    topic = canonical_topic(hub.settings)
    beginning = {(CANONICAL, part): 0 for part in range(topic.partitions)}
    found = Held()
    last: dict[int, int] = {}
    seen: set[int] = set()
    for record in records_from(hub.settings, beginning):
        entry = arrived(hub.ring, Place(record.partition, topic.partitions), record.headers, record.value)
        if entry is None:
            found.foreign += 1
        elif entry.position in seen:
            found.again += 1
        else:
            seen.add(entry.position)
            known = entry.previous == last.get(entry.partition, 0)
            placed = known and _key(entry, topic.partitions) == (record.partition, record.key)
            last[entry.partition] = entry.position
            found.misplaced += not placed
    for positions in _logged(hub):
        found.entries += len(positions & seen)
        found.missing += len(positions - seen)
        seen -= positions
    found.foreign += len(seen)
    return found


def _key(entry: Arrived, partitions: int) -> tuple[int, bytes]:
    owner = entry.owner
    return partition_of(owner, partitions), str(owner).encode()


def _logged(hub: Hub) -> Iterator[set[int]]:
    """The positions of the log, some thousand at a time."""
    after = 0
    while True:
        with hub.database.transaction() as connection:
            found = rows(
                connection,
                "SELECT position FROM log_entry WHERE position > %s ORDER BY position LIMIT %s",
                (after, _BATCH),
            )
        if not found:
            return
        after = found[-1][0]
        yield {position for (position,) in found}
