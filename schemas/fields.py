"""The kinds of value that fields of the contract have: texts, keys, days, numbers, weekly times, codes.

Everything here is checked by pydantic in strict JSON mode. What has a reason code of its own (codes, period order,
check digits) is only marked here and checked by the front door, so that the answer can say more than "invalid".
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from schemas.event_type import Code

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
WEEK_TIME_PATTERN: Final = rf"^(?:{'|'.join(DAYS)})(?:-(?:{'|'.join(DAYS)}))? {_CLOCK}-(?:{_CLOCK}|24:00)$"
_AGENCY_PATTERN: Final = r"^[a-z][a-z0-9_]{1,31}$"
_DAY_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_INSTANT_PATTERN: Final = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})$"
)
FORMS: Final = MappingProxyType(
    {
        WEEK_TIME_PATTERN: "days and times of a week, as mon-thu 08:30-12:15",
        _AGENCY_PATTERN: "an organisation's code: 2 to 32 of a-z, 0-9 and _, a letter first",
        _DAY_PATTERN: "a day, as 2026-03-31",
        _INSTANT_PATTERN: "an instant with offset, as 2026-03-31T08:30:00+02:00",
    }
)
"""What a text of these patterns is, in words."""


class NotOfTheFormError(ValueError):
    """A text has the pattern of its field and still cannot be one; the message says what was expected, never what was found."""


@dataclass(frozen=True, slots=True)
class OrganisationNumber:
    """Marks a text field that must be a Swedish organisation number (never a sole trader's personal number)."""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """Marks a field that holds a day, so that the starts and ends of periods can be found."""


def _calendar_day(text: str) -> str:
    """A day that exists. Pydantic's own date would also take a count of seconds in quotes."""
    try:
        date.fromisoformat(text)
    except ValueError as error:
        message = "a day that exists"
        raise NotOfTheFormError(message) from error
    return text


def _instant(text: str) -> str:
    """An instant that exists in UTC too: one that is before the year 1 there could be kept and not be read back."""
    try:
        datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = "an instant that exists, from year 1 to 9999 in UTC"
        raise NotOfTheFormError(message) from error
    return text


def _week_time(text: str) -> str:
    """Days in the order of the week and a start before its end; both cannot be said by a pattern."""
    days, clock = text.split(" ")
    first, _, last = days.partition("-")
    start, _, end = clock.partition("-")
    if DAYS.index(first) > DAYS.index(last or first) or start >= end:
        message = "days in the order of the week and a start before the end"
        raise NotOfTheFormError(message)
    return text


Key = Annotated[str, StringConstraints(min_length=1, max_length=128)]
"""A sender's own name for a thing. Unique per source, participant and kind."""
LineName = Annotated[str, StringConstraints(min_length=1, max_length=400)]
"""A line as any agency can name it: the sender's own key, `SOURCE#KEY` for another's, or the joint line's id."""
Label = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""A name or heading of one line."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=300_000)]
"""Free text; the limit that bites is 256 KiB for the whole event."""
CodeText = Annotated[str, StringConstraints(min_length=1, max_length=64)]
AgencyCode = Annotated[str, StringConstraints(pattern=_AGENCY_PATTERN)]
"""Code of an organisation in the register. Organisations come and go (E23), so the form is fixed, not the list."""
Uri = Annotated[str, StringConstraints(min_length=1, max_length=256)]
OrgNumber = Annotated[str, StringConstraints(min_length=1, max_length=32), OrganisationNumber()]

Day = Annotated[
    str,
    StringConstraints(pattern=_DAY_PATTERN),
    AfterValidator(_calendar_day),
    CalendarDay(),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A day in Stockholm."""
Instant = Annotated[
    str,
    StringConstraints(pattern=_INSTANT_PATTERN),
    AfterValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""RFC 3339 with offset or Z."""
Start = Annotated[Day | None, Field(alias="from")]
"""First day of a period, inclusive."""
End = Day | None
"""Last day of a period, inclusive."""

WeekTime = Annotated[
    str,
    StringConstraints(pattern=WEEK_TIME_PATTERN),
    AfterValidator(_week_time),
]
"""`mon-thu 08:30-12:15`, Stockholm wall clock."""
Week = tuple[WeekTime, ...]
Number = Annotated[float, Field(allow_inf_nan=False)]
Hours = Annotated[float, Field(ge=0, le=168, allow_inf_nan=False)]
"""Hours a week."""
Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Whole = Annotated[
    float,
    Field(ge=0, le=1_000_000, multiple_of=1, allow_inf_nan=False),
    WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 1_000_000}),
]
"""A whole number in any JSON spelling: 15 and 15.0 are the same (RULES-TIMELINE 7)."""
Version = Annotated[
    float,
    Field(ge=1, le=1_000_000, multiple_of=1, allow_inf_nan=False),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1_000_000}),
]
"""The number of a participant's joint plan version."""
Module = Annotated[
    float, Field(ge=1, le=3, multiple_of=1), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 3})
]
"""Module 1, 2 or 3 of the individual process (D08 to D13)."""

Activity = Annotated[CodeText, Code("activity")]
Obligation = Annotated[CodeText, Code("obligation")]
Occupation = Annotated[CodeText, Code("ssyk2012")]
Municipality = Annotated[CodeText, Code("municipality")]
Language = Annotated[CodeText, Code("language")]
MappingDomain = Annotated[CodeText, Code("mapping_domain")]
MappingLevel = Annotated[CodeText, Code("mapping_level")]
Funding = Annotated[CodeText, Code("funding")]
Duty = Annotated[CodeText, Code("duty")]
