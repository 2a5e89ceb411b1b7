"""Weekly times as minutes: what is shared, what is counted once, and which days they lie on."""

import pytest

from projections.joint_plan.weeks import common, hours, merged, spans, weekdays


def test_days_in_a_row_and_single_days_are_minutes_since_monday() -> None:
    assert spans(("mon-tue 08:30-12:15", "sun 23:00-24:00")) == ((510, 735), (1950, 2175), (10020, 10080))


def test_times_that_touch_are_one_and_count_once() -> None:
    assert spans(("fri 12:00-13:00", "fri 09:00-12:00", "fri 10:00-11:00")) == ((6300, 6540),)
    assert hours(spans(("fri 12:00-13:00", "fri 09:00-12:00", "fri 10:00-11:00"))) == 4


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (("mon 08:00-12:00",), ("mon 12:00-13:00",), ()),
        (("mon 08:00-12:00",), ("mon 11:59-13:00",), ((719, 720),)),
        (("mon-wed 08:00-09:00",), ("tue 08:30-10:00",), ((1950, 1980),)),
        (("mon 08:00-12:00",), ("tue 08:00-12:00",), ()),
    ],
)
def test_an_end_at_a_start_shares_no_minute(
    one: tuple[str, ...], other: tuple[str, ...], shared: tuple[tuple[int, int], ...]
) -> None:
    assert common(spans(one), spans(other)) == common(spans(other), spans(one)) == shared


def test_spans_lie_on_their_days_and_a_midnight_belongs_to_the_day_that_ends() -> None:
    assert weekdays(spans(("mon 08:00-09:00", "sun 22:00-24:00"))) == {0, 6}
    assert merged([(3, 5), (1, 2), (2, 4)]) == ((1, 5),)
