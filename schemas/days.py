"""The days of the rules: Stockholm dates of instants (RULES-TIMELINE, its first lines), and whether something holds on one."""

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Dated(Protocol):
    """What holds from one day to another, both included; None is without limit."""

    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


def day_of(instant: datetime) -> date:
    """The Stockholm day of an instant."""
    return instant.astimezone(STOCKHOLM).date()


def read_day(value: object) -> date | None:
    """A day as the contract writes it, None where none is said. Expects text that was found to be a day."""
    return date.fromisoformat(value) if isinstance(value, str) else None


def is_valid(dated: Dated, day: date) -> bool:
    """Whether it holds on that day."""
    return (dated.valid_from or day) <= day <= (dated.valid_to or day)
