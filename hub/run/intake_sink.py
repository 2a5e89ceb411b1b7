"""The intake worker's work: what agencies publish goes through the front door, with its receipts and its position at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.intake.reading import Delivery
from hub.intake.records import read_kafka_record
from hub.run.hub import Hub
from hub.run.ingest import CHUNK
from hub.run.steps import Batch, examined, take
from hub.run.worker import INTAKE_GROUP, Work
from hub.store.register import agencies
from hub.store.streams import Moves, move
from schemas.topics import events_topic

CHANNEL = "kafka"


@dataclass(frozen=True, slots=True)
class IntakeSink:
    """Receives what is published to the agencies' topics; whose topic it is, says who sends."""

    hub: Hub
    agency_of: Mapping[str, str]

    @property
    def group(self) -> str:
        """The consumer group (SURFACE 5)."""
        return INTAKE_GROUP

    @property
    def topics(self) -> Sequence[str]:
        """An explicit list: an agency that joins is read after a rolling restart (DESIGN 10)."""
        return sorted(self.agency_of)

    @property
    def batch(self) -> int:
        """As many as from a file."""
        return CHUNK

    @property
    def contiguous(self) -> bool:
        """An agency's client may use transactions, whose markers take offsets."""
        return False

    def prepare(self, work: Work) -> Batch:
        """Read and examine."""
        now = self.hub.now()
        return examined(
            self.hub,
            [
                Delivery(
                    agency=self.agency_of[partition.topic],
                    channel=CHANNEL,
                    locator=f"{partition.topic}/{partition.part}/{record.offset}",
                    received_at=now,
                    content=read_kafka_record(record.headers, record.value),
                )
                for partition, records in work.items()
                for record in records
            ],
        )

    def write(self, prepared: Any, moves: Moves) -> None:  # a Batch
        """Decide and record; a batch that was committed before without our knowing is left as it is."""
        take(self.hub, prepared, begin=lambda connection: move(connection, self.group, moves))


def intake_sink(hub: Hub) -> IntakeSink:
    """For every agency of the register."""
    with hub.database.transaction() as connection:
        return IntakeSink(hub, {events_topic(agency.code): agency.code for agency in agencies(connection)})
