"""`hub find`, `hub timeline` and `hub reads`: the same reading as API and pages, with the same log."""

import sys
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer

from hub.access.policy import Refused
from hub.audit.reads import reads_of
from hub.bootstrap import open_hub
from hub.cli.output import AsJson, console, print_json, print_table
from hub.cli.reading_options import (
    Agency,
    AsOf,
    KnownAt,
    Purpose,
    print_hidden,
    read_instant,
    reader_of,
    show_nobody,
)
from hub.intake.numbers import IDENTIFIER_TYPES
from hub.run.answers import timeline_json
from hub.run.opening import Question
from hub.run.reading import MAX_LIMIT, find_participant, open_timeline
from hub.settings import load
from projections.timeline.titles import title
from schemas.days import STOCKHOLM
from schemas.vocabulary import ParticipantId


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
        found = find_participant(hub, reader_of(agency), identifier_type, identifier, purpose)
    listed = [] if isinstance(found, Refused) else [{"participant_id": found}]
    if as_json:
        print_json({"participants": listed})
    elif listed:
        typer.echo(str(found))
    if not listed:
        show_nobody()


def timeline(
    participant: UUID,
    as_of: AsOf = None,
    known_at: KnownAt = None,
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
        opened = open_timeline(hub, reader_of(agency), question)
    if isinstance(opened, Refused):
        show_nobody()
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
    print_hidden(opened.hidden, agency)
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
