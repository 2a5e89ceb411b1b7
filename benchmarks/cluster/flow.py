"""A steady stream of events from a sender to the served timeline, and when each was sent and seen."""

import logging
import threading
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from time import perf_counter, sleep

import orjson
import psycopg
from kafka import KafkaProducer

from benchmarks.agency import AGENCY, SOURCE, registration, reports
from benchmarks.cluster.stage import ClusterStage
from benchmarks.cluster.watching import Watch, watching
from hub.log.records import partition_of
from schemas.event_type import JsonObject
from schemas.topics import events_topic
from tests.databases import FreshDatabase

PER_SECOND = 200
_PEOPLE = 240  # enough for every partition
_SERVED = (
    "SELECT own.part, own.position FROM projection_partition own JOIN projection_position served"
    " USING (projection, version) WHERE served.live"
)
_ENTRIES = "SELECT event_id, position, participant_id FROM log_entry WHERE source = %s"
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Seen:
    """An event: when it was sent, and how long it took until the served timeline had its partition's log up to it."""

    sent: float
    seconds: float


@dataclass(slots=True)
class Flow:
    """Sends until it is told to end."""

    producer: KafkaProducer
    partitions: int
    _sent: dict[str, float] = field(default_factory=dict)
    _ending: threading.Event = field(default_factory=threading.Event)

    def register(self) -> None:
        """Say who everybody is; the reports follow in the same partitions."""
        for person in range(_PEOPLE):
            self._send(registration(f"F{person}"))
        self.producer.flush()

    def run(self) -> None:
        """One event after the other, each when it is due."""
        begins = perf_counter()
        for number in count():
            if self._ending.is_set():
                break
            sleep(max(0.0, begins + number / PER_SECOND - perf_counter()))
            event = next(reports(f"F{number % _PEOPLE}", 1, number // _PEOPLE))
            self._sent[event["id"]] = perf_counter()
            self._send(event)
        self.producer.flush()

    def end(self) -> None:
        """Let `run` come to its end."""
        self._ending.set()

    def seen(self, database: FreshDatabase, watch: Watch) -> list[Seen]:
        """All that was sent by `run`; waits for the last of it."""
        until = perf_counter() + _PATIENCE_SECONDS
        entries = self._entries(database)
        while len(entries) < len(self._sent) or any(
            watch.seen[part][-1][1] < place for part, place in entries.values()
        ):
            assert perf_counter() < until, f"{len(self._sent)} sent, {len(entries)} recorded or not all of them visible"
            sleep(0.1)
            entries = self._entries(database)
        return [
            Seen(sent, _first(watch.seen[entries[name][0]], entries[name][1]) - sent)
            for name, sent in self._sent.items()
        ]

    def _entries(self, database: FreshDatabase) -> dict[str, tuple[int, int]]:
        """Partition and position of every event that is in the log."""
        with psycopg.connect(database.url) as connection:
            found = connection.execute(_ENTRIES, (SOURCE,)).fetchall()
        return {
            name: (partition_of(participant, self.partitions), position)
            for name, position, participant in found
            if name in self._sent
        }

    def _send(self, event: JsonObject) -> None:
        self.producer.send(events_topic(AGENCY), key=str(event["subject"]).encode(), value=orjson.dumps(event))


@contextmanager
def flowing(cluster: ClusterStage, database: FreshDatabase) -> Iterator[tuple[Flow, Watch]]:
    """A stream from the beginning of the block to its end, and whoever watches it arrive; the workers must run."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # that a broker which we killed is away
    producer = KafkaProducer(
        bootstrap_servers=cluster.broker.address, acks="all", enable_idempotence=True, reconnect_backoff_max_ms=500
    )
    flow = Flow(producer, cluster.settings(database).kafka_partitions)
    with watching(database, _SERVED) as watch:
        flow.register()
        _wait_for_everybody(watch, database)
        sender = threading.Thread(target=flow.run, daemon=True)
        sender.start()
        try:
            yield flow, watch
        finally:
            flow.end()
            sender.join()
            producer.close()


def _wait_for_everybody(watch: Watch, database: FreshDatabase) -> None:
    until = perf_counter() + _PATIENCE_SECONDS
    with psycopg.connect(database.url, autocommit=True) as connection:
        while connection.execute("SELECT position FROM log_head").fetchone() != (_PEOPLE,) or not watch.seen:
            assert perf_counter() < until, "everybody is registered"
            sleep(0.1)


def _first(seen: list[tuple[float, int]], position: int) -> float:
    return seen[bisect_left(seen, position, key=lambda each: each[1])][0]
