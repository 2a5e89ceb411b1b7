"""`hub ingest`: files through the front door, with a bar, and one line for every delivery that was not accepted."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from hub.bootstrap import has_store, open_hub
from hub.cli.agency_files import agency_files, count_lines
from hub.cli.output import AsJson, console, errors, print_json, progress_bar
from hub.cli.refusals import print_refused, refused, refused_json
from hub.cli.serve_command import running
from hub.run.hub import Hub
from hub.run.importing import final_statuses, send_files, wait_until_visible
from hub.run.ingest import Tally
from hub.run.one_core import one_core
from hub.settings import load
from hub.store.register import agencies


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
    files = [file for path in paths for file in agency_files(path, agency, file_format)]
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
            task = bar.add_task(
                files[0].path.name if len(files) == 1 else f"{len(files)} files", total=count_lines(files)
            )
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


def _known_agencies(hub: Hub, senders: set[str]) -> None:
    with hub.database.transaction() as connection:
        known = [each.code for each in agencies(connection)]
    for unknown in sorted(senders - set(known)):
        errors.print(f"Expected one of {', '.join(known)}, found {unknown}. Register it with: hub agency add")
        raise typer.Exit(1)


def _as_json(tally: Tally, *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "deliveries": tally.statuses.total(),
        **{status: tally.statuses[status] for status in ("accepted", "duplicate", "held", "rejected")},
        "by_reason": dict(sorted(tally.reasons.items())),
        "warnings": tally.warnings,
        "refused": refused_json(refused(tally.refused)),
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
    print_refused(refused(tally.refused), "hub quarantine list")
