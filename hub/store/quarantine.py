"""The quarantine: every refused delivery whole and sealed, until it is repaired, sent through again or discarded."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection

from hub.intake.outcomes import Rejected
from hub.intake.reading import Content, Parsed, read_record
from hub.store.database import copy_rows, execute, rows
from hub.store.keys import KEY_VERSION, KeyBatch, KeyRing, Owned
from hub.store.problems import read_problems
from hub.store.waiting import SEALED_AS
from schemas.receipts import Problem
from schemas.vocabulary import EventUid

LIST = "list"
"""The channel of what comes from an exported list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One refused delivery as operators and its own sender see it: no content."""

    quarantine_id: UUID
    agency: str
    source: str | None
    id: str | None
    state: str
    reason: str
    problems: tuple[Problem, ...]
    received_at: datetime
    attempts: int
    channel: str
    locator: str
    actor: str | None = None
    remark: str | None = None

    @property
    def is_row(self) -> bool:
        """It is cells of an exported list, not an event: only the next list can say it otherwise."""
        return self.channel == LIST and self.id is None


def keys_of(rejected: Iterable[Rejected]) -> set[Owned]:
    """The keys that sealing these needs: one for each refused delivery."""
    return {(outcome.receipt_id, SEALED_AS) for outcome in rejected}


def quarantine(
    connection: Connection,
    rejected: Iterable[Rejected],
    repaired: Collection[UUID],
    keys: KeyBatch,
    recorded_at: datetime,
) -> None:
    """Keep what was refused for the first time; the same content again is there already.

    `repaired` are the receipts of those whose id was taken at once.
    """
    unique = {outcome.receipt_id: outcome for outcome in rejected}
    if unique:
        copy_rows(
            connection,
            "quarantine",
            (
                "quarantine_id",
                "uid",
                "agency",
                "source",
                "reason",
                "state",
                "received_at",
                "settled_at",
                "structured",
                "content",
                "key_version",
            ),
            "uuid uuid text text text text timestamptz timestamptz bool bytea int2".split(),
            (
                (
                    key,
                    outcome.examined.uid,
                    outcome.examined.agency,
                    outcome.examined.source,
                    outcome.problems[0].reason,
                    "repaired" if key in repaired else "open",
                    outcome.examined.received_at,
                    recorded_at if key in repaired else None,
                    outcome.examined.raw is None,
                    keys.seal(key, SEALED_AS, _content(outcome), key.bytes),
                    KEY_VERSION,
                )
                for key, outcome in unique.items()
            ),
        )


def mark_repaired(connection: Connection, claimed: Sequence[EventUid], recorded_at: datetime) -> None:
    """What was refused under an id that is taken now is repaired; other content under a taken id stays."""
    if claimed:
        execute(
            connection,
            "UPDATE quarantine SET state = 'repaired', settled_at = %s"
            " WHERE state = 'open' AND uid = ANY(%s) AND reason <> 'conflicting_duplicate'",
            (recorded_at, list(claimed)),
        )


def settle_list(connection: Connection, said: Collection[EventUid], refused: Collection[UUID], now: datetime) -> None:
    """A later list speaks again of what was refused before: only what it refuses itself is open from now on."""
    execute(
        connection,
        "UPDATE quarantine SET state = 'repaired', settled_at = %s"
        " WHERE state = 'open' AND uid = ANY(%s) AND quarantine_id <> ALL(%s)",
        (now, list(said), list(refused)),
    )
    execute(
        connection,
        "UPDATE quarantine SET state = 'open', settled_at = NULL WHERE state = 'repaired' AND quarantine_id = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM receipt WHERE receipt.uid = quarantine.uid AND claimed)",
        (list(refused),),
    )


def listed(
    connection: Connection, *, agency: str | None = None, state: str = "open", limit: int = 100
) -> list[Quarantined]:
    """The quarantine, oldest first; of one agency or of all."""
    found = rows(
        connection,
        "SELECT quarantine_id, q.agency, q.source, event_id, state, reason, problems, q.received_at, attempts, channel,"
        " locator, actor, remark FROM quarantine q JOIN receipt ON receipt_id = quarantine_id"
        " WHERE state = %s AND (%s::text IS NULL OR q.agency = %s) ORDER BY q.received_at, quarantine_id LIMIT %s",
        (state, agency, agency, limit),
    )
    return [_quarantined(row) for row in found]


def count_listed(connection: Connection, *, agency: str | None = None, state: str = "open") -> int:
    """How many there are to list, held ones too; of one agency or of all."""
    chosen = "FROM held_event" if state == "held" else "FROM quarantine WHERE state = %s"
    joined = "WHERE" if state == "held" else "AND"
    statement = f"SELECT count(*) {chosen} {joined} (%s::text IS NULL OR agency = %s)"
    given = (agency, agency) if state == "held" else (state, agency, agency)
    return int(rows(connection, statement, given)[0][0])


def find(connection: Connection, quarantine_id: UUID) -> Quarantined | None:
    """One refused delivery."""
    found = rows(
        connection,
        "SELECT quarantine_id, q.agency, q.source, event_id, state, reason, problems, q.received_at, attempts, channel,"
        " locator, actor, remark FROM quarantine q JOIN receipt ON receipt_id = quarantine_id WHERE quarantine_id = %s",
        (quarantine_id,),
    )
    return _quarantined(found[0]) if found else None


def held(connection: Connection, *, agency: str | None = None, limit: int = 100) -> list[Quarantined]:
    """What waits for a person or a target, longest first, by the id of its receipt."""
    found = rows(
        connection,
        "SELECT receipt_id, h.agency, h.source, event_id, status, problems->0->>'reason', problems, h.received_at,"
        " attempts, h.channel, h.locator, NULL, NULL FROM held_event h JOIN receipt ON receipt.uid = h.uid AND claimed"
        " WHERE %s::text IS NULL OR h.agency = %s ORDER BY h.received_at LIMIT %s",
        (agency, agency, limit),
    )
    return [_quarantined(row) for row in found]


def content_of(connection: Connection, ring: KeyRing, quarantine_id: UUID) -> Content | None:
    """What was delivered, to be judged again; None when its key was destroyed or there is no such id."""
    found = rows(connection, "SELECT structured, content FROM quarantine WHERE quarantine_id = %s", (quarantine_id,))
    keys = ring.load(connection, [(quarantine_id, SEALED_AS)])
    opened = keys.open(quarantine_id, SEALED_AS, found[0][1], quarantine_id.bytes) if found else None
    if opened is None:
        return None
    return Parsed(orjson.loads(opened)) if found[0][0] else read_record(opened)


def close(connection: Connection, quarantine_id: UUID, state: str, actor: str, remark: str, now: datetime) -> bool:
    """End an open case by redrive or discard, with who did it and why. Whether it was open."""
    changed = execute(
        connection,
        "UPDATE quarantine SET state = %s, actor = %s, remark = %s, settled_at = %s"
        " WHERE quarantine_id = %s AND state IN ('open', 'repaired')",
        (state, actor, remark, now, quarantine_id),
    )
    return changed == 1


def _content(outcome: Rejected) -> bytes:
    return outcome.examined.raw if outcome.examined.raw is not None else orjson.dumps(outcome.examined.body)


def _quarantined(row: tuple[Any, ...]) -> Quarantined:
    (
        quarantine_id,
        agency,
        source,
        event_id,
        state,
        reason,
        problems,
        received_at,
        attempts,
        channel,
        locator,
        actor,
        remark,
    ) = row
    return Quarantined(
        quarantine_id=quarantine_id,
        agency=agency,
        source=source,
        id=event_id,
        state=state,
        reason=reason,
        problems=read_problems(problems),
        received_at=received_at,
        attempts=attempts,
        channel=channel,
        locator=locator,
        actor=actor,
        remark=remark,
    )
