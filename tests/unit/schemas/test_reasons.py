"""The closed list of reasons and the problems made of it."""

import pytest

from schemas.reasons import REASONS, problem
from schemas.receipts import Problem


def test_every_reason_says_what_was_expected_and_what_to_do_in_both_languages() -> None:
    silent = [
        reason.code
        for reason in REASONS.values()
        if not (reason.expected_en and reason.expected_sv and reason.action_en and reason.action_sv)
    ]

    assert silent == []


def test_a_problem_has_the_texts_of_its_reason() -> None:
    assert problem("specversion_unsupported", "/specversion", found="0.3") == Problem(
        reason="specversion_unsupported",
        pointer="/specversion",
        expected="1.0",
        found="0.3",
        action="Send CloudEvents 1.0.",
    )


def test_a_problem_may_say_more_precisely_what_was_expected() -> None:
    assert problem("version_unknown", "/schemaversion", found="99", expected="1, 2").expected == "1, 2"


def test_a_reason_outside_the_list_is_a_bug() -> None:
    with pytest.raises(KeyError):
        problem("because")
