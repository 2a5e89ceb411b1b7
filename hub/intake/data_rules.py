"""Whether `data` keeps the contract: form first, then codes, identifiers and numbers, then what spans fields.

The form is checked by the pydantic models in one C-speed pass; what has a reason code of its own is answered with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hub.intake.expecting import expected_form
from hub.intake.hashing import Hasher
from hub.intake.numbers import NumberRefused, read_identifier, read_organisation_number
from hub.intake.outcomes import StatedIdentifier
from hub.intake.reading import json_type
from schemas import codes
from schemas.catalogue import code_paths, lookup, organisation_numbers, periods, validator
from schemas.codes import CodeEntry
from schemas.days import is_valid
from schemas.event_type import EventType, Json, JsonObject
from schemas.paths import CodePath, Location, Path, PeriodPath, occurrences, pointer, value_at
from schemas.reasons import problem
from schemas.receipts import Problem

_SHOWN_CHARACTERS = 64
_SHOWN_DIGITS = 5  # a personnummer has at least ten
_OWN_REASON = {"extra_forbidden": "field_unknown", "missing": "field_missing"}


@dataclass(frozen=True, slots=True)
class IdentifiersRead:
    """The identifiers of a registration in normal form, and what is wrong with the others."""

    stated: tuple[StatedIdentifier, ...]
    problems: tuple[Problem, ...]


def form_problems(event_type: EventType, data: JsonObject, content: bytes) -> list[Problem]:
    """What the model of the type says about `content`, the JSON text of `data`."""
    try:
        validator(event_type).validate_json(content, strict=True)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        places = [fault["loc"] for fault in faults]
        return [_of_the_form(fault, data) for fault in faults if not _follows_from_others(fault, places)]
    return []


def code_problems(event_type: EventType, data: JsonObject) -> list[Problem]:
    """Codes that no list has, and numbers that are no organisation's."""
    found: list[Problem] = []
    for path, known in _checks(event_type).codes:
        for location, value in _at(path.path, data):
            if isinstance(value, str) and value not in known:
                expected = codes.expected(path.code_list, value[:_SHOWN_CHARACTERS])
                found.append(problem("code_unknown", pointer(location), found=_shown(value), expected=expected))
    for number_path in _checks(event_type).organisation_numbers:
        for location, value in _at(number_path, data):
            refused = read_organisation_number(value) if isinstance(value, str) else None
            if isinstance(refused, NumberRefused):
                found.append(problem(refused.reason, pointer(location), found=refused.found))
    return found


def spanning_problems(event_type: EventType, data: JsonObject, day: date) -> list[Problem]:
    """Periods that end before they start, and codes that were not valid on their day. Only for data of the right form."""
    found: list[Problem] = []
    for period in _checks(event_type).periods:
        for location, end in _at(period.end, data):
            start = value_at(period.start, location, data)
            if isinstance(start, str) and isinstance(end, str) and end < start:
                found.append(problem("period_reversed", pointer(location), found=f"{start} to {end}"))
    for path, known in _checks(event_type).dated_codes:
        for location, value in _at(path.path, data):
            entry = known.get(value) if isinstance(value, str) else None
            if entry is None or (entry.valid_from is None and entry.valid_to is None):
                continue
            start = value_at(path.start, location, data) if path.start else None
            if not is_valid(entry, date.fromisoformat(start) if isinstance(start, str) else day):
                days = f"{entry.code}, {entry.valid_from or '…'} to {entry.valid_to or '…'}"
                found.append(problem("code_not_valid_at_date", pointer(location), found=days))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checks:
    """What to look at in data of one type. `dated_codes`: only lists in which some code has a date."""

    codes: tuple[tuple[CodePath, Mapping[str, CodeEntry]], ...]
    dated_codes: tuple[tuple[CodePath, Mapping[str, CodeEntry]], ...]
    periods: tuple[PeriodPath, ...]
    organisation_numbers: tuple[Path, ...]


@cache
def _checks_of(name: str, version: int) -> _Checks:
    event_type = lookup(name, version)
    if event_type is None:
        return _Checks(codes=(), dated_codes=(), periods=(), organisation_numbers=())
    listed = tuple((path, codes.entries(path.code_list)) for path in code_paths(event_type))
    return _Checks(
        codes=listed,
        dated_codes=tuple(
            (path, known) for path, known in listed if any(code.valid_from or code.valid_to for code in known.values())
        ),
        periods=periods(event_type),
        organisation_numbers=organisation_numbers(event_type),
    )


def _checks(event_type: EventType) -> _Checks:
    return _checks_of(event_type.name, event_type.version)


def _at(path: Path, data: JsonObject) -> Iterable[tuple[Location, Json]]:
    """The values at a path; most paths are of one step or begin at a field that is not there."""
    value = data.get(path[0])
    if value is None:
        return ()
    return (((path[0],), value),) if len(path) == 1 else occurrences(path, data)


def read_identifiers(listed: Json, place: str, day: date, hasher: Hasher) -> IdentifiersRead:
    """The identifiers in `listed`, a list of `{type, value}`; `place` is its JSON pointer."""
    stated: list[StatedIdentifier] = []
    problems: list[Problem] = []
    for position, item in enumerate(listed if isinstance(listed, list) else ()):
        kind, value = (item.get("type"), item.get("value")) if isinstance(item, dict) else (None, None)
        if not isinstance(kind, str) or not isinstance(value, str):
            continue
        read = read_identifier(kind, value, day)
        if isinstance(read, NumberRefused):
            problems.append(problem(read.reason, f"{place}/{position}/value", found=read.found))
            continue
        index = (read.type, hasher.index(read.type, read.value))
        stated.append(StatedIdentifier(index=index, value=read.value, date_incomplete=read.date_incomplete))
    return IdentifiersRead(tuple(stated), tuple(problems))


def _follows_from_others(fault: ErrorDetails, places: Iterable[Location]) -> bool:
    """Pydantic calls a list too short when elements of it were wrong, because it does not count those."""
    place = fault["loc"]
    return fault["type"] == "too_short" and any(other[: len(place)] == place and other != place for other in places)


def _of_the_form(fault: ErrorDetails, data: JsonObject) -> Problem:
    location = fault["loc"]
    reason = _OWN_REASON.get(fault["type"], "field_invalid")
    value = _value(data, location)
    if location and location[-1] == "protection" and value is None:
        return problem("protection_missing", pointer(location), found="nothing")
    if reason == "field_missing":
        return problem(reason, pointer(location), found="nothing")
    if reason == "field_unknown":
        return problem(reason, pointer(location), found=_shown(str(location[-1])))
    length = f", {len(value)} characters" if isinstance(value, str) else ""
    expected = expected_form(fault["type"], fault.get("ctx", {}))
    return problem(reason, pointer(location), found=json_type(value) + length, expected=expected)


def _value(data: Json, location: tuple[int | str, ...]) -> Json:
    for step in location:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _shown(text: str) -> str:
    """A code or a field name as it may be repeated: short, and without digits that could be a person's number."""
    few_digits = sum(character.isdigit() for character in text) <= _SHOWN_DIGITS
    return text if len(text) <= _SHOWN_CHARACTERS and few_digits and text.isprintable() else f"{len(text)} characters"
