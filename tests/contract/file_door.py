"""Sends a file through the front door as `hub ingest` does, and tells in short what became of its deliveries."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hub.run.hub import Hub
from hub.run.ingest import Tally, cloudevents_file, ingest
from hub.store.database import rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """Counts per status, and of each held or rejected delivery its place, status, first reason and pointer."""

    statuses: Counter[str]
    refused: list[tuple[str, str, str, str | None]]


def ingested(hub: Hub, path: Path, agency: str = "jobbtorg") -> Ingested:
    """What became of the deliveries of a file."""
    tally = Tally()
    ingest(hub, cloudevents_file(hub, path, agency), tally, lambda _: None)
    return Ingested(
        statuses=tally.statuses,
        refused=[
            (locator, receipt.status.value, receipt.problems[0].reason, receipt.problems[0].pointer)
            for locator, receipt in tally.refused
        ],
    )


def answered_once(hub: Hub) -> int:
    """How many deliveries have a receipt of their own, the same refused content again counted each time."""
    with hub.database.transaction() as connection:
        return int(rows(connection, "SELECT coalesce(sum(attempts), 0) FROM receipt")[0][0])
