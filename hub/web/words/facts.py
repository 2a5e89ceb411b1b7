"""The content of events in Swedish: what each field is called and what its codes mean, whatever the type."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import schemas
from hub.personal_numbers import REDACTED, redacted
from hub.web.words import swedish
from schemas import codes
from schemas.catalogue import code_paths, latest
from schemas.event_type import Json, JsonObject
from schemas.paths import LIST

_TITLES = Path(schemas.__file__).parent / "data" / "fields.csv"
_TECHNICAL = frozenset(("key", "line", "after", "part_of", "reuse_of", "activity_key"))
_AGENCIES = frozenset(("responsible", "from_agency", "recipients", "agency"))
_MASKED = "••••"

CodeLists = Mapping[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One field in words; a list of things is shown as rows."""

    label: str
    value: str
    rows: tuple[str, ...] = ()


def code_lists(names: Iterable[str]) -> CodeLists:
    """Which fields of these event types hold codes, by path without list marks."""
    found: dict[tuple[str, ...], str] = {}
    for name in names:
        event_type = latest(name)
        for each in code_paths(event_type) if event_type else ():
            path = tuple(step for step in each.path if step not in (LIST, "replacement"))
            found[path] = each.code_list
    return found


def facts_of(content: JsonObject, lists: CodeLists, near: date) -> list[Fact]:
    """Every field that says something to a person, in the order of the contract's titles."""
    return [
        _fact(name, content[name], lists, near)
        for name in sorted(content, key=lambda name: list(_titles()).index(name) if name in _titles() else 999)
        if name not in _TECHNICAL and content[name] not in (None, [], "")
    ]


def value_text(path: tuple[str, ...], value: Json, lists: CodeLists, near: date) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, (int, float)):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, list):
        return ", ".join(value_text(path, each, lists, near) for each in value)
    if isinstance(value, dict):
        return _row(path, value, lists, near)
    text = str(value)
    if path in lists:
        return codes.title(lists[path], text)
    if path[-1] in _AGENCIES:
        return codes.title("agency", text)
    if path[-1] == "week":
        return swedish.week(text)
    day = swedish.read_day(text)
    return swedish.short_day(day, near) if day else text


def masked(number: str) -> str:
    """`19860314-2384` as `19860314-••••`: the date alone."""
    digits = number.strip().replace("+", "-")
    head = digits.partition("-")[0] if "-" in digits else digits[: -len(_MASKED)]
    return f"{head}-{_MASKED}"


def field_title(name: str) -> str:
    """The Swedish title of a field."""
    return _titles().get(name, name.replace("_", " ").capitalize())


def _fact(name: str, value: Json, lists: CodeLists, near: date) -> Fact:
    if name == "identifiers":
        shown = [f"{value_text((name, 'type'), each['type'], lists, near)} {masked(each['value'])}" for each in value]
        return Fact(field_title(name), ", ".join(shown))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return Fact(field_title(name), "", tuple(_row((name,), each, lists, near) for each in value))
    said = redacted(value_text((name,), value, lists, near)).replace(REDACTED, "[personnummer]")
    return Fact(field_title(name), said)


def _row(path: tuple[str, ...], row: JsonObject, lists: CodeLists, near: date) -> str:
    """`Sfi studieväg 1, kurs B: mån–tors 08.30–12.15, 15 timmar per vecka, 13 okt – 12 mar 2027`."""
    named = row.get("label") or row.get("course") or row.get("activity") or row.get("type") or row.get("name")
    head = (
        str(named)
        if row.get("label") or named is None
        else value_text((*path, _key_of(row, named)), named, lists, near)
    )
    parts: list[str] = []
    if row.get("week"):
        parts.append(value_text((*path, "week"), row["week"], lists, near))
    if row.get("hours") is not None:
        parts.append(f"{value_text((*path, 'hours'), row['hours'], lists, near)} timmar i veckan")
    when = swedish.period(swedish.read_day(row.get("from")), swedish.read_day(row.get("to")), near)
    parts += [when] if when else []
    used = {"label", "week", "hours", "from", "to", _key_of(row, named)}
    parts += [
        f"{field_title(name).lower()} {value_text((*path, name), value, lists, near)}"
        for name, value in row.items()
        if name not in used and name not in _TECHNICAL and value not in (None, [], "")
    ]
    said = ", ".join(parts)
    return head if not said else said if named is None else f"{head}: {said}"


def _key_of(row: JsonObject, value: Json) -> str:
    return next((name for name in ("label", "course", "activity", "type", "name") if row.get(name) == value), "")


@cache
def _titles() -> Mapping[str, str]:
    with _TITLES.open(encoding="utf-8", newline="") as lines:
        return {row["field"]: row["title_sv"] for row in csv.DictReader(lines)}
