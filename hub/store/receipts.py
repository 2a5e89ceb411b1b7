"""Receipts: one row per claimed (source, id), and one per refused content; the answer to every later question."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from hub.intake.outcomes import Accepted, Claim, Examined, Held, Rejected
from hub.store.database import copy_rows, execute, rows
from hub.store.problems import problem_list, read_problems, write_problems
from schemas.receipts import Receipt, Status
from schemas.vocabulary import ParticipantId, Position

_COLUMNS = (
    "receipt_id agency source event_id uid status claimed fingerprint name root root_name thing sequence counts"
    " claimed_time participant_id position problems notices received_at recorded_at held_at channel locator"
).split()
_TYPES = (
    "uuid text text text uuid text bool bytea text uuid text uuid int8 bool"
    " timestamptz uuid int8 jsonb jsonb timestamptz timestamptz timestamptz text text"
).split()
_ANSWER = "SELECT receipt_id, source, event_id, status, recorded_at, participant_id, position, problems, notices, cursor, locator FROM receipt"


def write_claims(connection: Connection, taken: Iterable[tuple[Accepted | Held, Position | None]]) -> None:
    """New receipts of accepted and held deliveries."""
    copy_rows(connection, "receipt", _COLUMNS, _TYPES, (_claim_row(outcome, position) for outcome, position in taken))


def settle(
    connection: Connection, settled: Sequence[tuple[Accepted | Held | Rejected, Position | None]], recorded_at: datetime
) -> None:
    """Held receipts that became accepted or rejected, or wait for something else now.

    The time of holding stays, and so does `arrival`, the place at which they came; their cursor is a new one.
    """
    if not settled:
        return
    claims = [None if isinstance(outcome, Rejected) else outcome.claim for outcome, _ in settled]
    problems = [outcome.problems if isinstance(outcome, Rejected) else outcome.claim.problems for outcome, _ in settled]
    execute(
        connection,
        "UPDATE receipt SET status = given.status, claimed = given.status <> 'rejected', problems = given.problems::jsonb,"
        " participant_id = given.participant_id, position = given.position, recorded_at = %s,"
        " arrival = coalesce(receipt.arrival, receipt.cursor), cursor = nextval('receipt_cursor_seq'), root = coalesce(given.root, receipt.root),"
        " root_name = coalesce(given.root_name, receipt.root_name), thing = coalesce(given.thing, receipt.thing)"
        " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::int8[], %s::uuid[], %s::text[], %s::uuid[])"
        " AS given (uid, status, problems, participant_id, position, root, root_name, thing)"
        " WHERE receipt.uid = given.uid AND receipt.status = 'held'",
        (
            recorded_at,
            [outcome.examined.uid for outcome, _ in settled],
            [claim.status.value if claim else Status.REJECTED.value for claim in claims],
            [write_problems(listed) for listed in problems],
            [claim.participant_id if claim else None for claim in claims],
            [position for _, position in settled],
            [claim.root if claim else None for claim in claims],
            [claim.root_name if claim else None for claim in claims],
            [claim.thing if claim else None for claim in claims],
        ),
    )


def write_rejections(
    connection: Connection, rejected: Sequence[Rejected], recorded_at: datetime
) -> dict[UUID, tuple[datetime, bool]]:
    """Receipts of refusals. The same content again counts an attempt: id -> (first recorded, whether it is new)."""
    unique = {outcome.receipt_id: outcome for outcome in rejected}
    if not unique:
        return {}
    execute(connection, "CREATE TEMP TABLE IF NOT EXISTS new_receipt (LIKE receipt) ON COMMIT DELETE ROWS")
    copy_rows(
        connection,
        "new_receipt",
        (*_COLUMNS, "cursor", "attempts"),
        (*_TYPES, "int8", "int4"),
        ((*_rejected_row(key, outcome, recorded_at), 0, 1) for key, outcome in unique.items()),
    )
    listed = ", ".join(_COLUMNS)
    found = rows(
        connection,
        f"INSERT INTO receipt ({listed}) SELECT {listed} FROM new_receipt"
        " ON CONFLICT (receipt_id) DO UPDATE SET attempts = receipt.attempts + 1, problems = excluded.problems"
        " RETURNING receipt_id, recorded_at, attempts = 1",
    )
    return {receipt_id: (first, new) for receipt_id, first, new in found}


def receipt_of(claim: Claim, *, status: Status | None = None, position: Position | None = None) -> Receipt:
    """The receipt of a claim, with another status when it is told again."""
    return Receipt(
        receipt_id=claim.receipt_id,
        source=claim.source,
        id=claim.id,
        status=status or claim.status,
        recorded_at=claim.recorded_at,
        participant_id=claim.participant_id,
        position=position if position is not None else claim.position,
        problems=claim.problems,
        notices=claim.notices,
    )


def receipt_by_id(connection: Connection, agency: str, receipt_id: UUID) -> Receipt | None:
    """One receipt of an agency; another agency's is not there."""
    found = rows(connection, f"{_ANSWER} WHERE receipt_id = %s AND agency = %s", (receipt_id, agency))
    return _receipt(found[0]) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which receipts an agency asks for. None: any; `since`: the cursor after which they begin."""

    source: str | None = None
    event_id: str | None = None
    status: Status | None = None
    since: int = 0
    offset: int = 0
    limit: int = 20


def receipts_of(connection: Connection, agency: str, wanted: Wanted) -> list[tuple[int, Receipt]]:
    """An agency's receipts in the order in which they were written, each with its cursor."""
    source, event_id, status = wanted.source, wanted.event_id, wanted.status
    found = rows(
        connection,
        f"{_ANSWER} WHERE agency = %s AND cursor > %s AND (%s::text IS NULL OR source = %s)"
        " AND (%s::text IS NULL OR event_id = %s) AND (%s::text IS NULL OR status = %s) ORDER BY cursor OFFSET %s LIMIT %s",
        (agency, wanted.since, source, source, event_id, event_id, status, status, wanted.offset, wanted.limit),
    )
    return [(row[9], _receipt(row)) for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Streamed:
    """A receipt of a delivery over Kafka. `locator`: topic/partition/offset of the delivery."""

    agency: str
    cursor: int
    locator: str
    receipt: Receipt


def streamed_receipts(connection: Connection, agencies: Collection[str], limit: int) -> list[Streamed]:
    """Receipts of these agencies' deliveries over Kafka that were not sent yet, in the order of each agency's cursors.

    Those of cases that an operator sent again are among them.
    """
    found = rows(
        connection,
        f"SELECT answer.*, agency.code FROM agency LEFT JOIN receipt_relay sent ON sent.agency = agency.code,"
        f" LATERAL ({_ANSWER} WHERE receipt.agency = agency.code AND channel IN ('kafka', 'redrive') AND cursor > coalesce(sent.cursor, 0)"
        " ORDER BY cursor LIMIT %s) AS answer WHERE agency.code = ANY(%s) LIMIT %s",
        (limit, list(agencies), limit),
    )
    return [Streamed(agency=row[11], cursor=row[9], locator=row[10], receipt=_receipt(row)) for row in found]


def note_streamed(connection: Connection, cursors: Mapping[str, int]) -> None:
    """Remember up to which cursor each agency has been sent its receipts."""
    execute(
        connection,
        "INSERT INTO receipt_relay (agency, cursor) SELECT * FROM unnest(%s::text[], %s::int8[])"
        " ON CONFLICT (agency) DO UPDATE SET cursor = excluded.cursor",
        (list(cursors), list(cursors.values())),
    )


def _claim_row(outcome: Accepted | Held, position: Position | None) -> tuple[Any, ...]:
    claim, examined = outcome.claim, outcome.examined
    held = isinstance(outcome, Held)
    return (
        claim.receipt_id,
        claim.agency,
        claim.source,
        claim.id,
        claim.uid,
        claim.status.value,
        True,
        claim.fingerprint,
        claim.name,
        claim.root,
        claim.root_name,
        claim.thing,
        claim.sequence,
        examined.counts,
        examined.claimed_time,
        claim.participant_id,
        position,
        problem_list(claim.problems),
        problem_list(claim.notices),
        examined.received_at,
        claim.recorded_at,
        claim.recorded_at if held else None,
        examined.channel,
        examined.locator,
    )


def _rejected_row(receipt_id: UUID, outcome: Rejected, recorded_at: datetime) -> tuple[Any, ...]:
    examined: Examined = outcome.examined
    return (
        receipt_id,
        examined.agency,
        examined.source,
        examined.id,
        examined.uid,
        Status.REJECTED.value,
        False,
        examined.fingerprint,
        examined.name,
        None,
        None,
        None,
        examined.sequence,
        examined.counts,
        examined.claimed_time,
        None,
        None,
        problem_list(outcome.problems),
        problem_list(examined.notices),
        examined.received_at,
        recorded_at,
        None,
        examined.channel,
        examined.locator,
    )


def _receipt(row: tuple[Any, ...]) -> Receipt:
    return Receipt(
        receipt_id=row[0],
        source=row[1],
        id=row[2],
        status=Status(row[3]),
        recorded_at=row[4],
        participant_id=None if row[5] is None else ParticipantId(row[5]),
        position=None if row[6] is None else Position(row[6]),
        problems=read_problems(row[7]),
        notices=read_problems(row[8]),
    )
