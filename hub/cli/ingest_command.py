"""`hub ingest`: files through the front door, with a bar, and one line for every delivery that was not accepted."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap import has_store, open_hub
from hub.cli.output import AsJson, console, errors, print_json, print_table, progress_bar
from hub.cli.serve_command import running
from hub.run.hub import Hub
from hub.run.importing import MANIFEST, AgencyFile, final_statuses, region_files, send_files, wait_until_visible
from hub.run.ingest import Tally
from hub.run.one_core import one_core
from hub.settings import load
from hub.store.register import agencies

_SHOWN = 20
_SUFFIXES = (".json", ".jsonl", ".csv")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ingest")(ingest_command)


def ingest_command(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders of files in the order of their names.")],
    agency: Annotated[
        str | None, typer.Option(help="Code of the agency that sends; a region of `hub synth` knows its own.")
    ] = None,
    file_format: Annotated[
        str, typer.Option("--format", help="cloudevents, or csv:MAPPING (a .toml file)")
    ] = "cloudevents",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge everything, write nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when something was rejected, for scripts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send files through the front door until all is on the timelines; repeating it does no harm.

    Every delivery has its receipt when this ends; what was rejected is listed.
    """
    files = [file for path in paths for file in _files(path, agency, file_format)]
    tally = Tally()
    failures: list[str] = []
    settings = load()
    if not has_store(settings):
        errors.print(f"There is no hub in {settings.data_dir.absolute()} yet: starting a new one.")
    with open_hub(settings, create=True) as hub:
        _known_agencies(hub, {file.agency for file in files})
        with (
            one_core(),
            nullcontext() if dry_run else running(hub, failures.append),
            progress_bar(quiet=as_json) as bar,
        ):
            task = bar.add_task(files[0].path.name if len(files) == 1 else f"{len(files)} files", total=_lines(files))
            send_files(hub, files, tally, lambda done: bar.advance(task, done), dry=dry_run)
            bar.update(task, total=bar.tasks[task].completed)
            if not dry_run:
                wait_until_visible(hub, failures)
        if not dry_run:
            tally.statuses, tally.reasons = final_statuses(hub, tally)
    if as_json:
        print_json(_as_json(tally, dry_run=dry_run))
    else:
        _print(tally, dry_run=dry_run)
    if strict and tally.statuses["rejected"]:
        raise typer.Exit(1)


def _files(path: Path, agency: str | None, file_format: str) -> list[AgencyFile]:
    folder = path.parent if path.name == MANIFEST else path
    if (folder / MANIFEST).is_file():
        return [file for file in region_files(folder) if agency in (None, file.agency)]
    if agency is None:
        errors.print("Expected --agency CODE, found none. Only a folder that `hub synth` wrote says who sends what.")
        raise typer.Exit(1)
    kind, _, mapping = file_format.partition(":")
    if file_format != "cloudevents" and (kind != "csv" or not mapping):
        errors.print(f"Expected --format cloudevents or csv:MAPPING, found {file_format}.")
        raise typer.Exit(1)
    listed = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES)
    if not path.exists():
        errors.print(f"Expected a file or folder, found nothing at {path}.")
        raise typer.Exit(1)
    return [AgencyFile(path=file, agency=agency, mapping=Path(mapping) if mapping else None) for file in listed]


def _known_agencies(hub: Hub, senders: set[str]) -> None:
    with hub.database.transaction() as connection:
        known = [each.code for each in agencies(connection)]
    for unknown in sorted(senders - set(known)):
        errors.print(f"Expected one of {', '.join(known)}, found {unknown}. Register it with: hub agency add")
        raise typer.Exit(1)


def _lines(files: Sequence[AgencyFile]) -> int | None:
    """How many deliveries there are, unless a batch file hides how many it holds."""
    if any(file.path.suffix == ".json" for file in files):
        return None
    return sum(_lines_of(file.path) for file in files)


def _lines_of(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


def _as_json(tally: Tally, *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "deliveries": tally.statuses.total(),
        **{status: tally.statuses[status] for status in ("accepted", "duplicate", "held", "rejected")},
        "by_reason": dict(sorted(tally.reasons.items())),
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
