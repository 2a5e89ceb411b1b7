"""The read log: a row for every read and every refused attempt, committed before an answer leaves (DESIGN 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from hub.store.database import execute, rows
from schemas.vocabulary import ParticipantId, Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Who read what, for which purpose, at which log position. `fields` are domains, or what was searched by."""

    read_at: datetime
    channel: str
    agency: str
    unit: str | None
    reader: str
    purpose: str | None
    action: str
    outcome: str
    participant_id: UUID | None
    fields: Sequence[str]
    entries: int
    position: Position


def record_read(connection: Connection, read: Read) -> None:
    """Add a row; the app role can neither change nor delete it."""
    execute(
        connection,
        "INSERT INTO read_row (read_at, channel, agency, unit, reader, purpose, action, outcome, participant_id, fields,"
        " entries, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            read.read_at,
            read.channel,
            read.agency,
            read.unit,
            read.reader,
            read.purpose,
            read.action,
            read.outcome,
            read.participant_id,
            list(read.fields),
            read.entries,
            read.position,
        ),
    )


def reads_of(connection: Connection, participant_id: ParticipantId) -> list[Read]:
    """Everything ever read about a participant, newest first."""
    return [
        Read(
            read_at=row[0],
            channel=row[1],
            agency=row[2],
            unit=row[3],
            reader=row[4],
            purpose=row[5],
            action=row[6],
            outcome=row[7],
            participant_id=row[8],
            fields=row[9],
            entries=row[10],
            position=Position(row[11]),
        )
        for row in rows(
            connection,
            "SELECT read_at, channel, agency, unit, reader, purpose, action, outcome, participant_id, fields, entries,"
            " position FROM read_row WHERE participant_id = %s ORDER BY read_id DESC",
            (participant_id,),
        )
    ]
