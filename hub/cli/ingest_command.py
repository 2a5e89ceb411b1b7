"""`hub ingest`: files through the front door, with a bar, and one line for every delivery that was not accepted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap import open_hub
from hub.cli.output import AsJson, console, errors, print_json, print_table, progress_bar
from hub.intake.reading import Delivery
from hub.run.csv_export import csv_file, load_mapping
from hub.run.hub import Hub
from hub.run.ingest import Tally, cloudevents_file, ingest
from hub.settings import load
from hub.store.register import agencies

_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ingest")(ingest_command)


def ingest_command(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of files in the order of their names.")],
    agency: Annotated[str, typer.Option(help="Code of the agency that sends.")],
    file_format: Annotated[
        str, typer.Option("--format", help="cloudevents, or csv:MAPPING (a .toml file)")
    ] = "cloudevents",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge everything, write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send files through the front door; repeating it does no harm."""
    files = [file for path in paths for file in _files(path)]
    tally = Tally()
    with open_hub(load()) as hub:
        _known_agency(hub, agency)
        with progress_bar(quiet=as_json) as bar:
            for file in files:
                task = bar.add_task(file.name, total=_lines(file))
                deliveries = _deliveries(hub, file, agency, file_format, tally, dry=dry_run)
                ingest(hub, deliveries, tally, lambda done, task=task: bar.advance(task, done), dry=dry_run)  # type: ignore[misc]  # mypy cannot type a bound default
                bar.update(task, total=bar.tasks[task].completed)
    if as_json:
        print_json(_as_json(tally, dry_run=dry_run))
    else:
        _print(tally, dry_run=dry_run)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(
            file for file in path.rglob("*") if file.suffix in (".json", ".jsonl", ".csv") and file.stem != "truth"
        )
    if path.is_file():
        return [path]
    errors.print(f"Expected a file or folder, found nothing at {path}.")
    raise typer.Exit(1)


def _known_agency(hub: Hub, agency: str) -> None:
    with hub.database.transaction() as connection:
        known = [each.code for each in agencies(connection)]
    if agency not in known:
        errors.print(f"Expected one of {', '.join(known)}, found {agency}. Register it with: hub agency add")
        raise typer.Exit(1)


def _deliveries(hub: Hub, file: Path, agency: str, file_format: str, tally: Tally, *, dry: bool) -> Iterator[Delivery]:
    if file_format == "cloudevents":
        return cloudevents_file(hub, file, agency)
    kind, _, mapping = file_format.partition(":")
    if kind != "csv" or not mapping:
        errors.print(f"Expected --format cloudevents or csv:MAPPING, found {file_format}.")
        raise typer.Exit(1)
    return csv_file(hub, file, agency, load_mapping(Path(mapping)), tally, dry=dry)


def _lines(file: Path) -> int:
    with file.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


def _as_json(tally: Tally, *, dry_run: bool) -> dict[str, object]:
    statuses: Counter[str] = tally.statuses
    return {
        "dry_run": dry_run,
        "deliveries": statuses.total(),
        **{status: statuses[status] for status in ("accepted", "duplicate", "held", "rejected")},
        "by_reason": dict(tally.reasons),
        "warnings": tally.warnings,
        "refused": [
            {
                "locator": locator,
                "receipt_id": receipt.receipt_id,
                "id": receipt.id,
                "problems": [asdict(found) for found in receipt.problems],
            }
            for locator, receipt in tally.refused[:1000]
        ],
    }


def _print(tally: Tally, *, dry_run: bool) -> None:
    said = "would be " if dry_run else ""
    console.print(
        f"{tally.statuses.total()} deliveries: "
        + ", ".join(
            f"{tally.statuses[status]} {said}{status}" for status in ("accepted", "duplicate", "held", "rejected")
        )
    )
    for warning in tally.warnings:
        console.print(f"[yellow]{warning}[/]")
    print_table(
        "Not accepted",
        ("where", "id", "reason", "pointer", "expected", "found", "what to do"),
        [
            (locator, receipt.id, found.reason, found.pointer, found.expected, found.found, found.action)
            for locator, receipt in tally.refused[:_SHOWN]
            for found in receipt.problems
        ],
        "Nothing was held or rejected.",
    )
    if len(tally.refused) > _SHOWN:
        console.print(f"… and {len(tally.refused) - _SHOWN} more. See them with: hub quarantine list")
