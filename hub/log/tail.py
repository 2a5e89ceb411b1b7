"""The end of the log as this process wrote it: its own runner need not read it back, nor open what was just sealed.

A shortcut and nothing more: whoever does not find the next position here reads the log. What is handed out is what a
reader of the log gets, because `data` is read from the same bytes.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from schemas.events import CanonicalEvent, RecordedEvent, recorded
from schemas.vocabulary import Position

KEPT = 6000
"""Events; a runner that is further behind reads the log."""

_BEGINNING = Position(0)

Written = tuple[CanonicalEvent, bytes, datetime]
"""An event, the canonical JSON of its data, and when it was recorded."""


@dataclass(slots=True)
class Tail:
    """The last events that this process appended, without a gap, at most `kept`; for several threads."""

    kept: int = KEPT
    _after: Position = _BEGINNING
    _written: list[Written] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, after: Position, written: Sequence[Written]) -> None:
        """Remember what was committed at the positions after `after`; where others appended between, begin anew."""
        with self._lock:
            if after != self._after + len(self._written):
                self._after, self._written = after, []
            self._written += written
            surplus = max(0, len(self._written) - self.kept)
            self._after = Position(self._after + surplus)
            del self._written[:surplus]

    def after(self, position: Position, limit: int) -> list[RecordedEvent]:
        """The events after a position, at most `limit`; none when it is not in the tail."""
        with self._lock:
            begins = position - self._after
            found = self._written[begins : begins + limit] if begins >= 0 else []
        return [
            recorded(event, Position(position + place), at, orjson.loads(content))
            for place, (event, content, at) in enumerate(found, 1)
        ]
