"""What commands tell of deliveries that were held or rejected: the same words, whichever way they were sent."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from hub.cli.output import console, print_table
from schemas.event_type import JsonObject
from schemas.receipts import Problem, Receipt

_SHOWN = 20
_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery that was held or rejected, and where it stood. Without a receipt id it was refused before the hub saw it."""

    locator: str
    receipt_id: UUID | None
    id: str | None
    problems: Sequence[Problem]


def refused(receipts: Iterable[tuple[str, Receipt]]) -> list[Refused]:
    """What receipts say of deliveries that were held or rejected."""
    return [Refused(locator, receipt.receipt_id, receipt.id, receipt.problems) for locator, receipt in receipts]


def refused_json(listed: Sequence[Refused]) -> list[JsonObject]:
    """The first of them as JSON."""
    return [{**asdict(each), "problems": [asdict(found) for found in each.problems]} for each in listed[:_LISTED]]


def print_refused(listed: Sequence[Refused], more: str) -> None:
    """The first of them as a table with a line for each problem; `more` says where to find the others."""
    print_table(
        "Not accepted",
        ("where", "id", "reason", "pointer", "expected", "found", "what to do"),
        [
            (each.locator, each.id, found.reason, found.pointer, found.expected, found.found, found.action)
            for each in listed[:_SHOWN]
            for found in each.problems
        ],
        "Nothing was held or rejected.",
    )
    if len(listed) > _SHOWN:
        console.print(f"… and {len(listed) - _SHOWN} more. See them with: {more}")
