"""How long partitions stand still: their positions, looked at all the time, and the longest pause of the worst one."""

import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise

import psycopg

_LOOK_SECONDS = 0.05
_LIVE_SECONDS = 4.0
_BEFORE = -1.0  # an offset that is seen first is no move

Place = tuple[str, str, int]
"""Group, topic, partition."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A partition was seen at another offset."""

    at: float
    offset: int


class Watch:
    """Every move of every position, as the database says it, with the instant at which it was seen."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._moves: defaultdict[Place, list[Moved]] = defaultdict(list)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._enough.set()
        self._thread.join(10)

    def live(self, at: float) -> set[Place]:
        """The partitions that moved shortly before an instant."""
        return {
            place
            for place, moves in [*self._moves.items()]
            if any(at - _LIVE_SECONDS < each.at <= at for each in moves[-2000:])
        }

    def standing(self, places: set[Place], since: float) -> set[Place]:
        """Those that have not moved after an instant."""
        return {place for place in places if self._moves[place][-1].at <= since}

    def worst_pause(self, places: set[Place], begins: float, ends: float) -> float:
        """The longest time between two moves of one partition that has to do with this span."""
        worst = 0.0
        for place in places:
            for one, other in pairwise([*self._moves[place]]):
                if other.at >= begins and _BEFORE < one.at <= ends:
                    worst = max(worst, other.at - one.at)
        return worst

    def _look(self) -> None:
        while not self._enough.is_set():
            with suppress(psycopg.Error), psycopg.connect(self._url, autocommit=True, connect_timeout=2) as connection:
                while not self._enough.wait(_LOOK_SECONDS):
                    self._note(connection)

    def _note(self, connection: psycopg.Connection[tuple[str, str, int, int]]) -> None:
        found = connection.execute("SELECT stream_group, topic, part, next_offset FROM stream_position").fetchall()
        now = time.monotonic()
        for group, topic, part, offset in found:
            moves = self._moves[group, topic, part]
            if not moves:
                moves.append(Moved(_BEFORE, offset))
            elif moves[-1].offset != offset:
                moves.append(Moved(now, offset))
