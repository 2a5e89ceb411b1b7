"""Sends refused deliveries through the front door again, after the reason was mended."""

from collections.abc import Sequence
from uuid import UUID

from hub.intake.reading import Delivery
from hub.run.hub import Hub
from hub.run.ingest import CHUNK
from hub.run.steps import receive
from hub.store.quarantine import close, content_of, find, listed
from schemas.receipts import Receipt, Status

_ALL = 10_000


def redrive(hub: Hub, quarantine_ids: Sequence[UUID] | None, actor: str) -> list[tuple[UUID, Receipt]]:
    """The new receipts, in the order in which the deliveries came. A case whose delivery is refused again stays open."""
    with hub.database.transaction() as connection:
        if quarantine_ids:
            cases = [case for key in quarantine_ids if (case := find(connection, key)) and case.state == "open"]
        else:
            cases = listed(connection, limit=_ALL)
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
            for case in sorted(cases, key=lambda case: case.received_at)
            if (content := content_of(connection, hub.ring, case.quarantine_id)) is not None
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
    return results
