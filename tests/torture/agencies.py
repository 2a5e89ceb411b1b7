"""Agencies that publish without pause, and the journal of what they sent: synced to disk before anything is sent."""

import json
import os
import random
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kafka import KafkaProducer
from kafka.errors import KafkaError

from schemas.event_type import JsonObject
from schemas.topics import events_topic
from tests.integration.published_numbers import personal_numbers

SOURCES = {
    "af": "urn:samspar:source:af:ais",
    "jobbtorg": "urn:samspar:source:jobbtorg:verksamhetssystem",
    "sfi": "urn:samspar:source:sfi:elevregister",
}
_PEOPLE = 11_000  # what is left of the published numbers is for samples
_EVENTS_A_PERSON = 8
_TALKED_TO = 200
_TICK_SECONDS = 0.05
_REPLAYED_FROM = 2000
_PATIENCE_SECONDS = 180.0

Key = tuple[str, str]
"""Source and id of an event."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A record as it is sent, every time with the same bytes."""

    topic: str
    key: bytes
    value: bytes
    event: Key


@dataclass(slots=True)
class Trouble:
    """What the agencies do wrong: the share of records that they send twice, and the window in which they shuffle."""

    replay: float = 0.0
    shuffle: int = 1
    replayed: int = 0
    shuffled: int = 0


