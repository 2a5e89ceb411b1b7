"""How commands speak: tables and bars for people on the terminal, one JSON document for machines on stdout."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from schemas.event_type import Json

console = Console()
errors = Console(stderr=True)

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NARROWEST = 7
_NEVER_WRAPPED = 10  # days and short codes; ids too, because they are there to be copied
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


class RateColumn(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """The rate of a task, empty before it is known."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "", style="progress.data.speed")


def print_json(document: Json) -> None:
    """One JSON document on stdout; instants as RFC 3339 in UTC."""
    typer.echo(orjson.dumps(document, default=_plain, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """A table, or a sentence that says why there is none."""
    if not rows:
        console.print(empty)
        return
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 0), pad_edge=False
    )
    cells = [["–" if cell is None else str(cell) for cell in row] for row in rows]
    for column, width in zip(columns, _widths([columns, *cells], console.width), strict=True):
        table.add_column(column, overflow="fold", width=width)
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def _widths(rows: Sequence[Sequence[str]], total: int) -> list[int]:
    """The width of every column: ids and short words whole, the rest by its share of what is left."""
    columns = list(zip(*rows, strict=True))
    longest = [max(len(cell) for cell in column) for column in columns]
    whole = [
        most <= _NEVER_WRAPPED or all(_UUID.fullmatch(cell) for cell in column[1:])
        for column, most in zip(columns, longest, strict=True)
    ]
    left = total - (len(columns) + 1) - sum(most for most, kept in zip(longest, whole, strict=True) if kept)
    wanted = sum(most for most, kept in zip(longest, whole, strict=True) if not kept)
    if left >= wanted:
        return longest
    return [most if kept else max(_NARROWEST, most * left // wanted) for most, kept in zip(longest, whole, strict=True)]


def progress_bar(*, quiet: bool) -> Progress:
    """A bar with count, rate and time left, on stderr; nothing when quiet."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        RateColumn(),
        TimeRemainingColumn(),
        console=errors,
        disable=quiet,
    )


def _plain(value: object) -> Json:
    if isinstance(value, (UUID, Enum, date, datetime)):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    message = f"expected something JSON has, found {type(value).__name__}"
    raise TypeError(message)
