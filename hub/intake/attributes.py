"""The attributes of a CloudEvent: present, well-formed, and free of personal numbers (SURFACE 4, RULES-TIMELINE 11).

Hand-written instead of a pydantic model, because every fault has a reason code and a pointer of its own.
"""

import re
from datetime import UTC, datetime, timedelta

from hub.intake.reading import json_type
from hub.intake.strict_json import escape
from hub.intake.telling import tellable_name
from hub.personal_numbers import holds_personal_number
from schemas.event_type import Json, JsonObject
from schemas.lean import lean
from schemas.reasons import problem
from schemas.receipts import Problem

REQUIRED = ("id", "schemaversion", "source", "specversion", "subject", "time", "type")
OPTIONAL_TEXTS = ("correlationid", "causationid", "legalbasis", "purpose", "orgunit")
KNOWN = frozenset((*REQUIRED, *OPTIONAL_TEXTS, "sequence", "datacontenttype", "dataschema", "data"))
MAX_TEXT = {"id": 256, "source": 256, "subject": 128, "type": 256}
MAX_OPTIONAL_TEXT = 512
_LIMITS = (*MAX_TEXT.items(), *((name, MAX_OPTIONAL_TEXT) for name in OPTIONAL_TEXTS))
FUTURE_TOLERANCE = timedelta(minutes=5)
_NOT_TEXTS = ("dataschema", "schemaversion", "sequence")
_PLACES = {"id": "personal_number_in_id", "subject": "personal_number_in_subject"}
_NOT_REPEATED = "a personal number (not repeated)"

_NAME = re.compile(r"[a-z0-9]+")
_DIGITS = re.compile(r"[0-9]{1,16}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?([Zz]|[+-]\d{2}:\d{2})?")
_MAYBE_NUMBER = re.compile(r"\d{6}[-+]?\d{2}")
_MEDIA_TYPE = re.compile(r"application/json(?:\s*;\s*charset=utf-8)?", re.IGNORECASE)


