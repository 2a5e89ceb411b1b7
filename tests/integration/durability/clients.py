"""Forty clients of two agencies whose batches overlap, and a ledger of every answer that they got.

Batch n tells of person n and again of person n - 1, some of it twice, so the same event is on its way from several
clients at once, and events come before the registration of their person. Whoever gets no answer sends again.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice

import httpx
import orjson

from schemas.event_type import JsonObject
from tests.integration.published_numbers import personal_numbers

CLIENTS = 40
SOURCES = {"af": "urn:samspar:source:af:ais", "jobbtorg": "urn:samspar:source:jobbtorg:verksamhetssystem"}
_PEOPLE = 5000
_CONVERSATIONS = 5
_PATIENCE_SECONDS = 120.0
_RETRIED = (429, 503)

Key = tuple[str, str]
"""Source and id of an event."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receipt said about an event."""

    receipt_id: str
    status: str
    position: int | None


@dataclass(slots=True)
class Ledger:
    """Everything that was sent at least once, and every answer to it."""

    sent: Counter[Key] = field(default_factory=Counter)
    answers: defaultdict[Key, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    unanswered_calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, batch: list[JsonObject]) -> None:
        """Note before sending: an answer may never come."""
        with self._lock:
            self.sent.update((event["source"], event["id"]) for event in batch)

    def note(self, receipts: list[JsonObject]) -> None:
        """Note the answers of one call."""
        with self._lock:
            for receipt in receipts:
                answer = Answer(receipt["receipt_id"], receipt["status"], receipt.get("position"))
                self.answers[receipt["source"], receipt["id"]].append(answer)

    def missed(self) -> None:
        """Note a call without an answer."""
        with self._lock:
            self.unanswered_calls += 1

    def answered(self) -> int:
        """How many events have an answer."""
        with self._lock:
            return len(self.answers)


class Load:
    """The clients at work until they are told that it is enough."""

    def __init__(self, port: int, tokens: dict[str, str], *, batches_each: int, pause_seconds: float) -> None:
        self.ledger = Ledger()
        self._port = port
        self._tokens = tokens
        self._least = batches_each
        self._pause = pause_seconds
        self._enough = threading.Event()
        self._given_up = threading.Event()
        self._numbers = {agency: count() for agency in SOURCES}
        self._people = personal_numbers(_PEOPLE)
        self._clients: list[Future[None]] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """The clients work while the block lasts; a block that fails is not waited for."""
        agencies = [list(SOURCES)[place % len(SOURCES)] for place in range(CLIENTS)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            self._clients = [pool.submit(self._client, agency) for agency in agencies]
            try:
                yield
                self.finish()
            finally:
                self._given_up.set()

    def finish(self) -> None:
        """Let each client send its least, and wait until all have all their answers."""
        self._enough.set()
        for client in self._clients:
            client.result()

    def wait_for_more(self, events: int) -> None:
        """Until so many more events have got an answer than now."""
        goal = self.ledger.answered() + events
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.ledger.answered() < goal:
            assert time.monotonic() < deadline, "the clients get no answers any more"
            time.sleep(0.02)

    def _client(self, agency: str) -> None:
        headers = {
            "Authorization": f"Bearer {self._tokens[agency]}",
            "Content-Type": "application/cloudevents-batch+json",
        }
        with httpx.Client(base_url=f"http://127.0.0.1:{self._port}", headers=headers, timeout=60) as client:
            sent = 0
            while (sent < self._least or not self._enough.is_set()) and not self._given_up.is_set():
                self._send(client, self._batch(agency, next(self._numbers[agency])))
                sent += 1
                time.sleep(self._pause)

    def _send(self, client: httpx.Client, batch: list[JsonObject]) -> None:
        """Send the same bytes until they are answered."""
        body = orjson.dumps(batch)
        self.ledger.send(batch)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline and not self._given_up.is_set():
            try:
                answer = client.post("/samspar/v1/events", content=body)
            except httpx.TransportError:
                self.ledger.missed()
                time.sleep(0.5)  # a hub that is down starts faster when it is left alone
                continue
            if answer.status_code in _RETRIED:
                time.sleep(0.1)
                continue
            assert answer.status_code == 200, answer.text
            self.ledger.note(answer.json()["receipts"])
            return
        message = "a batch was never answered"
        raise AssertionError(message)

    def _batch(self, agency: str, number: int) -> list[JsonObject]:
        before = self._about(agency, max(0, number - 1))
        again = self._about(agency, number)
        return [*before[2:], *again, *before[:2], *islice(again, 3)]

    def _about(self, agency: str, number: int) -> list[JsonObject]:
        """A person's events as this agency tells them; the other agency registers the same person."""

        def event(name: str, data: JsonObject, *, version: int = 1, word: str = "") -> JsonObject:
            return {
                "specversion": "1.0",
                "id": f"{number}-{name}{word}",
                "source": SOURCES[agency],
                "type": f"se.samspar.{name}",
                "schemaversion": version,
                "time": "2026-06-01T09:00:00+02:00",
                "subject": f"person-{number}",
                "data": data,
            }

        stated = [{"type": "personal_number", "value": self._people[number]}]
        return [
            event("participant.registered", {"identifiers": stated, "protection": "none"}),
            event("enrolment.opened", {"key": "e", "programme": "jobbtorg"}, version=2),
            *(event("conversation.held", {"kind": "trepartssamtal"}, word=str(at)) for at in range(_CONVERSATIONS)),
        ]
