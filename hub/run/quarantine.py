"""Sends refused deliveries through the front door again, after the reason was mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from hub.intake.reading import Delivery
from hub.run.hub import Hub
from hub.run.ingest import CHUNK
from hub.run.steps import receive
from hub.store.quarantine import Quarantined, close, content_of, find, listed
from schemas.receipts import Receipt, Status

_ALL = 10_000


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of the cases: the new receipts in the order in which the deliveries came, and the rows left alone."""

    receipts: list[tuple[UUID, Receipt]]
    rows: list[UUID]


def redrive(hub: Hub, quarantine_ids: Sequence[UUID] | None, actor: str, agency: str | None = None) -> Redriven:
    """Send open cases again: all, those named, or those of an agency. One whose delivery is refused again stays open.

    Rows of exported lists are no events: they are left as they are, because only the next list can say them again.
    """
    with hub.database.transaction() as connection:
        cases = _open_cases(connection, quarantine_ids, agency)
        deliveries = [
            (
                case.quarantine_id,
                Delivery(
                    agency=case.agency,
                    channel="redrive",
                    locator=f"{case.quarantine_id}",
                    received_at=hub.now(),
                    content=content,
                ),
            )
            for case in cases
            if not case.is_row and (content := content_of(connection, hub.ring, case.quarantine_id)) is not None
        ]
    results: list[tuple[UUID, Receipt]] = []
    for begins in range(0, len(deliveries), CHUNK):
        chunk = deliveries[begins : begins + CHUNK]
        receipts = receive(hub, [delivery for _, delivery in chunk])
        results += [(key, receipt) for (key, _), receipt in zip(chunk, receipts, strict=True)]
    with hub.database.transaction() as connection:
        for key, receipt in results:
            if receipt.status is not Status.REJECTED:
                close(connection, key, "redriven", actor, f"answered {receipt.status.value}", hub.now())
    return Redriven(results, [case.quarantine_id for case in cases if case.is_row])


def _open_cases(connection: Connection, quarantine_ids: Sequence[UUID] | None, agency: str | None) -> list[Quarantined]:
    if not quarantine_ids:
        return listed(connection, agency=agency, limit=_ALL)
    named = [case for key in quarantine_ids if (case := find(connection, key)) and case.state == "open"]
    return sorted((case for case in named if agency in (None, case.agency)), key=lambda case: case.received_at)
