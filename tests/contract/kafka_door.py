"""The front door of a cluster: records come in over Kafka, one at a time, and each is answered before the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.run.hub import Hub
from hub.store.register import agencies
from tests.contract.intake_cases import Writer
from tests.contract.kafka_way import KafkaWay, Streams
from tests.databases import FreshDatabase


@dataclass(frozen=True, slots=True)
class Door:
    """The way in, and who writes the cases for it."""

    way: KafkaWay
    writer: Writer


@contextmanager
def opened(hub: Hub, database: FreshDatabase, streams: Streams) -> Iterator[Door]:
    """The door of a hub that has heard of nobody. One at a time: all workers of a broker are one group."""
    writer = Writer(hub=hub)
    writer.prepare()
    with hub.database.transaction() as connection:
        codes = [agency.code for agency in agencies(connection)]
    with streams.way(hub, database, Path(hub.settings.data_dir), codes, timeless=True) as way:
        yield Door(way, writer)
