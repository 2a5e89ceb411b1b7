"""How long an event takes from its sender to the read model, at a steady hundred a second.

The clock of an event starts when it was due to be sent, so a hub that cannot keep up shows; it stops when the read
model has committed the event's position, as a poll every few milliseconds sees it.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter, sleep

import psycopg

from benchmarks.agency import registration, reports, system
from benchmarks.rows import Row, p95, row
from benchmarks.stage import Stage
from schemas.event_type import JsonObject
from tests.databases import FreshDatabase

_PER_SECOND = 100
_SECONDS = 10
_SENDERS = 4
_PEOPLE = 20
_POLL_SECONDS = 0.004


def measure_visible(stage: Stage) -> Iterator[Row]:
    """Single events of many persons, each a call of its own, on four open connections."""
    found: list[float] = []
    with stage.database() as database, stage.served(database) as port:
        with system(stage, database, port) as caller:
            for person in range(_PEOPLE):
                caller.send(registration(f"V{person}"))
        for run in range(stage.runs):
            stage.step(f"visible {run + 1}")
            found.append(p95(_delays(stage, database, port, run)) * 1000)
    what = f"one event from due to visible at {_PER_SECOND} a second, p95"
    yield row("visible", what, "the limit alone", "ms", found, limit=("below", 500))


@dataclass(slots=True)
class _Watch:
    """When the read model reached which position."""

    seen: list[tuple[float, int]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def look(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not self.done.wait(_POLL_SECONDS):
                found = connection.execute("SELECT position FROM projection_position WHERE live").fetchone()
                position = int(found[0]) if found else 0
                if not self.seen or position > self.seen[-1][1]:
                    self.seen.append((perf_counter(), position))

    def reached(self, position: int) -> float:
        """When a position was visible first; waits for it."""
        while not self.seen or self.seen[-1][1] < position:
            sleep(_POLL_SECONDS)
        return next(at for at, reached in self.seen if reached >= position)


def _delays(stage: Stage, database: FreshDatabase, port: int, run: int) -> list[float]:
    """The delay of every event of one run."""
    count = _PER_SECOND * _SECONDS
    first = run * count
    events = [event for at in range(count) for event in reports(f"V{at % _PEOPLE}", 1, first + at)]
    watch = _Watch()
    watcher = threading.Thread(target=watch.look, args=(database.url,))
    watcher.start()
    begins = perf_counter() + 0.1
    waiting = iter(enumerate(events))
    taking = threading.Lock()

    def take() -> tuple[int, JsonObject] | None:
        with taking:
            return next(waiting, None)

    def send_all() -> list[tuple[float, int]]:
        sent: list[tuple[float, int]] = []
        with system(stage, database, port) as caller:
            while (taken := take()) is not None:
                due = begins + taken[0] / _PER_SECOND
                sleep(max(0.0, due - perf_counter()))
                sent.append((due, int(caller.send(taken[1])["position"])))
        return sent

    with ThreadPoolExecutor(_SENDERS) as senders:
        futures = [senders.submit(send_all) for _ in range(_SENDERS)]
        sent = [each for future in futures for each in future.result()]
    delays = [watch.reached(position) - due for due, position in sent]
    watch.done.set()
    watcher.join()
    assert len({position for _, position in sent}) == count, "every event was accepted at a position of its own"
    return delays
