"""Sends events through the real front door of a test's own hub."""

import json
from collections.abc import Sequence

from hub.intake.reading import CallRefused, Delivery, read_batch
from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.project import project
from hub.run.steps import receive
from schemas.event_type import JsonObject
from schemas.receipts import Receipt


def send(hub: Hub, events: Sequence[JsonObject], *, agency: str = "jobbtorg") -> list[Receipt]:
    """The receipts of one batch."""
    contents = read_batch(json.dumps(events).encode())
    assert not isinstance(contents, CallRefused)
    now = hub.now()
    return receive(
        hub,
        [
            Delivery(agency=agency, channel="http", locator=f"request/{place}", received_at=now, content=content)
            for place, content in enumerate(contents)
        ],
    )


def told(receipts: Sequence[Receipt]) -> list[str]:
    """Receipts in short: `accepted`, `rejected code_unknown`."""
    return [" ".join((receipt.status.value, *(found.reason for found in receipt.problems))) for receipt in receipts]


def project_all(hub: Hub) -> int:
    """Fold everything recorded into the timeline; how many events."""
    folded = 0
    while count := project(hub, TIMELINE):
        folded += count
    return folded
