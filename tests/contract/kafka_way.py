"""The way of a cluster: deliveries are published to Kafka, an intake worker receives them, the relay and a projection worker do the rest.

Everything is real: the broker, Faust, the processes. Only the clock is the story's.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

from kafka import KafkaProducer

from hub.run.hub import Hub
from hub.run.worker import INTAKE_GROUP
from hub.settings import Settings
from hub.store.database import rows
from hub.store.receipts import Wanted, receipt_by_id, receipts_of
from hub.streams.broker import Broker
from hub.streams.plan import Sizes
from schemas.receipts import Receipt, Status
from schemas.topics import events_topic
from tests.contract.real_hub import Sent
from tests.databases import FreshDatabase
from tests.nursery import INTAKE, PROJECTIONS, Nursery, Worker
from tests.streams import apply_topics, begin_at_the_end, producer_of

SIZES = Sizes(partitions=3, agency_partitions=2)
_PATIENCE_SECONDS = 30.0
_LOOK_SECONDS = 0.005


@dataclass(slots=True)
class KafkaWay:
    """One story's way through the session's broker."""

    hub: Hub
    producer: KafkaProducer
    clock: Path
    workers: Sequence[Worker]

    def receive(self, sent: Sequence[Sent], at: datetime) -> list[Receipt]:
        """Publish one after the other; the receipts, once the worker's position is behind each."""
        self.clock.write_text(at.isoformat(), encoding="ascii")
        return [self._answer(each) for each in sent]

    def catch_up(self) -> None:
        """Wait until what was recorded is in the read models."""
        self._wait(
            "SELECT bool_and(projected_to(p) = h.position) FROM projection_position p, log_head h WHERE live", ()
        )

    def _answer(self, sent: Sent) -> Receipt:
        receipt = self.published(sent.agency, sent.body, key=sent.key.encode())
        if receipt is None:
            with self.hub.database.transaction() as connection:
                [(_, first)] = receipts_of(connection, sent.agency, Wanted(source=sent.source, event_id=sent.id))
            receipt = first if first.status is Status.REJECTED else replace(first, status=Status.DUPLICATE)
        return receipt

    def published(
        self, agency: str, body: bytes | None, *, key: bytes | None = None, headers: Sequence[tuple[str, bytes]] = ()
    ) -> Receipt | None:
        """The receipt of a record; None where it was answered before: that leaves no receipt of its own."""
        topic = events_topic(agency)
        answer = self.producer.send(topic, key=key, value=body, headers=list(headers))
        self.producer.flush()
        placed = answer.get(_PATIENCE_SECONDS)
        self._wait(
            "SELECT bool_and(next_offset > %s) FROM stream_position WHERE stream_group = %s AND topic = %s AND part = %s",
            (placed.offset, INTAKE_GROUP, topic, placed.partition),
        )
        locator = f"{topic}/{placed.partition}/{placed.offset}"
        with self.hub.database.transaction() as connection:
            own = rows(connection, "SELECT receipt_id FROM receipt WHERE locator = %s", (locator,))
            return receipt_by_id(connection, agency, own[0][0]) if own else None

    def _wait(self, statement: str, values: tuple[object, ...]) -> None:
        until = monotonic() + _PATIENCE_SECONDS
        while True:
            with self.hub.database.transaction() as connection:
                if rows(connection, statement, values)[0][0]:
                    return
            ended = [worker for worker in self.workers if not worker.is_running]
            assert not ended, ended[0].log.read_text(encoding="utf-8")[-3000:]
            assert monotonic() < until, self.workers[0].log.read_text(encoding="utf-8")[-3000:]
            sleep(_LOOK_SECONDS)


@dataclass(frozen=True, slots=True)
class Streams:
    """What the stories of a run share."""

    broker: Broker
    nursery: Nursery

    @contextmanager
    def way(
        self, hub: Hub, database: FreshDatabase, folder: Path, agencies: Sequence[str], *, timeless: bool = False
    ) -> Iterator[KafkaWay]:
        """For a hub that knows these agencies already; `timeless`: its clock is the machine's, not a story's."""
        settings = Settings(**{**hub.settings.model_dump(), "kafka_bootstrap_servers": self.broker.address})
        apply_topics(settings, agencies, SIZES)
        begin_at_the_end(settings, hub.database, agencies)
        given = {
            **database.environment(folder),
            "HUB_KAFKA_BOOTSTRAP_SERVERS": self.broker.address,
            "HUB_LOG_LEVEL": "warning",
        }
        clock = folder / "clock"
        clock.write_text(hub.now().isoformat(), encoding="ascii")
        workers = [
            self.nursery.start(kind, given, folder / f"{kind}.log", None if timeless else clock)
            for kind in (INTAKE, PROJECTIONS)
        ]
        producer = producer_of(self.broker.address)
        try:
            yield KafkaWay(hub, producer, clock, workers)
        finally:
            producer.close()
            for worker in workers:
                worker.stop()
