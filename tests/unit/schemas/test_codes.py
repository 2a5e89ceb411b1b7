"""Code lists: well-formed files, validity dates, and the values that the rules rely on."""

from datetime import date

import pytest

from schemas import codes
from schemas.codes import CodeEntry
from schemas.days import is_valid


@pytest.mark.parametrize("code_list", codes.code_lists())
def test_every_code_has_titles_a_source_and_ordered_dates(code_list: str) -> None:
    wrong = [
        entry.code
        for entry in codes.entries(code_list).values()
        if not (entry.code and entry.title_sv and entry.title_en and entry.source)
        or (entry.valid_from or date.min) > (entry.valid_to or date.max)
        or len(entry.code) > 64
    ]

    assert wrong == []


def test_a_code_is_valid_on_its_first_and_last_day_and_not_outside() -> None:
    entry = codes.find("benefit_kind", "introduktionsersattning")
    assert entry is not None

    days = [date(2009, 1, 1), date(2010, 11, 30), date(2010, 12, 1)]

    assert [is_valid(entry, day) for day in days] == [True, True, False]


def test_a_code_without_dates_is_always_valid() -> None:
    entry = CodeEntry(code="x", title_sv="x", title_en="x", valid_from=None, valid_to=None, source="x")

    assert is_valid(entry, date(1900, 1, 1))


def test_an_unknown_code_is_not_found_and_is_its_own_title() -> None:
    assert (codes.find("programme", "astronaut"), codes.title("programme", "astronaut")) == (None, "astronaut")


def test_a_code_has_swedish_words() -> None:
    assert codes.title("purpose", "planning") == "Gemensam planering"


def test_a_list_that_does_not_exist_is_a_mistake_in_the_contract() -> None:
    with pytest.raises(FileNotFoundError):
        codes.entries("nowhere")


def test_the_large_lists_are_complete() -> None:
    sizes = {name: len(codes.entries(name)) for name in ("municipality", "country")}
    groups = [entry for entry in codes.entries("ssyk2012").values() if entry.source == "SCB"]

    assert (sizes, len(groups)) == ({"municipality": 290, "country": 250}, 429)


def test_codes_keep_their_leading_zeros() -> None:
    assert codes.title("municipality", "0180") == "Stockholm"


@pytest.mark.parametrize(
    ("code_list", "found", "expected"),
    [
        ("protection", "hemlig", "one of none, sekretessmarkering, skyddad_folkbokforing"),
        ("municipality", "stockholm", "a code of the list municipality (docs/codes.md), such as 0180"),
        ("municipality", "9999", "a code of the list municipality (docs/codes.md)"),
    ],
)
def test_a_sender_is_told_which_codes_there_are(code_list: str, found: str, expected: str) -> None:
    assert codes.expected(code_list, found) == expected
