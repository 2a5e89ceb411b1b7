"""Who may send what on which days."""

from datetime import date

import pytest

from hub.intake.registry import AgencyKey, Authorisation, Registry, naming_nothing
from schemas.days import is_valid

DAY = date(2026, 3, 2)


def registry(*rows: tuple[str, date | None, date | None]) -> Registry:
    """One agency with these authorisations."""
    granted = tuple(
        Authorisation(agency="af", pattern=pattern, valid_from=begins, valid_to=ends) for pattern, begins, ends in rows
    )
    return Registry(sources={}, authorisations={"af": granted})


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("*", "plan.created", True),
        ("plan.*", "plan.created", True),
        ("plan.created", "plan.created", True),
        ("plan.created", "plan.revised", False),
        ("plan.*", "planning.begun", False),
        ("pla*", "plan.created", False),
        ("*.created", "plan.created", False),
        ("", "plan.created", False),
        ("PLAN.*", "plan.created", False),
    ],
)
def test_a_pattern_names_one_type_a_family_or_everything(pattern: str, name: str, *, covered: bool) -> None:
    assert registry((pattern, None, None)).may_send("af", name, DAY) is covered


def test_a_pattern_that_names_no_type_of_the_contract_is_told() -> None:
    sound = ["*", "plan.*", "plan.created", "source.heartbeat"]

    assert naming_nothing([*sound, "plan.creatd", "plans.*", "plan", ""]) == ["plan.creatd", "plans.*", "plan", ""]


@pytest.mark.parametrize(
    ("begins", "ends", "covered"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (date(2026, 3, 3), None, False),
        (None, date(2026, 3, 1), False),
        (date(2026, 1, 1), date(2026, 12, 31), True),
    ],
)
def test_an_authorisation_holds_from_its_first_to_its_last_day(
    begins: date | None, ends: date | None, *, covered: bool
) -> None:
    key = AgencyKey(kid="k", agency="af", jwk="{}", valid_from=begins, valid_to=ends)

    assert (registry(("*", begins, ends)).may_send("af", "plan.created", DAY), is_valid(key, DAY)) == (covered, covered)


def test_one_of_several_is_enough_and_another_agency_has_none() -> None:
    known = registry(
        ("plan.*", None, date(2026, 1, 1)), ("plan.*", date(2026, 3, 1), None), ("enrolment.*", None, None)
    )

    assert [known.may_send(agency, "plan.created", DAY) for agency in ("af", "sfi")] == [True, False]
    assert known.may_send("af", "plan.created", date(2026, 2, 1)) is False
    assert known.authorised_days("af", "plan.created") == "… to 2026-01-01, 2026-03-01 to …"
    assert known.authorised_days("sfi", "plan.created") == "no day"


def test_an_answer_is_the_same_when_it_is_asked_again() -> None:
    known = registry(("plan.*", None, None))

    assert [known.may_send("af", name, DAY) for name in ("plan.created", "enrolment.opened") * 2] == [True, False] * 2
