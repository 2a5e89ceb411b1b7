"""What a worker does with records of Kafka, whatever reads them: prepare, and commit with the position.

The runtime (faust_worker.py) calls a Sink, and a Reading says what of the records is next. PostgreSQL alone decides what
was done: the move of a position and what it counts for are one transaction (DESIGN 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.store.streams import Claim, Moves, Partition
from schemas.errors import StreamGap

INTAKE_GROUP = "samspar.intake"
PROJECTION_GROUP = "samspar.projections"


class Record(Protocol):
    """A record as it was read, of whatever client."""

    @property
    def offset(self) -> int: ...

    @property
    def value(self) -> bytes | None: ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


Work = Mapping[Partition, Sequence[Record]]
"""Records of some partitions, each in its order."""


class Sink(Protocol):
    """What is done with the records of a group's topics."""

    @property
    def group(self) -> str: ...

    @property
    def topics(self) -> Sequence[str]: ...

    @property
    def batch(self) -> int:
        """How many records go into one transaction at most, if more wait."""

    @property
    def contiguous(self) -> bool:
        """Whether a missing offset is a lost record; in a topic that others write to it may be a transaction's marker."""

    def prepare(self, work: Work) -> Any:  # whatever `write` of the same sink takes
        """What needs no lock and no position: it runs beside the commit before."""

    def write(self, prepared: Any, moves: Moves) -> None:  # what `prepare` made
        """Write and move in one transaction; again after an unknown outcome, it does nothing twice.

        Raises StoreUnavailable (try again), PositionTaken (another owns a partition), StreamGap.
        """


@dataclass(slots=True)
class Reading:
    """Which records of the claimed partitions come next. Nothing is passed over, nothing taken twice."""

    contiguous: bool
    _next: dict[Partition, Claim] = field(default_factory=dict)

    def begin(self, claims: Mapping[Partition, Claim]) -> None:
        """From here on these partitions are ours, and no others."""
        self._next = dict(claims)

    def position(self, partition: Partition) -> int | None:
        """The next offset to take; None where nothing is claimed."""
        claim = self._next.get(partition)
        return None if claim is None else claim.next_offset

    def take(self, chunks: Sequence[tuple[Partition, int, Sequence[Record]]]) -> tuple[Work, Moves]:
        """What of some chunks is new, and how positions move with it. A chunk: where, the offset at which it begins, records.

        Raises StreamGap when one begins behind what was taken, or an offset is missing that cannot be.
        """
        work: dict[Partition, list[Record]] = {}
        moves: dict[Partition, tuple[Claim, int]] = {}
        for partition, begins, records in chunks:
            claim = self._next[partition]
            new = [record for record in records if record.offset >= claim.next_offset]
            if not new:
                continue
            last = new[-1].offset
            missing = last - claim.next_offset + 1 - len(new) if self.contiguous else begins - claim.next_offset
            if missing > 0:
                message = (
                    f"expected offset {claim.next_offset} of {partition.topic}/{partition.part}, found {new[0].offset}"
                    f" to {last} with {missing} missing; nothing is passed over: see docs/operations.md, Kafka"
                )
                raise StreamGap(message)
            work.setdefault(partition, []).extend(new)
            first, _ = moves.get(partition, (claim, 0))
            moves[partition] = (first, last + 1)
            self._next[partition] = Claim(last + 1, claim.epoch)
        return work, moves


def check_range(partition: Partition, claim: Claim, first: int, end: int) -> None:
    """Raise StreamGap where the database does not stand among what the topic holds: a client would silently begin elsewhere."""
    if not first <= claim.next_offset <= end:
        message = (
            f"expected offset {claim.next_offset} of {partition.topic}/{partition.part}, found {first} to {end} in the topic;"
            " records were lost, or the database is older or newer than the topic: see docs/operations.md, Kafka"
        )
        raise StreamGap(message)


@dataclass(slots=True)
class Patience:
    """Whether a worker that has something to read gets on with it. Instants are seconds of one clock."""

    seconds: float
    _seen: dict[Partition, tuple[int, float]] = field(default_factory=dict)

    def stalled(self, ends: Mapping[Partition, int], reading: Reading, now: float) -> Partition | None:
        """A partition with something to read that has not moved for too long."""
        for partition, end in ends.items():
            at = reading.position(partition)
            at = -1 if at is None else at
            if at >= end or self._seen.get(partition, (None, 0.0))[0] != at:
                self._seen[partition] = (at, now)
            elif now - self._seen[partition][1] > self.seconds:
                return partition
        return None

    def forgive(self) -> None:
        """The broker did not answer: nothing can be held against the worker."""
        self._seen.clear()
