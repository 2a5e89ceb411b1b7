"""The projection worker's work: entries of participant.events into every read model, with the position at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection

from hub import telemetry
from hub.log.entries import opened
from hub.log.records import Arrived, Place, arrived
from hub.run.hub import Hub
from hub.run.models import MODELS
from hub.run.partitioned import lay_out, positions, shared_version, unapplied, write_positions
from hub.run.project import ReadModel, fold
from hub.run.worker import PROJECTION_GROUP, Work
from hub.store.streams import Moves, move
from hub.streams.sending import canonical_topic
from schemas.topics import CANONICAL

log = structlog.get_logger(__name__)

_BATCH = (
    4000  # against 2000: a twentieth less of the processor for an event; more saves no more, and others wait longer
)


@dataclass(frozen=True, slots=True)
class ProjectionSink:
    """Folds what the relay sends into the served version of every read model."""

    hub: Hub
    partitions: int

    @property
    def group(self) -> str:
        """The consumer group (SURFACE 5)."""
        return PROJECTION_GROUP

    @property
    def topics(self) -> Sequence[str]:
        """The one that the relay writes."""
        return [CANONICAL]

    @property
    def batch(self) -> int:
        """Statements, locks and the commit have a price of their own."""
        return _BATCH

    @property
    def contiguous(self) -> bool:
        """The topic is neither compacted nor transactional: every offset is a record."""
        return True

    def prepare(self, work: Work) -> list[Arrived]:
        """Open the outer seal. What is not ours is told and left: that nothing of ours is missing, each entry says itself."""
        entries: list[Arrived] = []
        for partition, records in work.items():
            place = Place(partition.part, self.partitions)
            for record in records:
                entry = arrived(self.hub.ring, place, record.headers, record.value)
                if entry is None:
                    log.error("foreign_record", topic=partition.topic, part=partition.part, offset=record.offset)
                else:
                    entries.append(entry)
        return entries

    def write(self, prepared: Any, moves: Moves) -> None:  # a list of Arrived
        """Fold and move; a batch that was committed before without our knowing is left as it is."""
        with self.hub.database.transaction() as connection:
            if not move(connection, self.group, moves):
                return
            self.hub.failpoints.reach("projection_before_insert")
            for model in MODELS.values():
                self._fold(connection, model, prepared)
            self.hub.failpoints.reach("projection_after_insert")
        self.hub.failpoints.reach("projection_after_commit")

    def _fold(self, connection: Connection, model: ReadModel, entries: Sequence[Arrived]) -> None:
        version = shared_version(connection, model, self.partitions)
        new, reached = unapplied(entries, positions(connection, model, version))
        fold(self.hub, connection, model, version, opened(connection, self.hub.ring, [each.row for each in new]))
        write_positions(connection, model, version, reached)
        telemetry.PROJECTED.labels(projection=model.name).inc(len(new))


def projection_sink(hub: Hub) -> ProjectionSink:
    """For the topic as it is; the read models are laid out for its partitions."""
    topic = canonical_topic(hub.settings)
    with hub.database.transaction() as connection:
        for model in MODELS.values():
            lay_out(connection, model, topic.partitions)
    return ProjectionSink(hub, topic.partitions)
