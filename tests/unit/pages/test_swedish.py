"""Days, periods, counts and weekly times as people say them."""

from datetime import UTC, date, datetime

import pytest

from hub.web.words import swedish

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (None, None, ""),
        (date(2026, 11, 2), None, "från 2 nov"),
        (None, date(2027, 3, 12), "till 12 mars 2027"),
        (date(2026, 11, 10), date(2026, 11, 10), "10 nov"),
        (date(2026, 4, 5), date(2026, 4, 11), "5–11 apr"),
        (date(2025, 4, 5), date(2025, 4, 11), "5–11 apr 2025"),
        (date(2026, 6, 1), date(2026, 12, 18), "1 juni – 18 dec"),
        (date(2025, 10, 24), date(2025, 11, 22), "24 okt – 22 nov 2025"),
        (date(2025, 12, 23), date(2026, 1, 21), "23 dec 2025 – 21 jan"),
    ],
)
def test_a_period_says_no_month_and_no_year_twice(begins: date | None, ends: date | None, said: str) -> None:
    assert swedish.period(begins, ends, TODAY) == said


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 11, 24, 8, 14, tzinfo=UTC), "09.14"),
        (datetime(2026, 11, 23, 16, 40, tzinfo=UTC), "i går 17.40"),
        (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), "i går"),
        (datetime(2026, 11, 3, 8, 14, tzinfo=UTC), "3 nov 09.14"),
        (datetime(2026, 6, 30, 22, 30, tzinfo=UTC), "1 juli 00.30"),
        (datetime(2025, 6, 30, 22, 0, tzinfo=UTC), "1 juli 2025"),
    ],
)
def test_a_moment_is_told_from_today_in_stockholm(instant: datetime, said: str) -> None:
    assert swedish.moment(instant, TODAY) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "I dag, tisdag 24 november"),
        (date(2026, 11, 23), "I går, måndag 23 november"),
        (date(2026, 11, 20), "Fredag 20 november"),
        (date(2025, 9, 15), "Måndag 15 september 2025"),
    ],
)
def test_a_heading_names_the_day(day: date, said: str) -> None:
    assert swedish.heading_day(day, TODAY) == said


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["mon-thu 08:30-12:15"], "mån–tors 08.30–12.15"),
        (["tue 09:00-12:00", "thu 09:00-12:00"], "tis och tors 09.00–12.00"),
        (["mon 09:00-12:00", "fri 13:00-16:00"], "mån 09.00–12.00, fre 13.00–16.00"),
        (["every other sat"], "every other sat"),
    ],
)
def test_weekly_times_with_the_same_hours_are_told_together(texts: list[str], said: str) -> None:
    assert swedish.weeks(texts) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "inga händelser"), (1, "en händelse"), (12, "tolv händelser"), (58205, "58\u202f205 händelser")],
)
def test_small_numbers_are_words(number: int, said: str) -> None:
    assert swedish.counted(number, "en händelse", "händelser") == said


def test_names_and_abbreviations_keep_their_capitals() -> None:
    assert [swedish.lower_first(text) for text in ("Styrkt", "LMA-nummer", "", "Å")] == [
        "styrkt",
        "LMA-nummer",
        "",
        "å",
    ]
    assert [swedish.possessive(name) for name in ("Amina", "Yonas", "Max")] == ["Aminas", "Yonas", "Max"]


@pytest.mark.parametrize(
    ("born", "years"), [(date(1986, 11, 24), 40), (date(1986, 11, 25), 39), (date(2024, 2, 29), 2)]
)
def test_an_age_is_in_whole_years(born: date, years: int) -> None:
    assert swedish.age(born, TODAY) == years
