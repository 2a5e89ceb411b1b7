"""Files of agencies through the front door: one, or a whole region in the order of its manifest, until all is visible."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from time import sleep
from uuid import UUID

import orjson

from hub.run.csv_export import load_mapping, read_list, remember
from hub.run.hub import Hub
from hub.run.ingest import Progress, Tally, cloudevents_file, ingest
from hub.store.database import copy_rows, execute, rows
from schemas.errors import HubError

MANIFEST = "manifest.json"
_POLL_SECONDS = 0.05
_CSV = "csv:"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyFile:
    """A file that an agency sends; `mapping` says what the columns of an exported list mean."""

    path: Path
    agency: str
    mapping: Path | None = None


def region_files(folder: Path) -> list[AgencyFile]:
    """The files of a region in the order in which they are sent."""
    return [
        AgencyFile(
            path=folder / entry["path"],
            agency=entry["agency"],
            mapping=folder / entry["format"].removeprefix(_CSV) if entry["format"].startswith(_CSV) else None,
        )
        for entry in orjson.loads((folder / MANIFEST).read_bytes())
    ]


def send_files(hub: Hub, files: Iterable[AgencyFile], tally: Tally, progress: Progress, *, dry: bool = False) -> None:
    """Send what files hold, in their order; what was sent before answers `duplicate`.

    Files of events are one stream, whatever their sizes. A list is compared with what the list before it said,
    so that is remembered first.
    """
    for mapping, alike in groupby(files, key=lambda file: file.mapping):
        if mapping is None:
            events = chain.from_iterable(cloudevents_file(hub, file.path, file.agency) for file in alike)
            ingest(hub, events, tally, progress, dry=dry)
            continue
        for file in alike:
            listed = read_list(hub, file.path, file.agency, load_mapping(mapping))
            tally.warnings += listed.warnings
            told = len(tally.refused)
            ingest(hub, listed.deliveries, tally, progress, dry=dry)
            if not dry:
                remember(hub, listed, [receipt.receipt_id for _, receipt in tally.refused[told:]])


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


def statuses_over_kafka(hub: Hub) -> tuple[Counter[str], Counter[str]]:
    """Counts by status and by reason of all that has come over Kafka. Duplicates are not among them: they leave no receipt."""
    statuses: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    with hub.database.transaction() as connection:
        for status, reason, count in rows(
            connection,
            "SELECT status, problems -> 0 ->> 'reason', sum(attempts)::int FROM receipt WHERE channel = 'kafka' GROUP BY 1, 2",
        ):
            statuses[status] += count
            if reason is not None and status != "accepted":
                reasons[reason] += count
    return statuses, reasons


def wait_until_visible(hub: Hub, failures: Sequence[str] = ()) -> None:
    """Return when every live read model has come to the end of the log. Raises HubError when a runner has failed."""
    while not failures:
        with hub.database.transaction() as connection:
            behind = rows(
                connection,
                "SELECT coalesce(min(projected_to(p)), 0) >= (SELECT position FROM log_head)"
                " FROM projection_position p WHERE live",
            )[0][0]
        if behind:
            return
        sleep(_POLL_SECONDS)
    raise HubError(failures[0])


def claim_region(hub: Hub, name: str) -> str:
    """The region that this database holds: this one, if it held none. Two regions would speak of each other's events."""
    with hub.database.transaction() as connection:
        execute(connection, "INSERT INTO demo_region (name) VALUES (%s) ON CONFLICT DO NOTHING", (name,))
        return str(rows(connection, "SELECT name FROM demo_region")[0][0])


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
