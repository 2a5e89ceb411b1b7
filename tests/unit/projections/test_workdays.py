"""Swedish working days around the red days that move and those that do not."""

from datetime import date, timedelta

import pytest

from projections.joint_plan.workdays import is_red, is_working_day, working_days_after, working_days_between

RED_2026 = (
    "2026-01-01 2026-01-06 2026-04-03 2026-04-05 2026-04-06 2026-05-01 2026-05-14 2026-05-24 2026-06-06 2026-06-19"
    " 2026-06-20 2026-10-31 2026-12-24 2026-12-25 2026-12-26 2026-12-31"
).split()


def test_the_red_days_of_2026_are_the_public_ones_and_three_eves() -> None:
    days = (date(2026, 1, 1) + timedelta(days=number) for number in range(365))

    assert [day.isoformat() for day in days if is_red(day)] == RED_2026


def test_a_sunday_is_no_red_day_and_no_working_day() -> None:
    sunday = date(2026, 11, 29)

    assert (is_red(sunday), is_working_day(sunday)) == (False, False)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 20), 5, date(2026, 11, 27)),
        (date(2026, 12, 21), 5, date(2026, 12, 30)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 6, 18), 1, date(2026, 6, 22)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_the_nth_working_day_after_a_day(day: date, count: int, expected: date) -> None:
    assert working_days_after(day, count) == expected


def test_working_days_between_two_days_count_both() -> None:
    assert working_days_between(date(2026, 9, 19), date(2026, 9, 23)) == 3
    assert working_days_between(date(2026, 12, 24), date(2026, 12, 27)) == 0
