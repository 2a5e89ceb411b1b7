"""Days, times, periods, counts and weekly times as people say them in Swedish (UI.md)."""

import re
from datetime import date, datetime, timedelta

from schemas.days import STOCKHOLM, day_of

_MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()
_WEEKDAYS = "måndag tisdag onsdag torsdag fredag lördag söndag".split()
_SHORT_DAYS = {"mon": "mån", "tue": "tis", "wed": "ons", "thu": "tors", "fri": "fre", "sat": "lör", "sun": "sön"}
_NUMBERS = "inga en två tre fyra fem sex sju åtta nio tio elva tolv".split()
_WEEK = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})")


def clock(instant: datetime) -> str:
    """`08.41`, Stockholm time."""
    return f"{instant.astimezone(STOCKHOLM):%H.%M}"


def clock_or_nothing(instant: datetime) -> str:
    """The same; empty at midnight: a sender that knows only the day."""
    local = clock(instant)
    return "" if local == "00.00" else local


def machine_time(instant: datetime) -> str:
    """For the attribute `datetime`."""
    return instant.astimezone(STOCKHOLM).isoformat(timespec="minutes")


def long_day(day: date) -> str:
    """`14 mars 1986`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day(day: date, near: date) -> str:
    """`12 aug`, with the year when it is another than that of `near`."""
    month = _MONTHS[day.month - 1]
    short = month if len(month) <= len("juni") else month[:3]
    return f"{day.day} {short}" if day.year == near.year else f"{day.day} {short} {day.year}"


def weekday_day(day: date, near: date) -> str:
    """`fredag 18 december`, with the year when it is another than that of `near`."""
    named = f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return named if day.year == near.year else f"{named} {day.year}"


def heading_day(day: date, today: date) -> str:
    """`I dag, tisdag 24 november`, `Måndag 23 november`, with the year when it is another."""
    named = weekday_day(day, today)
    if day == today:
        return f"I dag, {named}"
    if day == today - timedelta(days=1):
        return f"I går, {named}"
    return named.capitalize()


def moment(instant: datetime, today: date) -> str:
    """`09.14` today, `i går 17.40`, else `3 nov 09.14`; without clock when the sender gave only the day."""
    day = day_of(instant)
    if day == today:
        return clock(instant)
    named = "i går" if day == today - timedelta(days=1) else short_day(day, today)
    return f"{named} {clock_or_nothing(instant)}".rstrip()


def long_moment(instant: datetime) -> str:
    """`24 november 2026 klockan 09.31`."""
    return f"{long_day(day_of(instant))} klockan {clock(instant)}"


def period(begins: date | None, ends: date | None, near: date) -> str:
    """`1 juni – 18 dec`, `5–11 apr`, `från 17 aug`, `till 18 dec`; empty when nothing is known."""
    if begins is None or ends is None:
        if begins is not None:
            return f"från {short_day(begins, near)}"
        return f"till {short_day(ends, near)}" if ends is not None else ""
    if begins == ends:
        return short_day(ends, near)
    if begins.year != ends.year:
        return f"{short_day(begins, near)} – {short_day(ends, near)}"
    if begins.month != ends.month:
        return f"{short_day(begins, begins)} – {short_day(ends, near)}"
    return f"{begins.day}–{short_day(ends, near)}"


def counted(number: int, one: str, many: str) -> str:
    """`inga händelser`, `en händelse`, `tolv händelser`, `64 händelser`; `one` brings its own article."""
    if number == 1:
        return one
    return f"{_NUMBERS[number] if number < len(_NUMBERS) else grouped(number)} {many}"


def grouped(number: int) -> str:
    """`58 205`, with a narrow space that does not break."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def listed(words: list[str]) -> str:
    """`a`, `a och b`, `a, b och c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} och {words[-1]}" if words else ""


def upper_first(text: str) -> str:
    """A sentence begins with a capital."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Inside a sentence; an abbreviation like LMA keeps its capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def possessive(name: str) -> str:
    """`Aminas`, `Yonas`."""
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def weeks(texts: list[str]) -> str:
    """`mon-thu 08:30-12:15` as `mån–tors 08.30–12.15`; days with the same hours together: `tis och tors 09.00–12.00`."""
    by_hours: dict[str, list[str]] = {}
    for text in texts:
        found = _WEEK.fullmatch(text)
        if found is None:
            by_hours.setdefault("", []).append(text)
            continue
        first, last, *times = found.groups()
        days = _SHORT_DAYS.get(first, first) + (f"–{_SHORT_DAYS.get(last, last)}" if last else "")
        by_hours.setdefault(f"{times[0]}.{times[1]}–{times[2]}.{times[3]}", []).append(days)
    return ", ".join(f"{listed(days)} {hours}".strip() for hours, days in by_hours.items())


def age(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def read_day(text: object) -> date | None:
    """A day of the contract, None when it is something else."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
