"""Swedish working days: Monday to Friday that are no red day (RULES, its first lines)."""

from datetime import date, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
_FRIDAY = 4
_EVES = ((12, 24), (12, 31))


def is_red(day: date) -> bool:
    """A public holiday, midsommarafton, julafton or nyårsafton; a Sunday as such is not."""
    return day in _red_days(day.year)


def is_working_day(day: date) -> bool:
    """Whether offices are open."""
    return day.weekday() <= _FRIDAY and not is_red(day)


def next_working_day(day: date) -> date:
    """The day itself when it is one."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def last_working_day(day: date, first: date) -> date | None:
    """The last one up to a day and not before `first`."""
    while day >= first:
        if is_working_day(day):
            return day
        day -= ONE_DAY
    return None


@lru_cache(maxsize=65536)
def working_days_after(day: date, count: int) -> date:
    """The `count`-th working day after a day: wd(x, n) of the rules."""
    for _ in range(count):
        day = next_working_day(day + ONE_DAY)
    return day


def working_days_between(first: date, last: date) -> int:
    """How many there are from `first` to `last`, both counted."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return sum(is_working_day(day) for day in days)


@lru_cache(maxsize=512)
def _red_days(year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415  # 60 ms that a command without a plan need not wait for

    public = country_holidays("SE", years=year, include_sundays=False)
    midsummer = next(day for day in (date(year, 6, number) for number in range(19, 26)) if day.weekday() == _FRIDAY)
    return frozenset({*public, midsummer, *(date(year, month, number) for month, number in _EVES)})
