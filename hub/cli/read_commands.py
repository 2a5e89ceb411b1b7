"""`hub find`, `hub timeline` and `hub reads`: the same reading as API and pages, with the same log."""

import sys
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import typer

from hub.access.policy import Reader, Refused
from hub.audit.reads import reads_of
from hub.bootstrap import open_hub
from hub.cli.account import account
from hub.cli.output import AsJson, console, errors, print_json, print_table
from hub.intake.numbers import IDENTIFIER_TYPES
from hub.run.answers import timeline_json
from hub.run.opening import Question
from hub.run.reading import MAX_LIMIT, end_of_day, find_participant, open_timeline
from hub.settings import load
from projections.timeline.titles import title
from schemas import codes
from schemas.days import STOCKHOLM
from schemas.vocabulary import ParticipantId

Agency = Annotated[str, typer.Option(help="The agency that reads; what it may see decides.")]
Purpose = Annotated[str, typer.Option(help="Why; a code of the purpose list.")]
NOTHING = "Nobody to show. Check the number, the purpose and whether the agency has a relation to the person."


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("find")(find)
    app.command("timeline")(timeline)
    app.command("reads")(reads)


def find(
    agency: Agency = "af",
    purpose: Purpose = "planning",
    identifier_type: Annotated[str, typer.Option("--type", help=" ".join(IDENTIFIER_TYPES))] = "personal_number",
    *,
    as_json: AsJson = False,
) -> None:
    """Read one identifier from standard input and print the participant id."""
    identifier = sys.stdin.readline().strip()
    with open_hub(load()) as hub:
        found = find_participant(hub, _reader(agency), identifier_type, identifier, purpose)
    listed = [] if isinstance(found, Refused) else [{"participant_id": found}]
    if as_json:
        print_json({"participants": listed})
    elif listed:
        typer.echo(str(found))
    if not listed:
        errors.print(NOTHING)
        raise typer.Exit(1)


def timeline(
    participant: UUID,
    as_of: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the world.")] = None,
    known_at: Annotated[str | None, typer.Option(help="What was known then: an instant or a day.")] = None,
    agency: Agency = "af",
    purpose: Purpose = "planning",
    *,
    as_json: AsJson = False,
) -> None:
    """The timeline of one participant, newest first."""
    question = Question(
        participant_id=ParticipantId(participant),
        purpose=purpose,
        as_of=as_of.date() if as_of else None,
        known_at=read_instant(known_at),
        limit=MAX_LIMIT,
    )
    with open_hub(load()) as hub:
        opened = open_timeline(hub, _reader(agency), question)
    if isinstance(opened, Refused):
        errors.print(NOTHING)
        raise typer.Exit(1)
    if as_json:
        print_json(timeline_json(opened, question))
        return
    for source in opened.sources:
        if source.answer.last_received_at is not None:
            complete_to = source.answer.complete_to
            upto = "nothing" if complete_to is None else f"{complete_to.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"
            console.print(
                f"{source.agency}: {source.answer.state}, complete to {upto},"
                f" {source.answer.held} held, {source.answer.rejected} rejected"
            )
    for domain in opened.hidden:
        said = codes.entries("domain")[domain].title_en
        console.print(f"[dim]Something about {said.lower()} is here that {agency} may not see.[/]")
    print_table(
        f"Timeline as of {opened.as_of}",
        ("when", "agency", "what", "state", "from", "to", "flags"),
        [
            (
                f"{entry.time:%Y-%m-%d}",
                entry.agency,
                title(entry),
                entry.state,
                entry.from_,
                entry.to or entry.planned_to,
                " ".join(sorted(entry.flags)),
            )
            for entry in opened.entries
        ],
        "No entries.",
    )


def reads(participant: UUID, *, as_json: AsJson = False) -> None:
    """Who has read what about a participant, for which purpose, at which log position."""
    with open_hub(load()) as hub, hub.database.transaction() as connection:
        found = reads_of(connection, ParticipantId(participant))
    if as_json:
        print_json([asdict(each) for each in found])
        return
    print_table(
        "Reads",
        ("when", "agency", "who", "purpose", "what", "outcome", "entries", "position"),
        [
            (
                f"{each.read_at:%Y-%m-%d %H:%M:%S}",
                each.agency,
                f"{each.reader}, {each.unit}" if each.unit else each.reader,
                each.purpose,
                each.action,
                each.outcome,
                each.entries,
                each.position,
            )
            for each in found
        ],
        "Nobody has read about this participant.",
    )


def _reader(agency: str) -> Reader:
    return Reader(agency=agency, name=account(), channel="cli")


def read_instant(text: str | None) -> datetime | None:
    """An instant with offset, or a day: the whole day."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-11-20"):
            return end_of_day(date.fromisoformat(text))
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        errors.print("Expected --known-at as 2026-11-20 or 2026-11-20T09:00:00+01:00, found something else.")
        raise typer.Exit(1)
    return instant
