"""How complete a source is: what the caseworker is told above every list (RULES-TIMELINE 9, `[D]` DESIGN 4).

The state stays small whatever a source has sent: a contiguous prefix, ranges beyond the first gap, and the highest
numbers of the last minutes, because a number is missing only when a higher one has been here for the grace period.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain, islice

from schemas.event_type import JsonObject

_LISTED = 1000
_BUCKET = timedelta(seconds=5)


class SourceStatus(StrEnum):
    """What a source's line says."""

    NEVER_SENT = "never_sent"
    SILENT = "silent"
    GAP = "gap"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAnswer:
    """Completeness at one instant. `held` and `rejected` are numbers of ids whose verdict is that.

    `missing_sequences` holds the first thousand: one number far too high would name more than any memory holds.
    """

    state: SourceStatus
    complete_to: datetime | None
    missing_sequences: tuple[int, ...]
    held: int
    rejected: int
    last_received_at: datetime | None


@dataclass(slots=True)
class _Range:
    """Numbers received without a gap, beyond the prefix."""

    first: int
    last: int
    claim: datetime | None


@dataclass(slots=True)
class SourceProgress:
    """What has come from a source. `reached` is the last number of the unbroken row from `first`; 0 numbers: first - 1."""

    first: int
    reached: int
    numbered: bool = False
    claim: datetime | None = None
    heartbeat: datetime | None = None
    last_received_at: datetime | None = None
    ranges: list[_Range] = field(default_factory=list)
    highest: list[tuple[datetime, int]] = field(default_factory=list)

    @classmethod
    def empty(cls, first: int) -> "SourceProgress":
        """A source that has sent nothing; `first` is its first sequence number."""
        return cls(first=first, reached=first - 1)

    def heard(self, received_at: datetime) -> None:
        """Anything came, also what counts for nothing else."""
        self.last_received_at = max(received_at, self.last_received_at or received_at)

    def receive(self, sequence: int | None, claim: datetime | None, received_at: datetime, *, heartbeat: bool) -> None:
        """A delivery that ended accepted, held or rejected.

        `claim` is how far it says the source is complete; None: its time could not be read.
        """
        self.heard(received_at)
        if heartbeat and sequence is None:
            self.heartbeat = claim
        if sequence is None:
            return
        self.numbered = True
        if not self.highest or sequence > self.highest[-1][1]:
            self._rise(sequence, received_at)
        if sequence == self.reached + 1 and not self.ranges:  # nearly always
            self.reached = sequence
            self.claim = _later(self.claim, claim)
        elif sequence > self.reached:
            self._insert(sequence, claim)
        elif sequence >= self.first:
            self.claim = _later(self.claim, claim)

    def answer(
        self, known_at: datetime, *, grace: timedelta, silent_after: timedelta, held: int, rejected: int
    ) -> SourceAnswer:
        """Completeness at `known_at`, which is not before anything that was received."""
        missing = self._missing(known_at - grace)
        if self.last_received_at is None:
            status = SourceStatus.NEVER_SENT
        elif known_at - self.last_received_at > silent_after:
            status = SourceStatus.SILENT
        else:
            status = SourceStatus.GAP if missing else SourceStatus.COMPLETE
        return SourceAnswer(
            state=status,
            complete_to=self.claim if self.numbered else self.heartbeat,
            missing_sequences=missing,
            held=held,
            rejected=rejected,
            last_received_at=self.last_received_at,
        )

    def forget_before(self, instant: datetime) -> None:
        """Of the highest numbers before an instant only the last matters."""
        older = [pair for pair in self.highest if pair[0] <= instant]
        self.highest = older[-1:] + [pair for pair in self.highest if pair[0] > instant]

    def to_json(self) -> JsonObject:
        """As stored."""
        return {
            "first": self.first,
            "reached": self.reached,
            "numbered": self.numbered,
            "claim": _text(self.claim),
            "heartbeat": _text(self.heartbeat),
            "last_received_at": _text(self.last_received_at),
            "ranges": [[each.first, each.last, _text(each.claim)] for each in self.ranges],
            "highest": [[_text(received_at), sequence] for received_at, sequence in self.highest],
        }

    @classmethod
    def from_json(cls, stored: JsonObject) -> "SourceProgress":
        """As `to_json` wrote it."""
        return cls(
            first=stored["first"],
            reached=stored["reached"],
            numbered=stored["numbered"],
            claim=_instant(stored["claim"]),
            heartbeat=_instant(stored["heartbeat"]),
            last_received_at=_instant(stored["last_received_at"]),
            ranges=[_Range(first, last, _instant(claim)) for first, last, claim in stored["ranges"]],
            highest=[(datetime.fromisoformat(received_at), sequence) for received_at, sequence in stored["highest"]],
        )

    def _rise(self, sequence: int, received_at: datetime) -> None:
        """A higher number than all before: the last of its bucket, or the first of the next."""
        ends = self.highest[-1][0] if self.highest else None
        if ends is None or not ends - _BUCKET < received_at <= ends:
            ends = _rounded_up(received_at)
        if self.highest and self.highest[-1][0] == ends:
            self.highest.pop()
        self.highest.append((ends, sequence))

    def _insert(self, sequence: int, claim: datetime | None) -> None:
        """Put a number beyond the prefix in, join ranges that touch, and let the prefix swallow the first."""
        at = len(self.ranges)
        while at > 0 and self.ranges[at - 1].first > sequence:
            at -= 1
        before = self.ranges[at - 1] if at > 0 else None
        if before is not None and sequence <= before.last + 1:
            before.last = max(before.last, sequence)
            before.claim = _later(before.claim, claim)
        else:
            self.ranges.insert(at, _Range(sequence, sequence, claim))
            at += 1
        if at < len(self.ranges) and self.ranges[at].first == self.ranges[at - 1].last + 1:
            joined = self.ranges.pop(at)
            self.ranges[at - 1].last = joined.last
            self.ranges[at - 1].claim = _later(self.ranges[at - 1].claim, joined.claim)
        if self.ranges[0].first == self.reached + 1:
            swallowed = self.ranges.pop(0)
            self.reached = swallowed.last
            self.claim = _later(self.claim, swallowed.claim)

    def _missing(self, settled_at: datetime) -> tuple[int, ...]:
        highest = max((sequence for received_at, sequence in self.highest if received_at <= settled_at), default=0)
        begins = [self.reached + 1, *(each.last + 1 for each in self.ranges)]
        gaps = (range(first, min(each.first, highest)) for first, each in zip(begins, self.ranges, strict=False))
        return tuple(islice(chain.from_iterable(gaps), _LISTED))


def _rounded_up(instant: datetime) -> datetime:
    """The end of the instant's five seconds: keeps the list short; a number is told missing at most that much later."""
    over = timedelta(seconds=instant.second % _BUCKET.seconds, microseconds=instant.microsecond)
    return instant + (_BUCKET - over) if over else instant


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
