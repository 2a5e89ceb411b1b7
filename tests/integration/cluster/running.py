"""What a test does with a cluster: publish, start and stop workers, wait, and look at what they have written."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer

from hub.run.hub import Hub
from hub.settings import Settings
from hub.store.database import rows
from hub.store.streams import Partition
from hub.streams.broker import Broker
from hub.streams.looking import Found, ends, records_from
from hub.streams.plan import Sizes
from schemas.event_type import JsonObject
from schemas.receipts import Status
from schemas.topics import CANONICAL, events_topic, receipts_topic
from tests.databases import FreshDatabase
from tests.integration.hub_commands import Commands
from tests.nursery import INTAKE, PROJECTIONS, Nursery, Worker
from tests.streams import apply_topics, begin_at_the_end, producer_of

SIZES = Sizes(partitions=3, agency_partitions=2)
AGENCIES = ("af", "jobbtorg")
_PATIENCE_SECONDS = 40.0


@dataclass(slots=True)
class Running:
    """One test's hub on the session's broker."""

    hub: Hub
    database: FreshDatabase
    broker: Broker
    nursery: Nursery
    folder: Path
    begins: Mapping[Partition, int] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    _producer: KafkaProducer | None = None

    @property
    def settings(self) -> Settings:
        """The hub's, with the broker."""
        return self.hub.settings.model_copy(update={"kafka_bootstrap_servers": self.broker.address})

    @property
    def environment(self) -> dict[str, str]:
        """The same for a process."""
        return {**self.database.environment(self.folder), "HUB_KAFKA_BOOTSTRAP_SERVERS": self.broker.address}

    @property
    def commands(self) -> Commands:
        """The command line of whoever operates this hub."""
        return Commands(self.environment, self.folder)

    @property
    def producer(self) -> KafkaProducer:
        """Some sender's client."""
        self._producer = self._producer or producer_of(self.broker.address)
        return self._producer

    def prepare(self) -> None:
        """Topics of every agency, begun at their ends."""
        codes = [code for (code,) in self.asked("SELECT code FROM agency ORDER BY code")]
        apply_topics(self.settings, codes, SIZES)
        self.begins = begin_at_the_end(self.settings, self.hub.database, codes)
        receipts = [(receipts_topic(code), part) for code in AGENCIES for part in range(SIZES.agency_partitions)]
        self.begins = {**self.begins, **{Partition(*each): end for each, end in ends(self.settings, receipts).items()}}

    def close(self) -> None:
        """Stop what runs."""
        for worker in self.workers:
            worker.stop()
        self.forget_producer()

    def forget_producer(self) -> None:
        """End the sender's client: one that has not seen a topic die goes on with what it knew."""
        if self._producer is not None:
            self._producer.close()
        self._producer = None

    def delete_topic(self, topic: str) -> None:
        """As an operator does it, until it is gone."""
        self.forget_producer()
        admin = KafkaAdminClient(bootstrap_servers=self.broker.address)
        admin.delete_topics([topic])
        self.wait(lambda: topic not in admin.list_topics())
        admin.close()

    def apply_topics(self, partitions: int = SIZES.partitions) -> None:
        """As an operator does it."""
        self.commands.run(
            "topics",
            "apply",
            HUB_KAFKA_PARTITIONS=str(partitions),
            HUB_KAFKA_AGENCY_PARTITIONS=str(SIZES.agency_partitions),
        )

    def make_log_topic_anew(self) -> None:
        """With as many partitions as the other tests expect."""
        for worker in self.workers:
            worker.stop()
        self.delete_topic(CANONICAL)
        self.prepare()

    def start(self, *kinds: str, **settings: str) -> list[Worker]:
        """Workers of these kinds, of both without a name."""
        started = [
            self.nursery.start(kind, {**self.environment, **settings}, self.folder / f"{kind}-{number}.log")
            for number, kind in enumerate(kinds or (INTAKE, PROJECTIONS), start=len(self.workers))
        ]
        self.workers += started
        return started

    def publish(self, agency: str, *events: JsonObject | bytes, part: int | None = None) -> None:
        """Records of an agency, acknowledged by the broker."""
        answers = [
            self.producer.send(
                events_topic(agency),
                value=event if isinstance(event, bytes) else json.dumps(event).encode(),
                key=None if isinstance(event, bytes) else str(event["subject"]).encode(),
                partition=part,
            )
            for event in events
        ]
        self.producer.flush()
        for answer in answers:
            answer.get(_PATIENCE_SECONDS)

    def asked(self, statement: str, *values: object) -> list[tuple[Any, ...]]:  # rows of any shape
        """The answer of the database."""
        with self.hub.database.transaction() as connection:
            return list(rows(connection, statement, values))

    def wait(self, done: Callable[[], bool]) -> None:
        """Until something is so."""
        until = monotonic() + _PATIENCE_SECONDS
        while not done():
            assert monotonic() < until, self.logs()
            sleep(0.02)

    def wait_for_receipts(self, count: int) -> None:
        """Until so many deliveries have one."""
        self.wait(lambda: self.asked("SELECT count(*) FROM receipt WHERE channel = 'kafka'") == [(count,)])

    def wait_until_visible(self) -> None:
        """Until everything recorded is in the read models."""
        self.wait(
            lambda: (
                self.asked("SELECT projected_to(p) = h.position FROM projection_position p, log_head h WHERE live")
                == [(True,)]
            )
        )

    def statuses(self) -> dict[str, Status]:
        """The status of every event that came over Kafka, by its id."""
        return {
            event_id: Status(status)
            for event_id, status in self.asked("SELECT event_id, status FROM receipt WHERE channel = 'kafka'")
        }

    def written(self, *topics: str) -> Sequence[Found]:
        """What the hub has written to topics in this test."""
        wanted = {(part.topic, part.part): offset for part, offset in self.begins.items() if part.topic in topics}
        return list(records_from(self.settings, wanted))

    @property
    def canonical(self) -> Sequence[Found]:
        """What the relay has written."""
        return self.written(CANONICAL)

    def logs(self) -> str:
        """What the workers have said."""
        return "\n".join(worker.log.read_text(encoding="utf-8")[-2000:] for worker in self.workers)
