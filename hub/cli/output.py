"""How commands speak: tables and bars for people on the terminal, one JSON document for machines on stdout."""

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
    """A table, or one line per cell where the terminal is too narrow for it, or a sentence that says why there is none."""
    if not rows:
        console.print(empty)
        return
    cells = [["–" if cell is None else str(cell) for cell in row] for row in rows]
    widths = _widths([columns, *cells], console.width)
    if widths is None:
        console.print(_records(title, columns, cells))
        return
    table = Table(
        title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, padding=(0, 0), pad_edge=False
    )
    for column, width in zip(columns, widths, strict=True):
        table.add_column(column, overflow="fold", width=width)
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def _records(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Every row as lines of name and value, with an empty line between rows."""
    listed = Table.grid(padding=(0, 2, 0, 0))
    listed.title, listed.title_justify, listed.title_style = title, "left", "bold"
    listed.add_column(no_wrap=True, style="dim")
    listed.add_column(overflow="fold")
    for row in rows:
        listed.add_row()
        for column, cell in zip(columns, row, strict=True):
            listed.add_row(column, Text(cell))
    return listed


def _widths(rows: Sequence[Sequence[str]], total: int) -> list[int] | None:
    """The width of every column: what is one word (ids, codes, days) whole, prose by its share of what is left.

    None where a word would have to be broken: it is there to be copied.
    """
    columns = list(zip(*rows, strict=True))
    longest = [max(len(cell) for cell in column) for column in columns]
    words = [max(len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    left = total - (len(columns) + 1) - sum(words)
    wanted = sum(longest) - sum(words)
    if left < 0:
        return None
    return [
        most if left >= wanted else word + (most - word) * left // wanted
        for most, word in zip(longest, words, strict=True)
    ]


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
