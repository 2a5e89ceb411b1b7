"""Periods of inclusive days: what a day lies in, and what two of them share."""

from datetime import date
from typing import Protocol


class Period(Protocol):
    """From a first to a last day, None: without end; a last day before the first: no day at all."""

    @property
    def from_(self) -> date: ...
    @property
    def to(self) -> date | None: ...


def holds(period: Period, day: date) -> bool:
    """Whether a day lies in it."""
    return period.from_ <= day and (period.to is None or day <= period.to)


def shared_period(one: Period, other: Period) -> tuple[date, date | None]:
    """First and last day of both; the last may lie before the first: they share none."""
    ends = [end for end in (one.to, other.to) if end is not None]
    return max(one.from_, other.from_), min(ends, default=None)


def last_shared(one: Period, other: Period, day: date) -> tuple[bool, date | None]:
    """Whether they share a day on or after `day`, and until which day that can be said."""
    first, last = shared_period(one, other)
    return last is None or (last >= first and last >= day), last
