"""Days, times, periods, counts and weekly times as people say them in Swedish (UI.md)."""

import re
from datetime import date, datetime, timedelta

from projections.timeline.spells import STOCKHOLM, day_of

_MONTHS = "januari februari mars april maj juni juli augusti september oktober november december".split()
_WEEKDAYS = "måndag tisdag onsdag torsdag fredag lördag söndag".split()
_SHORT_DAYS = {"mon": "mån", "tue": "tis", "wed": "ons", "thu": "tors", "fri": "fre", "sat": "lör", "sun": "sön"}
_NUMBERS = "noll en två tre fyra fem sex sju åtta nio tio elva tolv".split()
_WEEK = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})")


def clock(instant: datetime) -> str:
    """`08.41`, Stockholm time."""
    return f"{instant.astimezone(STOCKHOLM):%H.%M}"


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


def heading_day(day: date, today: date) -> str:
    """`I dag, tisdag 24 november`, `Måndag 23 november`, with the year when it is another."""
    named = f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    if day.year != today.year:
        named += f" {day.year}"
    if day == today:
        return f"I dag, {named}"
    if day == today - timedelta(days=1):
        return f"I går, {named}"
    return named.capitalize()


def moment(instant: datetime, today: date) -> str:
    """`09.14` today, `i går 17.40`, else `3 nov 09.14`."""
    day = day_of(instant)
    if day == today:
        return clock(instant)
    if day == today - timedelta(days=1):
        return f"i går {clock(instant)}"
    return f"{short_day(day, today)} {clock(instant)}"


def period(begins: date | None, ends: date | None, near: date) -> str:
    """`1 jun – 18 dec`, `från 17 aug`, `till 18 dec`; empty when nothing is known."""
    if begins is not None and ends is not None:
        return short_day(begins, near) if begins == ends else f"{short_day(begins, near)} – {short_day(ends, near)}"
    if begins is not None:
        return f"från {short_day(begins, near)}"
    return f"till {short_day(ends, near)}" if ends is not None else ""


def counted(number: int, one: str, many: str) -> str:
    """`en händelse`, `tolv händelser`, `64 händelser`; `one` brings its own article."""
    if number == 1:
        return one
    return f"{_NUMBERS[number] if number < len(_NUMBERS) else grouped(number)} {many}"


def grouped(number: int) -> str:
    """`58 205`, with a narrow space that does not break."""
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def listed(words: list[str]) -> str:
    """`a`, `a och b`, `a, b och c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} och {words[-1]}" if words else ""


def possessive(name: str) -> str:
    """`Aminas`, `Yonas`."""
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def week(text: str) -> str:
    """`mon-thu 08:30-12:15` as `mån–tors 08.30–12.15`."""
    found = _WEEK.fullmatch(text)
    if found is None:
        return text
    first, last, *times = found.groups()
    days = _SHORT_DAYS.get(first, first) + (f"–{_SHORT_DAYS.get(last, last)}" if last else "")
    return f"{days} {times[0]}.{times[1]}–{times[2]}.{times[3]}"


def age(born: date, on: date) -> int:
    """Whole years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def read_day(text: object) -> date | None:
    """A day of the contract, None when it is something else."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
