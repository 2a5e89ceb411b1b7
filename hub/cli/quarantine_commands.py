"""`hub quarantine`: what was refused, why, and what became of it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from hub.bootstrap import open_hub
from hub.cli.output import AsJson, console, errors, print_json, print_table
from hub.run.quarantine import redrive
from hub.run.status import parked
from hub.settings import load
from hub.store.quarantine import Quarantined, close, count_listed, find, held, listed

_ROW_ACTION = "Mend the row in the system that exports it and send the list again: its case closes then."
quarantine = typer.Typer(help="Refused deliveries: list, show, send through again, discard.", no_args_is_help=True)
Agency = Annotated[str | None, typer.Option(help="Only this agency's.")]
Actor = Annotated[str, typer.Option(help="Who does this; kept with the case.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(quarantine, name="quarantine")


@quarantine.command("list")
def quarantine_list(
    agency: Agency = None,
    state: Annotated[str, typer.Option(help="open, repaired, redriven or discarded; or held, or parked")] = "open",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    *,
    as_json: AsJson = False,
) -> None:
    """Refused deliveries, or those that are held, or participants whose events are parked, oldest first."""
    if state == "parked":
        _list_parked(as_json=as_json)
        return
    with open_hub(load()) as hub, hub.database.transaction() as connection:
        if state == "held":
            found = held(connection, agency=agency, limit=limit)
        else:
            found = listed(connection, agency=agency, state=state, limit=limit)
        there = count_listed(connection, agency=agency, state=state)
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        _print_cases(found, state)
    if there > len(found):
        errors.print(f"… and {there - len(found)} newer ones. See them all with: --limit {there}")


def _print_cases(found: Sequence[Quarantined], state: str) -> None:
    print_table(
        f"Quarantine ({state})",
        ("id", "agency", "reason", "received", "where"),
        [
            (
                each.quarantine_id,
                each.agency,
                each.reason,
                f"{each.received_at:%Y-%m-%d %H:%M}",
                each.locator,
            )
            for each in found
        ],
        f"Nothing in the quarantine is {state}.",
    )


def _list_parked(*, as_json: bool) -> None:
    with open_hub(load()) as hub:
        found = parked(hub)
    if as_json:
        print_json([asdict(each) for each in found])
        return
    print_table(
        "Parked: mend the cause, then hub rebuild PROJECTION --participant ID",
        ("projection", "participant", "events", "from position", "error", "since"),
        [
            (
                each.projection,
                each.participant_id,
                each.events,
                each.first_position,
                each.error,
                f"{each.parked_at:%Y-%m-%d %H:%M}",
            )
            for each in found
        ],
        "Nobody is parked.",
    )


@quarantine.command("show")
def show(quarantine_id: UUID, *, as_json: AsJson = False) -> None:
    """One refused delivery with everything that was wrong; never its content."""
    with open_hub(load()) as hub, hub.database.transaction() as connection:
        found = find(connection, quarantine_id)
    if found is None:
        errors.print("Expected the id of a quarantined delivery, found none. List them with: hub quarantine list")
        raise typer.Exit(1)
    if as_json:
        print_json(asdict(found))
        return
    console.print(f"[bold]{found.reason}[/] from {found.agency}, {found.channel} {found.locator}, {found.state}")
    print_table(
        "What was wrong",
        ("reason", "where", "expected", "found", "what to do"),
        [(each.reason, each.pointer, each.expected, each.found, each.action) for each in found.problems],
        "",
    )
    if found.is_row and found.state == "open":
        console.print(_ROW_ACTION)


@quarantine.command("redrive")
def redrive_command(
    quarantine_ids: Annotated[list[UUID] | None, typer.Argument(help="Ids; none: everything open.")] = None,
    agency: Agency = None,
    actor: Actor = "operator",
    *,
    as_json: AsJson = False,
) -> None:
    """Send refused deliveries through the front door again, in the order in which they came."""
    with open_hub(load()) as hub:
        redriven = redrive(hub, quarantine_ids, actor, agency)
    if as_json:
        print_json(
            [{"quarantine_id": key, "status": receipt.status} for key, receipt in redriven.receipts]
            + [{"quarantine_id": key, "status": "open", "action": _ROW_ACTION} for key in redriven.rows]
        )
    else:
        print_table(
            "Redriven",
            ("id", "status"),
            [(key, receipt.status.value) for key, receipt in redriven.receipts],
            "Nothing to redrive.",
        )
        if redriven.rows:
            console.print(f"Rows of exported lists, left open: {len(redriven.rows)}. {_ROW_ACTION}")
    wanted = set(quarantine_ids or ())
    if wanted - {key for key, _ in redriven.receipts} - set(redriven.rows):
        errors.print("Expected ids of open cases, found others. List them with: hub quarantine list")
        raise typer.Exit(1)
    if wanted & set(redriven.rows):
        raise typer.Exit(1)


@quarantine.command("discard")
def discard(
    quarantine_id: UUID,
    reason: Annotated[str, typer.Option(help="Why.")],
    actor: Actor = "operator",
    *,
    as_json: AsJson = False,
) -> None:
    """Close a case for good, with a reason."""
    with open_hub(load()) as hub, hub.database.transaction() as connection:
        closed = close(connection, quarantine_id, "discarded", actor, reason, hub.now())
    if as_json:
        print_json({"quarantine_id": quarantine_id, "discarded": closed})
    elif closed:
        console.print("Discarded.")
    if not closed:
        errors.print("Expected the id of an open case, found none.")
        raise typer.Exit(1)
