"""Personal numbers are found in any form and any surroundings, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.personal_numbers import REDACTED, holds_personal_number, redacted

PERSONAL = ("189001019802", "189001029819")  # published by Skatteverket for tests
COORDINATION = ("191401682396", "191403702390")


def forms(twelve: str) -> tuple[str, ...]:
    ten = twelve[2:]
    return (twelve, f"{twelve[:8]}-{twelve[8:]}", f"{ten[:6]}-{ten[6:]}", f"{ten[:6]}+{ten[6:]}", ten)


ALL_FORMS = tuple(form for number in PERSONAL + COORDINATION for form in forms(number))


@pytest.mark.parametrize("form", ALL_FORMS)
def test_every_form_is_found_and_redacted(form: str) -> None:
    text = f"registered as {form}, see the file"
    assert holds_personal_number(text)
    assert redacted(text) == f"registered as {REDACTED}, see the file"


@given(before=st.text(), after=st.text(), form=st.sampled_from(ALL_FORMS))
def test_no_surroundings_hide_a_number(before: str, after: str, form: str) -> None:
    text = f"{before}:{form}:{after}"
    assert holds_personal_number(text)
    assert form not in redacted(text)


@given(st.text(alphabet="0123456789-+ab ", max_size=60))
def test_what_is_redacted_holds_no_number_any_more(text: str) -> None:
    assert not holds_personal_number(redacted(text))
    assert redacted(redacted(text)) == redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "189001019803",  # wrong check digit
        "189013019808",  # month 13
        "18900101980",  # eleven digits
        "1890010198021",  # thirteen digits
        "2026-11-20T16:00:00.123456Z",
        "5565200165",  # an organisation
        "8a2f6c1e-1111-4222-8333-123456789012",
        "position 4711",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds_personal_number(text)
    assert redacted(text) == text


def test_a_samordningsnummer_without_a_real_date_is_hidden_in_logs_but_may_be_a_reference() -> None:
    number = "191500722390"  # published by Skatteverket for tests: the month of birth is not known
    assert not holds_personal_number(number)
    assert redacted(f"found {number}") == f"found {REDACTED}"


@pytest.mark.parametrize(
    "text",
    [
        "19860101–2381",
        "860101\u20112381",
        "19860101-2381".translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
    ],
)
def test_a_number_in_other_digits_or_dashes_is_found_and_hidden(text: str) -> None:
    assert holds_personal_number(f"åäö {text} åäö")
    assert redacted(f"åäö {text} åäö") == "åäö [personal number] åäö"
