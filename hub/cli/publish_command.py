"""`hub publish`: files to the hub over Kafka, from wherever the agency is, without a database, and the hub's receipts."""

from pathlib import Path
from typing import Annotated

import typer

from hub import telemetry
from hub.cli.output import AsJson, print_json
from hub.cli.topics_command import kafka_settings


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("publish")(publish_command)


def publish_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files, or folders of files in the order of their names; none: what waits in the outbox."),
    ] = None,
    outbox: Annotated[
        Path | None,
        typer.Option(
            help="The file in which events wait until they are answered; HUB_DATA_DIR/outbox/AGENCY.sqlite unless given."
        ),
    ] = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for receipts.")] = 30.0,
    *,
    agency: Annotated[str, typer.Option(help="Code of the agency that sends.")],
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not read receipts.")] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="Send these files again whatever was answered, and all that has no receipt."),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when something was rejected, for scripts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send files to the hub over Kafka and tell its receipts; repeating it does no harm, and needs no files.

    Exits 1 when the broker did not take everything: what it did not take waits in the outbox.
    """
    from hub.cli.publishing import Asked, outcome_json, print_outcome, publish  # noqa: PLC0415 - an import that only this command should wait for

    settings = kafka_settings()
    telemetry.configure(settings)
    path = outbox or settings.data_dir / "outbox" / f"{agency}.sqlite"
    asked = Asked(agency=agency, wait=None if no_wait else wait, again=again, quiet=as_json)
    outcome = publish(settings, paths or [], path, asked)
    if as_json:
        print_json(outcome_json(outcome, path))
    else:
        print_outcome(outcome, path, agency)
    if outcome.failure is not None:
        raise outcome.failure
    if strict and outcome.statuses["rejected"]:
        raise typer.Exit(1)
