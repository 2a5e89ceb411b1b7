"""An exported list as rows of cells, and a cell as the value that a field takes, or what is wrong with it."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from connectors.csv_mapping import ExportMapping, Field
from schemas.event_type import Json
from schemas.reasons import problem
from schemas.receipts import Problem

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\0[0-9]+)?")  # with NUL in the place of the decimal sign


class CellError(Exception):
    """A row cannot be read; the problem points at the column, where there is one."""

    def __init__(self, column: str | None, expected: str, found: str) -> None:
        super().__init__(column)
        place = None if column is None else "/" + column.replace("~", "~0").replace("/", "~1")
        self.problem = problem("field_invalid", place, found=found, expected=expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The cells of a row by column, without white space around them. `count`: how many there were."""

    line: int
    cells: Mapping[str, str]
    count: int
    moved: bool
    """There are cells beyond the columns: an unquoted delimiter has moved them, so none can be trusted."""


def header_problem(content: bytes, mapping: ExportMapping) -> Problem | None:
    """What is wrong with the whole file: its encoding, its quotes, or columns that it does not have."""
    try:
        header = next(iter([cells for _, cells in _lines(content, mapping)]), [])
    except UnicodeDecodeError as error:
        return problem("body_not_utf8", None, found=f"offset {error.start}", expected=mapping.encoding)
    except csv.Error as error:
        return problem("field_invalid", None, found=str(error), expected="cells whose quotes are closed or doubled")
    missing = sorted(mapping.columns - set(header))
    if not missing:
        return None
    return problem(
        "field_missing", None, found=f"no column {', '.join(missing)}", expected="the columns of the mapping file"
    )


def read_rows(content: bytes, mapping: ExportMapping) -> Iterator[Row]:
    """The rows below the header, without empty ones. Only for a file that has no header_problem."""
    lines = _lines(content, mapping)
    _, header = next(lines, (0, []))
    for line, cells in lines:
        if any(cells):
            by_column = dict(zip(header, cells, strict=False))
            yield Row(line=line, cells=by_column, count=len(cells), moved=any(cells[len(header) :]))


def _lines(content: bytes, mapping: ExportMapping) -> Iterator[tuple[int, list[str]]]:
    """Strictly, because a quote that nobody closes would swallow all rows after it."""
    text = content.decode(mapping.encoding).removeprefix("\ufeff")
    reader = csv.reader(StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as error:
        message = f"line {reader.line_num}: {error}"
        raise csv.Error(message) from error


def refuse_moved(row: Row) -> None:
    """Raise CellError for a row that has more cells than the list has columns."""
    if row.moved:
        raise CellError(None, "as many cells as columns, and quotes around a delimiter", f"{row.count} cells")


def value_of(source: Field, row: Mapping[str, str]) -> Json:
    """What a row says for a field; None leaves the field out. Raises CellError."""
    if source.column is None:
        return source.value
    cell = row.get(source.column, "")
    if not cell:
        return None
    if source.many is not None:
        return [_single(source, part.strip()) for part in cell.split(source.many) if part.strip()]
    return _single(source, cell)


def _single(source: Field, cell: str) -> Json:
    column = source.column or ""
    if source.codes:
        if cell not in source.codes:
            raise CellError(column, f"one of {', '.join(source.codes)}", f"{len(cell)} characters")
        return source.codes[cell]
    if source.date is not None:
        return _parsed(lambda: datetime.strptime(cell, source.date or "").date().isoformat(), column, source.date, cell)  # noqa: DTZ007 - a day has no zone
    if source.decimal is not None:
        if _NUMBER.fullmatch(cell.replace(source.decimal, "\0")) is None:
            raise CellError(column, f"a number with decimal sign {source.decimal}", f"{len(cell)} characters")
        return float(cell.replace(source.decimal, "."))
    return cell


def _parsed(parse: Callable[[], Json], column: str, expected: str, cell: str) -> Json:
    try:
        return parse()
    except ValueError as error:
        raise CellError(column, expected, f"{len(cell)} characters") from error