@lean(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Well-formed attributes. `time` is UTC."""

    id: str
    source: str
    type: str
    version: int
    time: datetime
    subject: str
    sequence: int | None
    texts: dict[str, str]
    notices: tuple[Problem, ...]


def read_attributes(body: JsonObject, now: datetime) -> Attributes | tuple[Problem, ...]:
    """The attributes, or everything that is wrong with them, by pointer."""
    problems: list[Problem] = []
    texts = _texts(body, problems)
    _specversion(body, problems)
    version = _whole_number(body, "schemaversion", problems)
    sequence = _whole_number(body, "sequence", problems)
    time = _time(body, now, problems)
    if "datacontenttype" in body and not _is_json_type(body["datacontenttype"]):
        problems.append(_invalid("datacontenttype", body["datacontenttype"]))
    other = body.keys() - KNOWN
    notices = _other_names(other, problems) if other else ()
    problems += _personal_numbers(body, other, texts)
    if problems or time is None or version is None:
        return tuple(sorted(problems, key=lambda found: found.pointer or ""))
    return Attributes(
        id=texts.pop("id"),
        source=texts.pop("source"),
        type=texts.pop("type"),
        version=version,
        time=time,
        subject=texts.pop("subject"),
        sequence=sequence,
        texts=texts,
        notices=notices,
    )


def readable_text(body: JsonObject | None, name: str) -> str | None:
    """An attribute as far as it can be told to the sender: a sound text without a personal number, or None."""
    value = body.get(name) if body else None
    limit = MAX_TEXT.get(name, MAX_OPTIONAL_TEXT)
    sound = isinstance(value, str) and 0 < len(value) <= limit and not _CONTROL.search(value)
    if not sound or not isinstance(value, str) or holds_personal_number(value):
        return None
    return value if value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value) else None


def readable_sequence(body: JsonObject | None) -> int | None:
    """The sequence number of a delivery that was refused for something else, or None; never a personal number."""
    number = _whole_number(body or {}, "sequence", [])
    return None if number is not None and holds_personal_number(str(number)) else number


def _texts(body: JsonObject, problems: list[Problem]) -> dict[str, str]:
    """The attributes that are texts, required and optional."""
    texts: dict[str, str] = {}
    for name, limit in _LIMITS:
        value = body.get(name)
        if value is None:
            if name in MAX_TEXT:
                problems.append(problem("attribute_missing", f"/{name}", found="nothing"))
        elif isinstance(value, str) and 0 < len(value) <= limit and (value.isprintable() or not _CONTROL.search(value)):
            texts[name] = value
        else:
            problems.append(_invalid(name, value))
    return texts


def _specversion(body: JsonObject, problems: list[Problem]) -> None:
    value = body.get("specversion")
    if value is None:
        problems.append(problem("attribute_missing", "/specversion", found="nothing"))
    elif value != "1.0":
        found = value if isinstance(value, str) and _version_like(value) else json_type(value)
        problems.append(problem("specversion_unsupported", "/specversion", found=found))


def _version_like(value: str) -> bool:
    return re.fullmatch(r"[0-9.]{1,8}", value) is not None


def _whole_number(body: JsonObject, name: str, problems: list[Problem]) -> int | None:
    """A whole number, written as a number or (binary mode, CloudEvents sequence) as digits."""
    value = body.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return int(value)
    if value is not None:
        problems.append(_invalid(name, value))
    elif name in REQUIRED:
        problems.append(problem("attribute_missing", f"/{name}", found="nothing"))
    return None


def _time(body: JsonObject, now: datetime, problems: list[Problem]) -> datetime | None:
    value = body.get("time")
    if value is None:
        problems.append(problem("attribute_missing", "/time", found="nothing"))
        return None
    form = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    try:
        time = datetime.fromisoformat(value.upper()) if form else None
        if time is not None and form and form[1]:
            time = time.astimezone(UTC)
    except (ValueError, OverflowError):
        time = None
    if time is None:
        found = f"{len(value)} characters" if isinstance(value, str) else json_type(value)
        problems.append(problem("time_invalid", "/time", found=found))
        return None
    if time.tzinfo is None:
        problems.append(problem("time_without_offset", "/time", found="a local time"))
        return None
    if time > now + FUTURE_TOLERANCE:
        minutes = int((time - now).total_seconds() // 60)
        problems.append(problem("time_in_future", "/time", found=f"{minutes} minutes ahead"))
    return time


def _is_json_type(value: Json) -> bool:
    return value is None or (isinstance(value, str) and _MEDIA_TYPE.fullmatch(value) is not None)


def _other_names(other: set[str], problems: list[Problem]) -> tuple[Problem, ...]:
    """Illegal names are problems; legal ones that the contract does not know are notices."""
    notices: list[Problem] = []
    for name in sorted(other):
        if _NAME.fullmatch(name):
            notices.append(problem("attribute_ignored", f"/{name}", found=tellable_name(name)))
        else:
            problems.append(problem("attribute_name_invalid", f"/{escape(name)}", found=f"{len(name)} characters"))
    return tuple(notices)


def _personal_numbers(body: JsonObject, other: set[str], texts: dict[str, str]) -> list[Problem]:
    """Personal numbers in any attribute but `time`, and in the names of unknown ones; they belong in `data` alone."""
    not_texts = [name for name in (*_NOT_TEXTS, *other) if name in body]
    if not _MAYBE_NUMBER.search("\n".join([*texts.values(), *other, *[str(body[name]) for name in not_texts]])):
        return []
    stated = {**texts, **{name: str(body[name]) for name in not_texts}}
    return [
        problem(_PLACES.get(name, "personal_number_in_attribute"), f"/{escape(name)}", found=_NOT_REPEATED)
        for name, value in stated.items()
        if holds_personal_number(value) or holds_personal_number(name)
    ]


def _invalid(name: str, value: Json) -> Problem:
    length = f", {len(value)} characters" if isinstance(value, str) else ""
    return problem("attribute_invalid", f"/{name}", found=json_type(value) + length)
