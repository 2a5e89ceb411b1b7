"""A mapping file: how an agency that can only export a list says which column is which field (docs/sending.md)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from schemas import codes
from schemas.catalogue import lookup
from schemas.errors import Misconfigured

ENCODINGS = ("utf-8", "windows-1252")
DELIMITERS = (";", ",")
DECIMAL_SIGNS = (",", ".")
_DAY_FORM = "%Y-%m-%d"
_KINDS = {str: "text", int: "number", float: "number", bool: "yes or no", list: "list", dict: "table", time: "time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Where a field's value comes from: a column, or always the same value.

    `codes` translates the agency's words, `date` is the agency's date form (strptime), `decimal` its decimal sign.
    An empty cell leaves the field out.
    """

    column: str | None = None
    value: Any = None  # whatever the contract takes
    codes: Mapping[str, str] = field(default_factory=dict)
    date: str | None = None
    decimal: str | None = None
    many: str | None = None
    """A separator: the cell holds several values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedEvent:
    """What a row says: `name` when the row is new, `changed` (None: nothing) when its values are others than last time."""

    name: str
    version: int
    changed: str | None
    fields: Mapping[str, Field]
    identifiers: Mapping[str, str] = field(default_factory=dict)
    """Column → type of identifier, for registrations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMapping:
    """A whole mapping file."""

    name: str
    source: str
    encoding: str
    delimiter: str
    key: tuple[str, ...]
    reference_column: str | None
    reference_number: str | None
    time_column: str | None
    time_format: str
    events: tuple[MappedEvent, ...]

    @property
    def columns(self) -> set[str]:
        """Every column that the file must have."""
        named = {self.reference_column, self.reference_number, self.time_column, *self.key}
        for event in self.events:
            named |= {source.column for source in event.fields.values()} | set(event.identifiers)
        return {column for column in named if column is not None}


def read_mapping(text: str, where: str) -> ExportMapping:
    """The mapping of a TOML text. Raises Misconfigured with what was expected and found at which place of `where`."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{where}: expected TOML, found {error}"
        raise Misconfigured(message) from error
    _only(given, ("name", "source", "encoding", "delimiter", "key", "reference", "time", "event"), where)
    reference, clock = _table(given, "reference", where), _table(given, "time", where)
    _only(reference, ("column", "number"), f"{where} [reference]")
    _only(clock, ("column", "format"), f"{where} [time]")
    if len(reference) != 1:
        raise _wrong(where, "reference", "either column or number", "both" if reference else "neither")
    return ExportMapping(
        name=_text(given, "name", where),
        source=_text(given, "source", where),
        encoding=_one_of(given, "encoding", ENCODINGS, where),
        delimiter=_one_of(given, "delimiter", DELIMITERS, where),
        key=_key(given.get("key"), where),
        reference_column=_optional_text(reference, "column", f"{where} [reference]"),
        reference_number=_optional_text(reference, "number", f"{where} [reference]"),
        time_column=_optional_text(clock, "column", f"{where} [time]"),
        time_format=_optional_text(clock, "format", f"{where} [time]") or _DAY_FORM,
        events=_events(given.get("event"), where),
    )


def _key(given: Any, where: str) -> tuple[str, ...]:  # TOML gives anything
    if not isinstance(given, list) or not given or not all(isinstance(column, str) and column for column in given):
        raise _wrong(where, "key", "a list of the columns that name a row", _kind(given))
    return tuple(given)


def _events(given: Any, where: str) -> tuple[MappedEvent, ...]:  # the same
    if not isinstance(given, list) or not given or not all(isinstance(event, dict) for event in given):
        raise _wrong(where, "event", "at least one [[event]]", _kind(given))
    events = tuple(_event(event, f"{where} [[event]] {place}") for place, event in enumerate(given, 1))
    names = [event.name for event in events]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise _wrong(where, "event", "every type once", f"{twice} twice")
    return events


def _event(given: Mapping[str, Any], where: str) -> MappedEvent:
    _only(given, ("type", "version", "changed", "fields", "identifiers"), where)
    name, version = _text(given, "type", where), given.get("version", 1)
    if type(version) is not int or lookup(name, version) is None:
        raise _wrong(where, "type", "a type of the contract at a version it has", f"{name} version {version}")
    changed = _optional_text(given, "changed", where)
    if changed is not None and lookup(changed, 1) is None:
        raise _wrong(where, "changed", "a type of the contract", changed)
    identifiers = _table(given, "identifiers", where)
    for column, kind in identifiers.items():
        if kind not in codes.entries("identifier_type"):
            known = " or ".join(codes.entries("identifier_type"))
            raise _wrong(where, f"identifiers.{column}", known, str(kind))
    return MappedEvent(
        name=name,
        version=version,
        changed=changed,
        fields={
            field_name: _field(source, f"{where} fields.{field_name}")
            for field_name, source in _table(given, "fields", where).items()
        },
        identifiers=identifiers,
    )


def _field(given: Any, where: str) -> Field:  # TOML gives anything
    listed = given if isinstance(given, dict) else {"value": given}
    unknown = listed.keys() - {"column", "value", "codes", "date", "decimal", "many"}
    if unknown or ("column" in listed) == ("value" in listed):
        raise _wrong(where, "field", "column or value, with codes, date, decimal or many", ", ".join(sorted(listed)))
    if isinstance(value := listed.get("value"), (date, time)):
        raise _wrong(where, "value", "a text, a number, true or false", f"{_kind(value)}; put it in quotes")
    translated = _table(listed, "codes", where)
    if not all(isinstance(code, str) for code in translated.values()):
        raise _wrong(where, "codes", "a text for every word", "another kind of value")
    return Field(
        column=_optional_text(listed, "column", where),
        value=value,
        codes=translated,
        date=_optional_text(listed, "date", where),
        decimal=_one_of(listed, "decimal", DECIMAL_SIGNS, where) if "decimal" in listed else None,
        many=_optional_text(listed, "many", where),
    )


def _only(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in given:
        if name not in known:
            raise _wrong(where, "the names in it", " or ".join(known), name)


def _table(given: Mapping[str, Any], name: str, where: str) -> Mapping[str, Any]:
    value = given.get(name, {})
    if not isinstance(value, dict):
        raise _wrong(where, name, "a table", _kind(value))
    return value


def _text(given: Mapping[str, Any], name: str, where: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise _wrong(where, name, "a text", _kind(value))
    return value


def _optional_text(given: Mapping[str, Any], name: str, where: str) -> str | None:
    return _text(given, name, where) if name in given else None


def _one_of(given: Mapping[str, Any], name: str, allowed: tuple[str, ...], where: str) -> str:
    value = given.get(name)
    if value not in allowed:
        raise _wrong(where, name, " or ".join(allowed), "nothing" if value is None else str(value))
    return str(value)


def _kind(value: Any) -> str:  # TOML gives anything
    """What was found, in words: nothing, an empty text, or the kind of value."""
    if value is None:
        return "nothing"
    return f"an empty {_KINDS[type(value)]}" if value in ("", [], {}) else f"a {_KINDS.get(type(value), 'day')}"


def _wrong(where: str, name: str, expected: str, found: str) -> Misconfigured:
    return Misconfigured(f"{where}: expected {expected} for {name}, found {found}")