class Agencies:
    """Three agencies whose publishers check every answer, and send again what was not acknowledged."""

    def __init__(self, address: str, journal: Path, *, seed: int) -> None:
        self.trouble = Trouble()
        self.sent = 0
        self.acknowledged = 0
        self.sent_again = 0
        self._address = address
        self._random = random.Random(seed)  # noqa: S311  # which fault comes next is no secret
        self._journal = journal.open("a", encoding="ascii")
        self._numbers = {source: count(1) for source in SOURCES.values()}
        self._people: dict[str, int] = dict.fromkeys(SOURCES, 0)
        self._listed = personal_numbers(_PEOPLE)
        self._open: set[Sending] = set()
        self._again: deque[Sending] = deque()
        self._recent: deque[Sending] = deque(maxlen=_REPLAYED_FROM)
        self._producer = self._connected()
        self._streams = {agency: self._stream(agency) for agency in SOURCES}

    @contextmanager
    def publishing(self, rate: int) -> Iterator[None]:
        """So many events a second as long as the block lasts; then until all are acknowledged."""
        enough = threading.Event()
        sender = threading.Thread(target=self._publish, args=(rate, enough), name="agencies", daemon=True)
        sender.start()
        try:
            yield
        finally:
            enough.set()
            sender.join(_PATIENCE_SECONDS)
        assert not sender.is_alive(), "the agencies cannot send"
        self.flush()

    def publish(self, events: int) -> None:
        """So many events at once, all acknowledged."""
        for sent in range(0, events, 1000):
            self._send(self._next(min(1000, events - sent)))
        self.flush()

    def deliver(self, agency: str, bodies: Sequence[JsonObject]) -> None:
        """These events, all acknowledged; they are in the journal as all others."""
        self._send([_sending(agency, body) for body in bodies])
        self.flush()

    def flush(self) -> None:
        """Until everything is acknowledged."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self._open:
            assert time.monotonic() < deadline, f"{len(self._open)} records are not acknowledged"
            self._resend()
            self._producer.flush(5)
            time.sleep(0.01)

    @property
    def waiting(self) -> int:
        """How many records are not acknowledged."""
        return len(self._open)

    def close(self) -> None:
        """Stop for good."""
        self._producer.close(timeout=1)
        self._journal.close()

    def _publish(self, rate: int, enough: threading.Event) -> None:
        began, made = time.monotonic(), 0
        while not enough.wait(_TICK_SECONDS):
            due = int((time.monotonic() - began) * rate) - made
            made += due
            self._send(self._next(due))
            self._resend()

    def _next(self, events: int) -> list[Sending]:
        made = [next(self._streams[agency]) for agency in self._random.choices(list(SOURCES), k=events)]
        trouble = self.trouble
        if trouble.shuffle > 1:
            for begins in range(0, len(made), trouble.shuffle):
                window = made[begins : begins + trouble.shuffle]
                self._random.shuffle(window)
                trouble.shuffled += sum(one != other for one, other in zip(window, made[begins:], strict=False))
                made[begins : begins + trouble.shuffle] = window
        self._recent.extend(made)
        twice = [each for each in made if self._random.random() < trouble.replay]
        twice = self._random.sample(self._recent, len(twice))
        trouble.replayed += len(twice)
        return [*made, *twice]

    def note(self, events: Sequence[Key]) -> None:
        """Write down what is about to be sent, in this way or in another."""
        self._journal.writelines(f"{source} {event_id}\n" for source, event_id in events)
        self._journal.flush()
        os.fsync(self._journal.fileno())

    def _send(self, records: Sequence[Sending]) -> None:
        """Write down first: what is sent and never acknowledged may be in the topic."""
        self.note([each.event for each in records])
        self.sent += len(records)
        for each in records:
            self._open.add(each)
            self._hand_over(each)

    def _hand_over(self, record: Sending) -> None:
        try:
            answer = self._producer.send(record.topic, value=record.value, key=record.key)
        except KafkaError:
            self._again.append(record)
            return
        answer.add_callback(lambda _: self._done(record))
        answer.add_errback(lambda _: self._again.append(record))

    def _done(self, record: Sending) -> None:
        self._open.discard(record)
        self.acknowledged += 1

    def _resend(self) -> None:
        if not self._again:
            return
        self._producer.close(timeout=0)  # a producer that gave a batch up may never come back
        self._producer = self._connected()
        for _ in range(len(self._again)):
            self.sent_again += 1
            self._hand_over(self._again.popleft())

    def _connected(self) -> KafkaProducer:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                return KafkaProducer(
                    bootstrap_servers=self._address,
                    client_id="agencies",
                    enable_idempotence=True,
                    acks="all",
                    linger_ms=5,
                    compression_type="lz4",
                    request_timeout_ms=5_000,
                    delivery_timeout_ms=120_000,
                    max_block_ms=60_000,
                    reconnect_backoff_max_ms=1_000,
                    allow_auto_create_topics=False,
                )
            except KafkaError:
                assert time.monotonic() < deadline, "no broker"

    def _stream(self, agency: str) -> Iterator[Sending]:
        """An agency's events: new people, and talks with those of late."""
        source = SOURCES[agency]
        for place in count():
            person = self._people[agency]
            if place % _EVENTS_A_PERSON == 0 and person < _PEOPLE:
                self._people[agency] += 1
                stated = [{"type": "personal_number", "value": self._listed[person]}]
                yield self._event(
                    source, agency, "participant.registered", person, {"identifiers": stated, "protection": "none"}
                )
            elif place % _EVENTS_A_PERSON == 1:
                yield self._event(
                    source, agency, "enrolment.opened", person - 1, {"key": f"e{place}", "programme": "jobbtorg"}, 2
                )
            else:
                whom = self._random.randrange(max(0, person - _TALKED_TO), person)
                yield self._event(source, agency, "conversation.held", whom, {"kind": "trepartssamtal"})

    def _event(self, source: str, agency: str, name: str, person: int, data: JsonObject, version: int = 1) -> Sending:
        number = next(self._numbers[source])
        return _sending(
            agency,
            {
                "specversion": "1.0",
                "id": f"{number}",
                "source": source,
                "type": f"se.samspar.{name}",
                "schemaversion": version,
                "time": "2026-06-01T09:00:00+02:00",
                "subject": f"person-{person}",
                "sequence": str(number),
                "data": data,
            },
        )


def _sending(agency: str, body: JsonObject) -> Sending:
    return Sending(
        events_topic(agency), str(body["subject"]).encode(), json.dumps(body).encode(), (body["source"], body["id"])
    )


def journal_of(path: Path) -> set[Key]:
    """Every event that was ever about to be sent."""
    lines = path.read_text(encoding="ascii").splitlines()
    return {(source, event_id) for source, _, event_id in (line.partition(" ") for line in lines)}
