"""Test numbers: published, handed out once, and fitting whoever gets them."""

import re
from datetime import date

from hub.synth.numbers import TestNumbers, born_on, lma_number, sex_of
from tests.integration.published_numbers import coordination_numbers, personal_numbers

PUBLISHED = set(personal_numbers(12_000))


def test_numbers_fit_the_sex_and_the_years_and_are_handed_out_once() -> None:
    numbers = TestNumbers()
    asked = [
        (sex, years)
        for years in (range(2002, 2009), range(1992, 2002), range(1992, 1995))
        for sex in ("female", "male")
    ]

    given = [(numbers.personal(sex, years), sex, years) for _ in range(150) for sex, years in asked]

    assert [number for number, sex, years in given if sex_of(number) != sex or born_on(number).year not in years] == []
    assert len({number for number, *_ in given}) == len(given)
    assert {number for number, *_ in given} <= PUBLISHED


def test_when_those_that_fit_have_run_out_others_are_given_and_each_still_once() -> None:
    numbers = TestNumbers()
    few = sum(number.startswith("1973") and sex_of(number) == "male" for number in PUBLISHED)

    given = [numbers.personal("male", range(1973, 1974)) for _ in range(few + 5)]
    later = [numbers.personal("female", range(1962, 2009)) for _ in range(50)]

    assert [born_on(number).year == 1973 for number in given] == [True] * few + [False] * 5
    assert len({*given, *later}) == few + 55


def test_coordination_numbers_fit_the_sex_and_run_out() -> None:
    numbers = TestNumbers()
    women = [numbers.coordination("female") for _ in range(691)]
    known = [number for number in coordination_numbers(690) if sex_of(number) == "female"]

    assert women == known + [None] * (691 - len(known))
    assert numbers.coordination("male") is not None


def test_a_number_says_when_somebody_was_born_and_the_sex() -> None:
    assert (born_on("199309202399"), sex_of("199309202399"), sex_of("199808022385")) == (
        date(1993, 9, 20),
        "male",
        "female",
    )


def test_lma_numbers_are_all_different_and_of_the_form_of_the_cards() -> None:
    listed = [lma_number(number) for number in (0, 1, 999_999, 1_000_000)]

    assert listed == ["60-000000", "60-000001", "60-999999", "61-000000"]
    assert all(re.fullmatch(r"\d\d-\d{6}", number) for number in listed)
