"""`hub try`: a story in, what the hub shows out, without a database, through the same pure code."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from hub.cli.output import AsJson, console, errors, print_json, print_table
from hub.tryout.case import CaseResult, read_case, run_case
from hub.tryout.notation import NotACaseError, known_until


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("try")(try_command)


def try_command(
    cases: Annotated[list[Path], typer.Argument(help="Case files (examples/cases/NOTATION.md).")],
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Show this day.")] = None,
    known_at: Annotated[str | None, typer.Option(help="Show what was known then: an instant or a day.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Run stories and compare them with what they expect; exit 0 equal, 1 different, 2 not a case."""
    results: list[CaseResult] = []
    known = _known(known_at)
    for path in cases:
        try:
            results.append(run_case(read_case(path), as_of=as_of.date() if as_of else None, known_at=known))
        except NotACaseError as error:
            errors.print(f"[bold red]Not a case:[/] {escape(str(error))}")
            raise typer.Exit(2) from error
    if as_json:
        print_json(
            [
                {
                    "case": result.case,
                    "equal": result.equal,
                    "differences": result.differences,
                    "receipts": result.receipts,
                    "timeline": result.timeline,
                    "joint_lines": result.joint_lines,
                    "findings": result.findings,
                }
                for result in results
            ]
        )
    else:
        for result in results:
            _show(result)
    if not all(result.equal for result in results):
        raise typer.Exit(1)


def _known(text: str | None) -> datetime | None:
    try:
        return known_until(text) if text else None
    except ValueError as error:
        errors.print("Expected --known-at as 2026-11-20 or 2026-11-20T09:00, found something else.")
        raise typer.Exit(2) from error


def _show(result: CaseResult) -> None:
    console.print(f"[bold]{escape(result.case)}[/] {'[green]equal[/]' if result.equal else '[bold red]different[/]'}")
    for difference in result.differences:
        console.print(f"  [red]{escape(difference)}[/]")
    print_table(
        "Timeline, newest first",
        ("what", "agency", "state", "from", "to", "planned to", "flags"),
        [
            (
                entry["title"],
                entry["agency"],
                entry["state"],
                entry["from"] or entry["at"],
                entry["to"],
                entry["planned_to"],
                " ".join(entry["flags"]),
            )
            for entry in result.timeline
        ],
        "The timeline is empty.",
    )
    if result.joint_lines:
        print_table(
            "Joint plan",
            ("sources", "responsible", "must", "from", "to", "times", "hours", "state"),
            [
                (
                    " ".join(line["sources"]),
                    line["responsible"],
                    line["obligation"],
                    line["from"],
                    line["to"],
                    ", ".join(line["week"] or ()),
                    f"{line['hours']:g}",
                    line["state"],
                )
                for line in result.joint_lines
            ],
            "",
        )
    if result.findings:
        print_table(
            "Findings",
            ("rule", "items", "what", "who must act", "due"),
            [
                (found["rule"], " ".join(found["items"]), found["text_en"], found["resolver"], found["due"])
                for found in result.findings
            ],
            "",
        )
