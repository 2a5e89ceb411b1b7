"""A whole region through the front door, in the order of its manifest, until everything is visible."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any
from uuid import UUID

import orjson

from hub.intake.reading import Delivery
from hub.run.csv_export import csv_file, load_mapping
from hub.run.hub import Hub
from hub.run.ingest import Progress, Tally, cloudevents_file, ingest
from hub.store.database import copy_rows, execute, rows

_POLL_SECONDS = 0.05


def import_region(hub: Hub, folder: Path, tally: Tally, progress: Progress) -> None:
    """Send every file of `manifest.json`; what was sent before answers `duplicate`."""
    for entry in orjson.loads((folder / "manifest.json").read_bytes()):
        ingest(hub, _deliveries(hub, folder, entry, tally), tally, progress)


def final_statuses(hub: Hub, tally: Tally) -> tuple[Counter[str], Counter[str]]:
    """Counts by final status and by reason: what was held and is settled since counts as what it became."""
    held = [receipt.receipt_id for _, receipt in tally.refused if receipt.status.value == "held"]
    statuses, reasons = Counter(tally.statuses), Counter(tally.reasons)
    with hub.database.transaction() as connection:
        settled = rows(
            connection,
            "SELECT receipt_id, status, problems FROM receipt WHERE receipt_id = ANY(%s) AND status <> 'held'",
            (held,),
        )
    first: dict[UUID, str] = {receipt.receipt_id: receipt.problems[0].reason for _, receipt in tally.refused}
    for receipt_id, status, problems in settled:
        statuses["held"] -= 1
        statuses[status] += 1
        reasons[first[receipt_id]] -= 1
        if problems:
            reasons[problems[0]["reason"]] += 1
    return +statuses, +reasons


def wait_until_visible(hub: Hub) -> None:
    """Return when every live read model has come to the end of the log as it is now."""
    while True:
        with hub.database.transaction() as connection:
            behind = rows(
                connection,
                "SELECT coalesce(min(p.position), 0) >= (SELECT position FROM log_head)"
                " FROM projection_position p WHERE live",
            )[0][0]
        if behind:
            return
        sleep(_POLL_SECONDS)


def remember_personas(hub: Hub, folder: Path) -> list[dict[str, str]]:
    """The people that the demo's pages offer to look at, from `truth.json`."""
    personas: list[dict[str, str]] = orjson.loads((folder / "truth.json").read_bytes()).get("personas", [])
    columns = ("place", "name", "title_sv", "description_sv", "source", "reference")
    with hub.database.transaction() as connection:
        execute(connection, "DELETE FROM demo_persona")
        copy_rows(
            connection,
            "demo_persona",
            columns,
            ("int4", "text", "text", "text", "text", "text"),
            ([place, *(persona[name] for name in columns[1:])] for place, persona in enumerate(personas)),
        )
    return personas


def _deliveries(hub: Hub, folder: Path, entry: dict[str, Any], tally: Tally) -> Iterator[Delivery]:
    path = folder / entry["path"]
    if entry["format"].startswith("csv:"):
        mapping = load_mapping(folder / entry["format"].removeprefix("csv:"))
        return csv_file(hub, path, entry["agency"], mapping, tally, dry=False)
    return cloudevents_file(hub, path, entry["agency"])
