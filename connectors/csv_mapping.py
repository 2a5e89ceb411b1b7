"""A mapping file: how an agency that can only export a list says which column is which field (docs/sending.md)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.catalogue import lookup
from schemas.errors import Misconfigured

ENCODINGS = ("utf-8", "windows-1252")
DELIMITERS = (";", ",")


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
    reference = given.get("reference", {})
    time = given.get("time", {})
    mapping = ExportMapping(
        name=_text(given, "name", where),
        source=_text(given, "source", where),
        encoding=_one_of(given, "encoding", ENCODINGS, where),
        delimiter=_one_of(given, "delimiter", DELIMITERS, where),
        key=tuple(given.get("key", ())),
        reference_column=reference.get("column"),
        reference_number=reference.get("number"),
        time_column=time.get("column"),
        time_format=time.get("format", "%Y-%m-%d"),
        events=tuple(
            _event(event, f"{where} [[event]] {place}") for place, event in enumerate(given.get("event", ()), 1)
        ),
    )
    if not mapping.key:
        raise _wrong(where, "key", "the columns that name a row", "nothing")
    if (mapping.reference_column is None) == (mapping.reference_number is None):
        raise _wrong(where, "reference", "either column or number", "both or neither")
    if not mapping.events:
        raise _wrong(where, "event", "at least one [[event]]", "none")
    return mapping


def _event(given: Mapping[str, Any], where: str) -> MappedEvent:
    name, version = _text(given, "type", where), int(given.get("version", 1))
    if lookup(name, version) is None:
        raise _wrong(where, "type", "a type of the contract at a version it has", f"{name} version {version}")
    changed = given.get("changed")
    if changed is not None and lookup(changed, 1) is None:
        raise _wrong(where, "changed", "a type of the contract", str(changed))
    return MappedEvent(
        name=name,
        version=version,
        changed=changed,
        fields={
            field_name: _field(source, f"{where} fields.{field_name}")
            for field_name, source in given.get("fields", {}).items()
        },
        identifiers=given.get("identifiers", {}),
    )


def _field(given: Any, where: str) -> Field:  # TOML gives anything
    if not isinstance(given, dict):
        return Field(value=given)
    unknown = given.keys() - {"column", "value", "codes", "date", "decimal", "many"}
    if unknown or ("column" in given) == ("value" in given):
        raise _wrong(where, "field", "column or value, with codes, date, decimal or many", ", ".join(sorted(given)))
    return Field(**given)


def _text(given: Mapping[str, Any], name: str, where: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise _wrong(where, name, "a text", "nothing" if value is None else type(value).__name__)
    return value


def _one_of(given: Mapping[str, Any], name: str, allowed: tuple[str, ...], where: str) -> str:
    value = given.get(name)
    if value not in allowed:
        raise _wrong(where, name, " or ".join(allowed), str(value))
    return str(value)


def _wrong(where: str, name: str, expected: str, found: str) -> Misconfigured:
    return Misconfigured(f"{where}: expected {expected} for {name}, found {found}")
