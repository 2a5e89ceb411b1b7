"""Numbers of people and organisations: every spelling, the order of the tests, and what is said of a wrong one.

Numbers that must be right are Skatteverket's published test numbers; the wrong ones are made from them.
"""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.numbers import (
    IDENTIFIER_TYPES,
    Identifier,
    NumberRefused,
    read_identifier,
    read_organisation_number,
)
from tests.integration.published_numbers import coordination_numbers, personal_numbers

ON = date(2026, 11, 20)
NUMBER = "199309202399"
COORDINATION = "199403892384"


def read(identifier_type: str, text: str, on: date = ON) -> str:
    """The normal form, marked when its date is incomplete, or the reason."""
    found = read_identifier(identifier_type, text, on)
    if isinstance(found, NumberRefused):
        return found.reason
    return found.value + (" incomplete" if found.date_incomplete else "")


def with_check_digit(eleven: str) -> str:
    """Eleven digits and the one that Luhn wants; never the number of a real person in these tests."""
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(eleven[2:]))
    return f"{eleven}{-total % 10}"


@pytest.mark.parametrize(
    "spelling", ["199309202399", "19930920-2399", "930920-2399", "  930920-2399\t", "\n199309202399 "]
)
def test_every_spelling_of_a_personal_number_is_one_number(spelling: str) -> None:
    assert read_identifier("personal_number", spelling, ON) == Identifier(type="personal_number", value=NUMBER)


@pytest.mark.parametrize("spelling", ["199403892384", "19940389-2384", "940389-2384", " 940389-2384 "])
def test_every_spelling_of_a_coordination_number_is_one_number(spelling: str) -> None:
    assert read("coordination_number", spelling) == COORDINATION


@pytest.mark.parametrize(
    ("spelling", "on", "value"),
    [
        ("930920-2399", date(2026, 1, 1), "199309202399"),
        ("930920-2399", date(1993, 12, 31), "199309202399"),
        ("930920+2399", date(2026, 1, 1), "189309202399"),
        ("070317-2395", date(2026, 1, 1), "200703172395"),
        ("070317-2395", date(2007, 3, 17), "200703172395"),
        ("070317-2395", date(2006, 12, 31), "190703172395"),
        ("070317+2395", date(2026, 1, 1), "190703172395"),
        ("940389+2384", date(2026, 1, 1), "189403892384"),
    ],
)
def test_a_hyphen_is_the_latest_year_up_to_that_of_the_event_and_a_plus_a_hundred_before(
    spelling: str, on: date, value: str
) -> None:
    assert read("coordination_number" if value.endswith("892384") else "personal_number", spelling, on) == value


def test_ten_digits_without_a_sign_are_ambiguous_whatever_they_are() -> None:
    asked = [read(kind, "9309202399") for kind in ("personal_number", "coordination_number")]

    assert asked == ["personal_number_ambiguous"] * 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1993-09-20-2399",
        "19930920+2399",
        "930920 2399",
        "19930920239",
        "1993092023991",
        "93O920-2399",
        "١٩٩٣٠٩٢٠٢٣٩٩",
        "SE930920-2399",
        "930920–2399",
    ],
)
@pytest.mark.parametrize("kind", ["personal_number", "coordination_number"])
def test_what_has_no_such_form_is_invalid(kind: str, text: str) -> None:
    assert read(kind, text) == "identifier_invalid"


@pytest.mark.parametrize("place", range(2, 12))
def test_one_wrong_digit_in_the_ten_is_a_wrong_check_digit(place: int) -> None:
    wrong = NUMBER[:place] + str((int(NUMBER[place]) + 1) % 10) + NUMBER[place + 1 :]

    assert read("personal_number", wrong) == "personal_number_checksum"


def test_form_comes_before_check_digit_before_type_before_date() -> None:
    bad_form, bad_digit = "9309202398", "19940389-2385"
    bad_type, bad_date = with_check_digit("19931380238"), with_check_digit("19931332238")

    assert [read("personal_number", text) for text in (bad_form, bad_digit, bad_type, bad_date)] == [
        "personal_number_ambiguous",
        "personal_number_checksum",
        "identifier_type_mismatch",
        "personal_number_date",
    ]


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("personal_number", COORDINATION, "looks like coordination number"),
        ("coordination_number", NUMBER, "looks like personal number"),
        ("personal_number", "212000-0142", "looks like organisation number"),
        ("personal_number", "162120000142", "looks like organisation number"),
        ("coordination_number", "212000-0142", "looks like organisation number"),
    ],
)
def test_a_number_of_another_type_is_told_so(kind: str, text: str, found: str) -> None:
    assert read_identifier(kind, text, ON) == NumberRefused("identifier_type_mismatch", found)


