"""What a sender gets back for every delivery: one receipt with problems and notices (SURFACE 3)."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from schemas.event_type import JsonObject
from schemas.lean import lean
from schemas.vocabulary import ParticipantId, Position


class Status(StrEnum):
    """The verdicts of a delivery."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    HELD = "held"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong: a code of the closed list, where it is (JSON pointer into the event) and what to do.

    `found` names kind, length or count, never a value that could identify a person.
    """

    reason: str
    pointer: str | None = None
    expected: str = ""
    found: str = ""
    action: str = ""


@lean(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to one delivery. `source` and `id` are None when they could not be read."""

    receipt_id: UUID
    source: str | None
    id: str | None
    status: Status
    recorded_at: datetime
    participant_id: ParticipantId | None = None
    position: Position | None = None
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = field(default=())


def read_receipt(stated: JsonObject) -> Receipt:
    """A receipt from the JSON that its sender got. Raises KeyError, TypeError or ValueError where it is none."""
    participant_id, position = stated.get("participant_id"), stated.get("position")
    return Receipt(
        receipt_id=UUID(str(stated["receipt_id"])),
        source=stated["source"],
        id=stated["id"],
        status=Status(stated["status"]),
        recorded_at=datetime.fromisoformat(stated["recorded_at"]),
        participant_id=None if participant_id is None else ParticipantId(UUID(str(participant_id))),
        position=None if position is None else Position(position),
        problems=tuple(Problem(**each) for each in stated["problems"]),
        notices=tuple(Problem(**each) for each in stated["notices"]),
    )
