"""Which member of a chain of identity statements counts, kept as members come and go (RULES-TIMELINE 2 and 3).

A correction takes the place of the root, whatever their clocks said; among corrections the last in the order counts.
The numbered ones of one source stand in the order of their numbers, those without a number in the order of their times:
in both only the last can be the last of all. One more correction therefore costs a search, not a sort.
"""

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.intake.outcomes import Statement
from schemas.order import OrderKey
from schemas.vocabulary import EventUid

Line = tuple[str, bool]
"""Corrections that are ordered among themselves for good: of one source, all with a number or all without."""

_Place = tuple[int, datetime, int, UUID]


@dataclass(frozen=True, slots=True)
class Sent:
    """What an event adds to the order: its source, its number there and its time."""

    source: str
    sequence: int | None
    time: datetime


@dataclass(slots=True)
class Pace:
    """The latest time up to each number of a source: kept only where it rises, so both columns do."""

    _sequences: list[int] = field(default_factory=list)
    _times: list[datetime] = field(default_factory=list)

    def put(self, sequence: int, time: datetime) -> None:
        """One more numbered event of the source."""
        at = bisect_left(self._sequences, sequence)
        if at and self._times[at - 1] >= time:
            return
        until = bisect_right(self._times, time, lo=at)
        self._sequences[at:until] = [sequence]
        self._times[at:until] = [time]

    def until(self, sequence: int) -> datetime | None:
        """The latest time among the events up to a number."""
        at = bisect_right(self._sequences, sequence)
        return self._times[at - 1] if at else None


Paces = dict[str, Pace]
"""The numbered events of one participant, by source: all of them, not only those about identity."""


@dataclass(slots=True)
class IdentityChain:
    """A root and its corrections, as far as they are known: always the root, and the last of every line."""

    root: EventUid
    members: dict[EventUid, Statement] = field(default_factory=dict)
    _lines: dict[Line, list[tuple[_Place, EventUid]]] = field(default_factory=dict)

    def put(self, statement: Statement) -> None:
        """Add a member, or replace it by what it is now: the same, or retracted."""
        before = self.members.get(statement.uid)
        self.members[statement.uid] = statement
        if statement.uid == self.root:
            return
        if before is not None and not before.retracted:
            line = self._lines[_line(before)]
            del line[bisect_left(line, (_place(before), before.uid))]
            if not line:
                del self._lines[_line(before)]
        if not statement.retracted:
            insort(self._lines.setdefault(_line(statement), []), (_place(statement), statement.uid))

    def mixes(self) -> bool:
        """Whether the order of other events decides which member counts."""
        return len(self._lines) > 1

    def current(self, paces: Paces) -> Statement | None:
        """The member that counts: the last correction that is not retracted or else the root; None when the root is."""
        root = self.members.get(self.root)
        if root is None or root.retracted:
            return None
        return _last([self.members[line[-1][1]] for line in self._lines.values()] or [root], paces, None)

    def current_with(self, changed: Statement, paces: Paces, sent: Sent) -> Statement | None:
        """What would count if this member were as given, by an event that is sent now."""
        root = changed if changed.uid == self.root else self.members[self.root]
        if root.retracted:
            return None
        last = [] if changed.retracted or changed is root else [changed]
        for line in self._lines.values():
            found = next((uid for _, uid in reversed(line[-2:]) if uid != changed.uid), None)
            if found is not None:
                last.append(self.members[found])
        return _last(last or [root], paces, sent)


def _last(candidates: list[Statement], paces: Paces, sent: Sent | None) -> Statement:
    """The last in the canonical order; the only one needs no order."""
    return candidates[0] if len(candidates) == 1 else max(candidates, key=lambda each: _order(each, paces, sent))


def _order(statement: Statement, paces: Paces, sent: Sent | None) -> OrderKey:
    """The place of a member among all that its participant's sources have sent, as `order_keys` has it."""
    source, sequence, effective = statement.sent_by, statement.sequence, statement.time
    if sequence is not None:
        pace = paces.get(source)
        effective = max(effective, (pace.until(sequence) if pace else None) or effective)
        if sent is not None and sent.sequence is not None and sent.source == source and sent.sequence <= sequence:
            effective = max(effective, sent.time)
    return (effective, source, sequence is None, sequence or 0, statement.rank, statement.uid)


def _line(statement: Statement) -> Line:
    return statement.sent_by, statement.sequence is not None


def _place(statement: Statement) -> _Place:
    return statement.sequence or 0, statement.time, statement.rank, statement.uid
