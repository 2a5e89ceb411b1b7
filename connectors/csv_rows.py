"""An exported list turned into events: a pure translation, repeatable without harm (DESIGN 10, CSV).

Every row gives its present events with ids derived from the key columns and the values, so a file sent twice answers
`duplicate`. What the last file said is remembered per row as hashes: other values give a change, A → B → A gives three
events, and a row that has vanished is a warning, never a close. A row whose first event was refused is still new.
"""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from json import dumps

from connectors.csv_cells import CellError, read_rows, refuse_moved, value_of
from connectors.csv_mapping import ExportMapping, MappedEvent
from schemas.days import STOCKHOLM
from schemas.event_type import Json, JsonObject
from schemas.receipts import Problem
from schemas.vocabulary import TYPE_PREFIX

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
    row: bytes
    """The hash of its key columns: the same row of a later list has the same."""


@dataclass(frozen=True, slots=True)
class RowEvent:
    """A CloudEvent out of a row."""

    line: int
    body: JsonObject


@dataclass(slots=True)
class Translation:
    """Everything a file gives.

    `rows` are the hashes of the keys of all its rows, and `replaced` the ids of refused events that rows said last time
    and say otherwise now: what was refused about them before is settled by this file.
    """

    items: list[RowEvent | RowRefused]
    warnings: list[str]
    state: dict[bytes, Remembered]
    rows: set[bytes] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)


def translate(
    content: bytes,
    mapping: ExportMapping,
    last: State,
    key: bytes,
    now: datetime,
    refused: Collection[str] = frozenset(),
) -> Translation:
    """The events of an exported list. `key` is the secret for the hashes; `now` the time of rows that have none.

    `refused` are the ids of the source's events that were refused and have not been taken since.
    """
    result = Translation([], [], dict(last))
    listed: dict[bytes, _Said] = {}
    for row in read_rows(content, mapping):
        places = [_place(event, row.cells, mapping, key) for event in mapping.events]
        of_row = _hash(key, mapping.source, mapping.name, _row_key(row.cells, mapping))
        result.rows.add(of_row)
        try:
            refuse_moved(row)
            for event, at in zip(mapping.events, places, strict=True):
                before = last.get(at)
                old = None if before is None else _id(event, row.cells, mapping, before, key)
                opens_again = old in refused and before is not None and before.opened
                said, body = _event(event, row.cells, mapping, before, key, now, opens_again=opens_again)
                _refuse_contradiction(listed.get(at), said, mapping)
                if old in refused and old is not None and said != before:
                    result.replaced.add(old)
                listed[at] = _Said(row.line, said.values)
                result.state[at] = said
                if body is not None:
                    result.items.append(RowEvent(row.line, body))
        except CellError as error:
            raw = dumps(row.cells, ensure_ascii=False)
            result.items.append(RowRefused(row.line, (error.problem,), raw, of_row))
            listed = dict.fromkeys(places, _Said(row.line, None)) | listed
    vanished = len(last.keys() - listed.keys())
    if vanished:
        result.warnings.append(
            f"{vanished} statements of earlier lists are not in this one; nothing was closed."
            " Send their end as a row or an event."
        )
    return result


@dataclass(frozen=True, slots=True)
class _Said:
    """What an earlier row of the same list says; None when it was refused."""

    line: int
    values: bytes | None


def _refuse_contradiction(earlier: _Said | None, said: Remembered, mapping: ExportMapping) -> None:
    """Raise for a row with the key of an earlier one and other values: the list would change its mind every time."""
    if earlier is not None and earlier.values not in (None, said.values):
        raise CellError(mapping.key[0], "every row once in a list", f"other values than in line {earlier.line}")


def _place(event: MappedEvent, row: Mapping[str, str], mapping: ExportMapping, key: bytes) -> bytes:
    """Where is remembered what a row says about an event."""
    return _hash(key, mapping.source, mapping.name, event.name, _row_key(row, mapping))


def _row_key(row: Mapping[str, str], mapping: ExportMapping) -> list[str]:
    return [row.get(column, "") for column in mapping.key]


def _id(event: MappedEvent, row: Mapping[str, str], mapping: ExportMapping, said: Remembered, key: bytes) -> str:
    """The id of what was said."""
    of_row = _row_key(row, mapping)
    return _word(_hash(key, mapping.source, mapping.name, event.name, of_row, said.values.hex(), said.occurrence))


def _event(  # noqa: PLR0913 - a row, its mapping, its past, and how it is told
    event: MappedEvent,
    row: Mapping[str, str],
    mapping: ExportMapping,
    before: Remembered | None,
    key: bytes,
    now: datetime,
    *,
    opens_again: bool,
) -> tuple[Remembered, JsonObject | None]:
    """What is to be remembered of the row, and what it gives. `opens_again`: what opened it before was refused."""
    data = _data(event, row)
    values = _hash(key, data)
    if before is None:
        said = Remembered(values=values, occurrence=1, opened=True, time=_time(row, mapping, now))
    elif before.values == values:
        said = before
    else:
        again = before.occurrence + 1
        said = Remembered(values=values, occurrence=again, opened=opens_again, time=_time(row, mapping, now))
    name = event.name if said.opened else event.changed
    if name is None:
        return said, None
    body: JsonObject = {
        "specversion": "1.0",
        "id": _id(event, row, mapping, said, key),
        "source": mapping.source,
        "type": TYPE_PREFIX + name,
        "schemaversion": event.version if said.opened else 1,
        "time": said.time.isoformat(),
        "subject": _reference(row, mapping, key),
        "data": data,
    }
    return said, body


def _data(event: MappedEvent, row: Mapping[str, str]) -> JsonObject:
    data: JsonObject = {}
    for name, source in event.fields.items():
        value = value_of(source, row)
        if value is not None:
            data[name] = value
    if event.identifiers:
        data["identifiers"] = [
            {"type": kind, "value": row[column]} for column, kind in event.identifiers.items() if row.get(column)
        ]
    return data


def _time(row: Mapping[str, str], mapping: ExportMapping, now: datetime) -> datetime:
    if mapping.time_column is None:
        return now
    cell = row.get(mapping.time_column, "")
    try:
        local = datetime.strptime(cell, mapping.time_format)  # noqa: DTZ007 - Stockholm is put on below
        return (local if local.tzinfo else local.replace(tzinfo=STOCKHOLM)).astimezone(UTC)
    except (ValueError, OverflowError) as error:  # no instant, or one before the year 1
        raise CellError(mapping.time_column, mapping.time_format, f"{len(cell)} characters") from error


def _reference(row: Mapping[str, str], mapping: ExportMapping, key: bytes) -> str:
    """The agency's own reference, or a keyed hash of the number where the list has nothing better."""
    column = mapping.reference_column or mapping.reference_number or ""
    cell = row.get(column, "")
    if not cell:
        raise CellError(column, "a reference", "nothing")
    if mapping.reference_column is not None:
        return cell
    # A plus is a century, so another person; a hyphen is not.
    digits = "".join(character for character in cell if character.isalnum() or character == "+")
    return "n" + _word(_hash(key, mapping.source, digits))[:31]


def _hash(key: bytes, *parts: Json) -> bytes:
    said = dumps([part.hex() if isinstance(part, bytes) else part for part in parts], sort_keys=True)
    return hmac.digest(key, said.encode(), "sha256")[:16]


def _word(hashed: bytes) -> str:
    """Letters alone: ten of the digits of a hash can happen to be somebody's personnummer, and be refused as such."""
    return hashed.hex().translate(_LETTERS)
