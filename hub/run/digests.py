"""Digests of a read model: what is compared to know that two of them say the same (DESIGN 10).

The digest covers every row as it is. The portable digest leaves out what the hub assigned or clocked, and names a
participant by the smallest `source#reference`, so that two installations with the same deliveries can be compared.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from hub.store.database import rows
from hub.store.keys import KeyBatch, KeyRing
from projections.timeline.stored import portable_events
from schemas.errors import KeyUnknown

_UNREADABLE = b"unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """A read model in short. `by_participant` tells where two differ."""

    rows: int
    digest: str
    portable_digest: str
    by_participant: dict[UUID, bytes]


def digest_rows(connection: Connection, ring: KeyRing, contents: Iterable[tuple[Any, ...]]) -> Digests:
    """Digests of rows (participant, row id, data class, sealed content, clear columns as text, last position)."""
    listed = list(contents)
    keys = ring.load(connection, {(row[0], row[2]) for row in listed})
    own: defaultdict[UUID, list[bytes]] = defaultdict(list)
    portable: defaultdict[UUID, list[bytes]] = defaultdict(list)
    lists = {source for (source,) in rows(connection, "SELECT DISTINCT source FROM export_row")}
    for row in listed:
        participant, row_id, _, _, clear, last = row
        opened = _opened(row, keys)
        own[participant].append(sha256(f"{row_id}|{clear}|{last}|".encode() + opened).digest())
        said = opened if opened == _UNREADABLE else orjson.dumps(portable_events(opened, lists))
        portable[participant].append(sha256(f"{clear}|".encode() + said).digest())
    names = _names(connection)
    by_participant = {participant: _together(found) for participant, found in own.items()}
    return Digests(
        rows=len(listed),
        digest=_together(participant.bytes + found for participant, found in by_participant.items()).hex(),
        portable_digest=_together(
            names.get(participant, "").encode() + _together(found) for participant, found in portable.items()
        ).hex(),
        by_participant=by_participant,
    )


def differing(one: Digests, other: Digests) -> list[UUID]:
    """The participants about whom two digests do not agree."""
    everybody = one.by_participant.keys() | other.by_participant.keys()
    return sorted(who for who in everybody if one.by_participant.get(who) != other.by_participant.get(who))


def _opened(row: tuple[Any, ...], keys: KeyBatch) -> bytes:
    participant, row_id, data_class, content = row[:4]
    try:
        return keys.open(participant, data_class, content, row_id.bytes) or b"[]"
    except KeyUnknown:
        return _UNREADABLE


def _names(connection: Connection) -> dict[UUID, str]:
    return dict(
        _pairs(
            rows(
                connection,
                "SELECT participant_id, min(source || '#' || reference COLLATE \"C\")"
                " FROM reference_binding GROUP BY participant_id",
            )
        )
    )


def _pairs(found: list[tuple[Any, ...]]) -> Iterator[tuple[UUID, str]]:
    return ((row[0], row[1]) for row in found)


def _together(parts: Iterable[bytes]) -> bytes:
    return sha256(b"".join(sorted(parts))).digest()
