"""The notation of cases: how YAML's values and the cases' short names become what a sender writes (NOTATION.md)."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from schemas.catalogue import latest
from schemas.days import STOCKHOLM
from schemas.event_type import EventType, JsonObject

TODAY = date(2026, 11, 20)
"""A case's day when it names none."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SOURCE = "urn:samspar:source:"


class NotACaseError(Exception):
    """The file is not a case; the message says what was expected and found."""


def uri_of(source: str) -> str:
    """The registered name of a story's source."""
    return _SOURCE + source


def instant(value: object) -> datetime:
    """An instant of a case: Stockholm wall clock unless an offset is given; a date is its midnight. UTC."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        message = f"expected an instant or a date, found {value!r}"
        raise NotACaseError(message)
    return (moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)).astimezone(UTC)


def known_until(value: object) -> datetime:
    """The instant that a `known_at` means; a day is the whole day."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        value = date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return instant(datetime.combine(value, time.max))
    return instant(value)


def event_type_of(name: str) -> EventType:
    """The latest version of an event. Raises NotACaseError."""
    found = latest(name)
    if found is None:
        message = f"expected an event of the contract, found {name}"
        raise NotACaseError(message)
    return found


def plain(value: Any) -> Any:  # YAML gives anything
    """A value as JSON has it: dates are texts."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value


def identifiers(item: dict[str, Any]) -> list[JsonObject]:
    """The identifiers of a registration: a list of `{type: number}` in the notation."""
    return [{"type": kind, "value": str(value)} for each in item["identifiers"] for kind, value in each.items()]
