"""How far PostgreSQL says that the workers have come, asked again and again beside them."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic, perf_counter, sleep
from typing import Any

import psycopg

from tests.databases import FreshDatabase

READ = "SELECT coalesce(sum(next_offset), 0) FROM stream_position WHERE stream_group = %s"
SERVED = "SELECT projected_to(p) FROM projection_position p WHERE live"
_POLL_SECONDS = 0.005
_STUCK_SECONDS = 120.0
_RETRY_SECONDS = 0.02


@dataclass(slots=True)
class Watch:
    """What one number or one number per partition was, and when first; new ones only."""

    url: str
    question: str
    parameters: Sequence[object] = ()
    seen: dict[int, list[tuple[float, int]]] = field(default_factory=dict)
    _done: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        """Until it is told to end; a server that is away is asked again."""
        while not self._done.is_set():
            try:
                with psycopg.connect(self.url, autocommit=True, connect_timeout=2) as connection:
                    while not self._done.wait(_POLL_SECONDS):
                        self._note(connection.execute(self.question, self.parameters).fetchall())
            except psycopg.OperationalError:
                sleep(_RETRY_SECONDS)

    def end(self) -> None:
        """Stop looking."""
        self._done.set()

    def latest(self) -> int:
        """All partitions together."""
        return sum(values[-1][1] for values in self.seen.values())

    def reached(self, part: int, value: int) -> float | None:
        """When a partition first was there; None: not yet."""
        return next((at for at, seen in self.seen.get(part, []) if seen >= value), None)

    def wait_until(self, goal: int) -> None:
        """Return when all together have come to `goal`."""
        last, moved = -1, monotonic()
        while (now := self.latest() if self.seen else 0) < goal:
            if now != last:
                last, moved = now, monotonic()
            assert monotonic() - moved < _STUCK_SECONDS, f"expected {goal}, stuck at {now}; see worker.log"
            sleep(_POLL_SECONDS)

    def _note(self, found: Sequence[tuple[Any, ...]]) -> None:
        at = perf_counter()
        for row in found:
            part, value = (0, int(row[0])) if len(row) == 1 else (int(row[0]), int(row[1]))
            values = self.seen.setdefault(part, [])
            if not values or value > values[-1][1]:
                values.append((at, value))


@contextmanager
def watching(database: FreshDatabase, question: str, *parameters: object) -> Iterator[Watch]:
    """A thread that looks until the block ends."""
    watch = Watch(database.url, question, parameters)
    thread = threading.Thread(target=watch.look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        watch.end()
        thread.join()


def rate(values: Sequence[tuple[float, int]]) -> float:
    """Events a second from the first commit to the last."""
    commits = [each for each in values if each[1] > 0]
    (began, first), (ended, last) = commits[0], commits[-1]
    return (last - first) / (ended - began)
