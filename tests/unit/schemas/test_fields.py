"""The kinds of value that the contract takes, tried through real events."""

import json

import pytest
from pydantic import ValidationError

from schemas.catalogue import latest, validator
from schemas.event_type import Json, JsonObject


def faults(name: str, data: JsonObject) -> list[tuple[tuple[int | str, ...], str]]:
    """Where the data of an event breaks the contract, and how pydantic calls it."""
    event_type = latest(name)
    assert event_type is not None
    try:
        validator(event_type).validate_json(json.dumps(data).encode(), strict=True)
    except ValidationError as error:
        return [(fault["loc"], fault["type"]) for fault in error.errors()]
    return []


@pytest.mark.parametrize(
    "text",
    ["mon 08:00-12:00", "mon-thu 08:30-12:15", "sat 23:00-24:00", "sun 00:00-00:01", "fri-fri 10:00-11:00"],
)
def test_a_weekly_time_is_days_and_wall_clock(text: str) -> None:
    assert faults("activity.registered", {"key": "a", "week": [text]}) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("thu-mon 08:30-12:15", "value_error"),
        ("mon 12:00-08:00", "value_error"),
        ("mon 12:00-12:00", "value_error"),
        ("mon 24:00-24:00", "string_pattern_mismatch"),
        ("mon 8:30-12:15", "string_pattern_mismatch"),
        ("mån 08:30-12:15", "string_pattern_mismatch"),
        ("mon-thu 08:30-12:15 ", "string_pattern_mismatch"),
        ("mon-thu 08:30-12:15\n", "string_pattern_mismatch"),
    ],
)
def test_a_weekly_time_of_another_form_is_refused(text: str, fault: str) -> None:
    assert faults("activity.registered", {"key": "a", "week": [text]}) == [(("week", 0), fault)]


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "0000-01-01", "2025-02-29"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    assert faults("permit.granted", {"key": "p", "to": text}) == [(("to",), "value_error")]


@pytest.mark.parametrize("text", ["20261120", "2026-11-20T00:00:00Z", "1732406400", "26-11-20", "2026-11-20 ", ""])
def test_a_day_of_another_form_is_refused(text: str) -> None:
    assert faults("permit.granted", {"key": "p", "to": text}) == [(("to",), "string_pattern_mismatch")]


def test_a_day_as_a_number_is_refused() -> None:
    assert faults("permit.granted", {"key": "p", "to": 20261120}) == [(("to",), "string_type")]


@pytest.mark.parametrize("text", ["2026-11-20T09:10:00Z", "2026-11-20T09:10:00.123456+01:00"])
def test_a_heartbeat_says_an_instant_with_offset(text: str) -> None:
    assert faults("source.heartbeat", {"complete_to": text}) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2026-11-20T09:10:00", "string_pattern_mismatch"),
        ("1732406400", "string_pattern_mismatch"),
        ("2026-11-31T09:10:00Z", "value_error"),
        ("2026-11-20T25:10:00Z", "value_error"),
    ],
)
def test_an_instant_without_offset_or_that_does_not_exist_is_refused(text: str, fault: str) -> None:
    assert faults("source.heartbeat", {"complete_to": text}) == [(("complete_to",), fault)]


@pytest.mark.parametrize("number", [15, 15.0, 7.5, 0])
def test_hours_are_taken_in_any_form_of_number(number: float) -> None:
    assert faults("activity.registered", {"key": "a", "hours": number}) == []


@pytest.mark.parametrize(
    ("number", "fault"),
    [("15", "float_type"), (True, "float_type"), (-1, "greater_than_equal"), (169, "less_than_equal")],
)
def test_hours_that_are_no_number_or_outside_a_week_are_refused(number: Json, fault: str) -> None:
    assert faults("activity.registered", {"key": "a", "hours": number}) == [(("hours",), fault)]


def test_a_whole_number_may_be_written_with_a_decimal_point() -> None:
    assert faults("outcome.registered", {"outcome": "work", "days": 90.0}) == []


def test_half_a_day_is_no_whole_number() -> None:
    assert faults("outcome.registered", {"outcome": "work", "days": 90.5}) == [(("days",), "multiple_of")]


def test_null_clears_an_optional_field_but_not_the_key() -> None:
    assert faults("enrolment.changed", {"key": None, "unit": None}) == [(("key",), "string_type")]


def test_a_missing_protection_level_is_missing_at_its_own_place() -> None:
    identifiers = [{"type": "personal_number", "value": "19860101-2381"}]

    assert faults("participant.registered", {"identifiers": identifiers}) == [(("protection",), "missing")]


def test_a_registration_has_at_least_one_identifier() -> None:
    assert faults("participant.registered", {"identifiers": [], "protection": "none"}) == [
        (("identifiers",), "too_short")
    ]
