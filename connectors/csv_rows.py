"""An exported list turned into events: a pure translation, repeatable without harm (DESIGN 10, CSV).

Every row gives its present events with ids derived from the key columns and the values, so a file sent twice answers
`duplicate`. What the last file said is remembered per row as hashes: other values give a change, A → B → A gives three
events, and a row that has vanished is a warning, never a close.
"""

import csv
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from json import dumps
from zoneinfo import ZoneInfo

from connectors.csv_mapping import ExportMapping, Field, MappedEvent
from schemas.event_type import Json, JsonObject
from schemas.reasons import problem
from schemas.receipts import Problem
from schemas.vocabulary import TYPE_PREFIX

STOCKHOLM = ZoneInfo("Europe/Stockholm")
_LETTERS = str.maketrans("0123456789", "ghijkmnpqr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the last file said in one row about one event: a hash of the values, how often they came, and when first."""

    values: bytes
    occurrence: int
    opened: bool
    time: datetime


State = Mapping[bytes, Remembered]
"""What is remembered of the last file, by the hash of row key and event."""


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that could not be translated: the problems point at columns; the raw text is kept for the quarantine."""

    line: int
    problems: tuple[Problem, ...]
    raw: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RowEvent:
    """A CloudEvent out of a row."""

    line: int
    body: JsonObject


@dataclass(slots=True)
class Translation:
    """Everything a file gives."""

    items: list[RowEvent | RowRefused]
    warnings: list[str]
    state: dict[bytes, Remembered]


class _CellError(Exception):
    def __init__(self, column: str, expected: str, found: str) -> None:
        super().__init__(column)
        self.problem = problem("field_invalid", f"/{column}", found=found, expected=expected)


def translate(content: bytes, mapping: ExportMapping, last: State, key: bytes, now: datetime) -> Translation:
    """The events of an exported list. `key` is the secret for the hashes; `now` the time of rows that have none."""
    result = Translation([], [], dict(last))
    rows = list(_rows(content, mapping))
    seen: set[bytes] = set()
    for line, row in rows:
        try:
            for event in mapping.events:
                body, at, remembered = _event(event, row, mapping, last, key, now)
                seen.add(at)
                result.state[at] = remembered
                if body is not None:
                    result.items.append(RowEvent(line, body))
        except _CellError as error:
            result.items.append(RowRefused(line, (error.problem,), dumps(row, ensure_ascii=False)))
    vanished = len(last.keys() - seen)
    if vanished:
        result.warnings.append(
            f"{vanished} earlier rows are not in the list any more; nothing was closed. Send their end as a row or an event."
        )
    return result


def header_problem(content: bytes, mapping: ExportMapping) -> Problem | None:
    """What is wrong with the whole file: its encoding, or columns that it does not have."""
    try:
        text = content.decode(mapping.encoding)
    except UnicodeDecodeError as error:
        return problem("body_not_utf8", None, found=f"offset {error.start}", expected=mapping.encoding)
    header = next(csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=mapping.delimiter), [])
    missing = sorted(mapping.columns - {column.strip() for column in header})
    if not missing:
        return None
    return problem(
        "field_missing", None, found=f"no column {', '.join(missing)}", expected="the columns of the mapping file"
    )


def _rows(content: bytes, mapping: ExportMapping) -> Iterator[tuple[int, dict[str, str]]]:
    text = content.decode(mapping.encoding).removeprefix("\ufeff")
    reader = csv.reader(StringIO(text), delimiter=mapping.delimiter)
    header = [column.strip() for column in next(reader, [])]
    for row in reader:
        if any(cell.strip() for cell in row):
            yield reader.line_num, dict(zip(header, (cell.strip() for cell in row), strict=False))


def _event(
    event: MappedEvent, row: Mapping[str, str], mapping: ExportMapping, last: State, key: bytes, now: datetime
) -> tuple[JsonObject | None, bytes, Remembered]:
    data = _data(event, row)
    row_key = [row.get(column, "") for column in mapping.key]
    at = _hash(key, mapping.source, mapping.name, event.name, row_key)
    values = _hash(key, data)
    before = last.get(at)
    if before is None:
        now_said = Remembered(values=values, occurrence=1, opened=True, time=_time(row, mapping, now))
    elif before.values == values:
        now_said = before
    else:
        now_said = Remembered(
            values=values, occurrence=before.occurrence + 1, opened=False, time=_time(row, mapping, now)
        )
    name = event.name if now_said.opened else event.changed
    if name is None:
        return None, at, now_said
    event_id = _word(_hash(key, mapping.source, mapping.name, event.name, row_key, values.hex(), now_said.occurrence))
    body: JsonObject = {
        "specversion": "1.0",
        "id": event_id,
        "source": mapping.source,
        "type": TYPE_PREFIX + name,
        "schemaversion": event.version if now_said.opened else 1,
        "time": now_said.time.isoformat(),
        "subject": _reference(row, mapping, key),
        "data": data,
    }
    return body, at, now_said


def _data(event: MappedEvent, row: Mapping[str, str]) -> JsonObject:
    data: JsonObject = {}
    for name, source in event.fields.items():
        value = _value(source, row)
        if value is not None:
            data[name] = value
    if event.identifiers:
        data["identifiers"] = [
            {"type": kind, "value": row[column]} for column, kind in event.identifiers.items() if row.get(column)
        ]
    return data


def _value(source: Field, row: Mapping[str, str]) -> Json:
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
            raise _CellError(column, f"one of {', '.join(source.codes)}", f"{len(cell)} characters")
        return source.codes[cell]
    if source.date is not None:
        return _parsed(lambda: datetime.strptime(cell, source.date or "").date().isoformat(), column, source.date, cell)  # noqa: DTZ007 - a day has no zone
    if source.decimal is not None:
        return _parsed(lambda: float(cell.replace(source.decimal or ".", ".")), column, "a number", cell)
    return cell


def _parsed(parse: Callable[[], Json], column: str, expected: str, cell: str) -> Json:
    try:
        return parse()
    except ValueError as error:
        raise _CellError(column, expected, f"{len(cell)} characters") from error


def _time(row: Mapping[str, str], mapping: ExportMapping, now: datetime) -> datetime:
    if mapping.time_column is None:
        return now
    cell = row.get(mapping.time_column, "")
    try:
        local = datetime.strptime(cell, mapping.time_format)  # noqa: DTZ007 - Stockholm is put on below
    except ValueError as error:
        raise _CellError(mapping.time_column, mapping.time_format, f"{len(cell)} characters") from error
    return (local if local.tzinfo else local.replace(tzinfo=STOCKHOLM)).astimezone(UTC)


def _reference(row: Mapping[str, str], mapping: ExportMapping, key: bytes) -> str:
    """The agency's own reference, or a keyed hash of the number where the list has nothing better."""
    column = mapping.reference_column or mapping.reference_number or ""
    cell = row.get(column, "")
    if not cell:
        raise _CellError(column, "a reference", "nothing")
    if mapping.reference_column is not None:
        return cell
    digits = "".join(character for character in cell if character.isalnum())
    return "n" + _word(_hash(key, mapping.source, digits))[:31]


def _hash(key: bytes, *parts: Json) -> bytes:
    said = dumps([part.hex() if isinstance(part, bytes) else part for part in parts], sort_keys=True)
    return hmac.digest(key, said.encode(), "sha256")[:16]


def _word(hashed: bytes) -> str:
    """Letters alone: ten of the digits of a hash can happen to be somebody's personnummer, and be refused as such."""
    return hashed.hex().translate(_LETTERS)
