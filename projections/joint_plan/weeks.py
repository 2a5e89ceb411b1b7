"""Weekly times as minutes since Monday 00:00, Stockholm wall clock: `mon-thu 08:30-12:15` (NOTATION.md, RULES C1)."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from schemas.fields import DAYS

Span = tuple[int, int]
"""First minute and the minute after the last, both counted from Monday 00:00."""
_DAY = 24 * 60
_HOUR = 60


@lru_cache(maxsize=4096)
def spans(week: tuple[str, ...]) -> tuple[Span, ...]:
    """The times of a week in order, those that touch or overlap made one. Expects texts of the contract's form."""
    return merged(span for text in week for span in _spans_of(text))


def merged(given: Iterable[Span]) -> tuple[Span, ...]:
    """Every minute once."""
    found: list[Span] = []
    for start, end in sorted(given):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return tuple(found)


def common(one: Sequence[Span], other: Sequence[Span]) -> tuple[Span, ...]:
    """The minutes of both; half-open, so an end at a start shares none."""
    found = ((max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other)
    return tuple((start, end) for start, end in found if start < end)


def hours(given: Iterable[Span]) -> float:
    """How long they are together."""
    return sum(end - start for start, end in given) / _HOUR


def weekdays(given: Iterable[Span]) -> frozenset[int]:
    """On which days they lie, Monday is 0. Expects spans that do not pass midnight, or do by merging."""
    return frozenset(day for start, end in given for day in range(start // _DAY, (end - 1) // _DAY + 1))


def _spans_of(text: str) -> list[Span]:
    days, clock = text.split(" ")
    first, _, last = days.partition("-")
    start, _, end = clock.partition("-")
    numbers = range(DAYS.index(first), DAYS.index(last or first) + 1)
    return [(day * _DAY + _minute(start), day * _DAY + _minute(end)) for day in numbers]


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * _HOUR + int(minute)
