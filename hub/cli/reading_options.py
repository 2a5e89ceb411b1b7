"""What every command that reads about a person takes and says: who asks why and about when, what is hidden, and that nobody is to be shown."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, NoReturn

import typer

from hub.access.policy import Reader
from hub.cli.account import account
from hub.cli.output import console, errors
from hub.run.reading import end_of_day
from schemas import codes
from schemas.vocabulary import Domain

Agency = Annotated[str, typer.Option(help="The agency that reads; what it may see decides.")]
Purpose = Annotated[str, typer.Option(help="Why; a code of the purpose list.")]
AsOf = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of the world.")]
KnownAt = Annotated[str | None, typer.Option(help="What was known then: an instant or a day.")]
_NOTHING = "Nobody to show. Check the number, the purpose and whether the agency has a relation to the person."


def reader_of(agency: str) -> Reader:
    """Whoever sits at this machine, for an agency."""
    return Reader(agency=agency, name=account(), channel="cli")


def show_nobody() -> NoReturn:
    """The same whether there is nobody or nobody who may be shown."""
    errors.print(_NOTHING)
    raise typer.Exit(1)


def print_hidden(domains: Iterable[Domain], agency: str) -> None:
    """That something is hidden, by domain."""
    for domain in domains:
        said = codes.entries("domain")[domain].title_en
        console.print(f"[dim]Something about {said.lower()} is here that {agency} may not see.[/]")


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