def test_nobody_is_born_after_the_day_of_the_event() -> None:
    born = date(1993, 9, 20)

    assert [read("personal_number", NUMBER, day) for day in (born, date(1993, 9, 19))] == [
        NUMBER,
        "personal_number_date",
    ]
    assert read_identifier("personal_number", NUMBER, date(1993, 9, 19)) == NumberRefused(
        "personal_number_date", "a later date"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("197800882396", "197800882396 incomplete"),
        ("198000602394", "198000602394 incomplete"),
        ("780088-2396", "197800882396 incomplete"),
        ("200302912381", "200302912381 incomplete"),
        ("199611912388", "199611912388 incomplete"),
        (COORDINATION, COORDINATION),
    ],
)
def test_a_coordination_number_without_a_real_birth_date_is_accepted_and_marked(text: str, value: str) -> None:
    assert read("coordination_number", text) == value


@pytest.mark.parametrize("eleven", ["19941389238", "19941861238", "19949989238"])
def test_no_coordination_number_has_a_month_after_december(eleven: str) -> None:
    assert read("coordination_number", with_check_digit(eleven)) == "personal_number_date"


def test_an_incomplete_date_is_not_after_the_day_of_the_event_either() -> None:
    assert [read("coordination_number", "197800882396", day) for day in (date(1978, 1, 1), date(1977, 12, 31))] == [
        "197800882396 incomplete",
        "personal_number_date",
    ]


@pytest.mark.parametrize("text", ["12-345678", "12345678", "12-345678/1", "12345678/123", " 12-345678 "])
def test_an_lma_number_is_eight_digits_whatever_the_serial_of_its_card(text: str) -> None:
    assert read("lma_number", text) == "12345678"


@pytest.mark.parametrize("text", ["12-34567", "123-45678", "12-3456789", "12-345678/", "12-345678/1234", "12 345678"])
def test_other_forms_are_no_lma_number(text: str) -> None:
    assert read("lma_number", text) == "identifier_invalid"


@pytest.mark.parametrize("text", ["19930920T123", "19930920-T123", "19930920t123"])
def test_an_interim_number_has_a_letter_in_upper_case(text: str) -> None:
    assert read("interim_number", text) == "19930920T123"


@pytest.mark.parametrize("text", [NUMBER, "930920-T123", "19930920-TT23", "19930920Å123"])
def test_other_forms_are_no_interim_number(text: str) -> None:
    assert read("interim_number", text) == "identifier_invalid"


def test_there_are_no_other_types() -> None:
    assert read_identifier("passport", NUMBER, ON) == NumberRefused(
        "identifier_invalid", "an unknown type of identifier"
    )


def test_every_published_number_is_read_as_itself_and_as_nothing_else() -> None:
    kinds = {"personal_number": personal_numbers(12_000), "coordination_number": coordination_numbers(690)}
    other = {"personal_number": "coordination_number", "coordination_number": "personal_number"}

    wrong = [
        number
        for kind, numbers in kinds.items()
        for number in numbers
        if (read(kind, number).removesuffix(" incomplete"), read(other[kind], number))
        != (number, "identifier_type_mismatch")
    ]

    assert wrong == []


@pytest.mark.parametrize("text", ["212000-0142", "2120000142", "162120000142", "16212000-0142", " 212000-0142 "])
def test_every_spelling_of_an_organisation_number_is_one(text: str) -> None:
    assert read_organisation_number(text) == "2120000142"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("212000-0143", "10 digits, check digit"),
        ("930920-2399", "10 digits, third digit"),
        ("16930920-2399", "10 digits, third digit"),
        ("SE2120000142", "12 characters, form"),
        ("212000 0142", "11 characters, form"),
    ],
)
def test_a_wrong_organisation_number_is_told_what_is_wrong(text: str, found: str) -> None:
    assert read_organisation_number(text) == NumberRefused("organisation_number_invalid", found)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(
    st.sampled_from(IDENTIFIER_TYPES),
    st.one_of(st.text(max_size=20), st.from_regex(r"\A[0-9]{6,8}[-+]?[A-Z0-9]{4}(/1)?\Z")),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
)
def test_whatever_is_given_there_is_one_answer_that_repeats_none_of_its_digits(kind: str, text: str, on: date) -> None:
    answer = read_identifier(kind, text, on)

    if isinstance(answer, NumberRefused):
        assert sum(character.isdigit() for character in answer.found) <= 2
    else:
        assert read_identifier(kind, answer.value, on) == answer
