"""Log entries as records of `participant.events` and back: sealed as a whole, keyed by the participant, in order per partition.

Every record names its own position and the one before it in its partition. So whoever has read up to a position knows
what comes twice, and that nothing was left out, whatever happened to the relay and to the topic.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection

from hub.log.entries import READ
from hub.store.database import rows
from hub.store.keys import KeyRing
from schemas.errors import LogGap, StreamGap
from schemas.lean import lean
from schemas.vocabulary import Position

POSITION: Final = "position"
PREVIOUS: Final = "previous"
_FORMAT = b"\x02"
_LAYOUT_BYTES = 2
_NONCE_BYTES = 12
_HEAD_BYTES = len(_FORMAT) + _LAYOUT_BYTES
_CLEAR = READ.removesuffix(", content")
_ENTRIES = (
    f"SELECT position, owner_id, json_build_array({_CLEAR})::text, content FROM log_entry"
    " WHERE position > %s ORDER BY position LIMIT %s"
)
_INSTANTS = (1, 2, 13)
_OWNER = 20
_UUIDS = (3, 4, 5, 6, 7, _OWNER)
_REMEMBERED = 16_384


@dataclass(frozen=True, slots=True)
class Record:
    """An entry on its way to Kafka. `key` is the participant, or the source of what is about no person."""

    partition: int
    key: bytes
    value: bytes
    position: Position
    previous: Position

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """What a reader knows before it opens anything."""
        return [(POSITION, b"%d" % self.position), (PREVIOUS, b"%d" % self.previous)]


class Place(NamedTuple):
    """A partition of participant.events, and how many there are."""

    partition: int
    partitions: int


@lean(frozen=True, slots=True)
class Arrived:
    """An entry that came back from Kafka; `row` is as `entries.opened` takes it, its content still sealed."""

    partition: int
    position: Position
    previous: Position
    row: tuple[Any, ...]

    @property
    def owner(self) -> UUID:
        """The participant, or the source of what is about no person."""
        owner: UUID = self.row[_OWNER]
        return owner


def partition_of(owner: UUID, partitions: int) -> int:
    """The partition of a participant, or of a source. Their ids are random, so their first bytes spread them evenly."""
    return int.from_bytes(owner.bytes[:4]) % partitions


def last_positions(connection: Connection, upto: Position, partitions: int) -> dict[int, Position]:
    """The last entry of each partition up to a position, as the log has them."""
    found = rows(
        connection,
        "SELECT part, last.position FROM generate_series(0, %s - 1) AS part, LATERAL (SELECT position FROM log_entry"
        " WHERE position <= %s AND log_part(owner_id, %s) = part ORDER BY position DESC LIMIT 1) AS last",
        (partitions, upto, partitions),
    )
    return {part: Position(position) for part, position in found}


def read_records(
    connection: Connection, ring: KeyRing, after: Position, last: Mapping[int, Position], partitions: int, limit: int
) -> list[Record]:
    """The next entries as records, at most `limit`; `last` is the last position of each partition so far.

    Raises LogGap when a position is missing.
    """
    found = rows(connection, _ENTRIES, (after, limit))
    if found and found[-1][0] - after != len(found):
        message = f"expected {len(found)} entries after position {after} without a gap, found position {found[-1][0]}"
        raise LogGap(message)
    return list(_sealed(ring, found, dict(last), partitions))


def arrived(ring: KeyRing, place: Place, headers: Sequence[tuple[str, bytes]], value: bytes | None) -> Arrived | None:
    """The entry that a record holds; None when it is not one of ours, or was sent to another number of partitions.

    Raises StreamGap at a format of another release, or a seal that none of our keys opens: passed over, its entry would
    be missing when the right release or the right keys come.
    """
    sealed = value or b""
    try:
        named = dict(headers)
        position, previous = int(named[POSITION]), int(named[PREVIOUS])
    except (KeyError, ValueError):
        return None
    if sealed[: len(_FORMAT)] != _FORMAT:
        message = (
            f"expected format {_FORMAT.hex()} at position {position}, found {sealed[: len(_FORMAT)].hex() or 'nothing'};"
            " another release wrote it: start workers of that release"
        )
        raise StreamGap(message)
    if sealed[len(_FORMAT) : _HEAD_BYTES] != _layout(place.partitions):
        return None  # of a relay that did not know yet that the topic was made anew: it comes again as it should be
    nonce, cipher = sealed[_HEAD_BYTES : _HEAD_BYTES + _NONCE_BYTES], sealed[_HEAD_BYTES + _NONCE_BYTES :]
    try:
        content = ring.stream.decrypt(nonce, cipher, _context(position, previous, *place))
    except (InvalidTag, ValueError) as error:
        message = (
            f"expected a record that a key of this hub opens at position {position} of partition {place.partition}, found"
            " none that does; is this worker's key file that of the others?"
        )
        raise StreamGap(message) from error
    clear, _, inner = content.partition(b"\0")
    return Arrived(place.partition, Position(position), Position(previous), (*_row(clear), inner))


def _sealed(
    ring: KeyRing, found: Sequence[tuple[Any, ...]], last: dict[int, Position], partitions: int
) -> Iterator[Record]:
    head = _FORMAT + _layout(partitions)
    drawn = os.urandom(_NONCE_BYTES * len(found))
    for place, (position, owner, clear, content) in enumerate(found):
        part = partition_of(owner, partitions)
        previous = last.get(part, Position(0))
        last[part] = position
        nonce = drawn[place * _NONCE_BYTES : (place + 1) * _NONCE_BYTES]
        bound = _context(position, previous, part, partitions)
        sealed = ring.stream.encrypt(nonce, clear.encode() + b"\0" + content, bound)
        yield Record(part, str(owner).encode(), head + nonce + sealed, position, previous)


def _layout(partitions: int) -> bytes:
    return partitions.to_bytes(_LAYOUT_BYTES)


def _context(position: int, previous: int, partition: int, partitions: int) -> bytes:
    """What a record's seal is bound to: it fits nowhere else."""
    return b"%d after %d in %d of %d" % (position, previous, partition, partitions)


def _row(clear: bytes) -> tuple[Any, ...]:
    values = orjson.loads(clear)
    for place in _INSTANTS:
        values[place] = datetime.fromisoformat(values[place])
    for place in _UUIDS:
        if values[place] is not None:
            values[place] = _uuid(values[place])
    return tuple(values)


@lru_cache(maxsize=_REMEMBERED)
def _uuid(text: str) -> UUID:
    """Most of an entry's ids were there before: its person's, its binding's, and its own as its root and thing."""
    return UUID(int=int(text.replace("-", ""), 16))  # two thirds of the time of UUID(text)
