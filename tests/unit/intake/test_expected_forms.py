"""What a receipt says was expected in the place of a value of another form: never what stood there."""

import pytest

from schemas.event_type import Json
from tests.unit.intake.test_data_rules import judge

HOURS = {"key": "k", "programme": "sfi", "from": "2026-03-02"}


def expected(name: str, data: Json, **attributes: Json) -> list[str]:
    return [found.expected for found in judge(name, data, **attributes).late]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("hours", "femton", "a number"),
        ("hours", -1, "a number of at least 0"),
        ("hours", 169, "a number of at most 168"),
        ("label", 5, "a text"),
        ("label", "", "a text of at least 1 character"),
        ("label", "x" * 301, "a text of at most 300 characters"),
        ("from", "2 mars", "a day, as 2026-03-31"),
        ("from", "2026-02-30", "a day that exists"),
    ],
)
def test_a_field_of_the_wrong_form_says_what_it_takes(field: str, value: Json, said: str) -> None:
    assert expected("enrolment.opened", HOURS | {field: value}, schemaversion=2) == [said]


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ("mon 9-12", "an array"),
        (["mon 9-12"], "days and times of a week, as mon-thu 08:30-12:15"),
        (["fri-mon 09:00-12:00"], "days in the order of the week and a start before the end"),
    ],
)
def test_the_times_of_a_week_are_said_in_words(week: Json, said: str) -> None:
    assert expected("activity.registered", {"key": "a", "week": week}) == [said]


@pytest.mark.parametrize(
    ("complete_to", "said"),
    [
        ("i morgon", "an instant with offset, as 2026-03-31T08:30:00+02:00"),
        ("2026-02-30T08:00:00Z", "an instant that exists, from year 1 to 9999 in UTC"),
        ("0001-01-01T00:00:00+14:00", "an instant that exists, from year 1 to 9999 in UTC"),
    ],
)
def test_an_instant_is_said_in_words(complete_to: str, said: str) -> None:
    data = {"complete_to": complete_to}
    assert expected("source.heartbeat", data, subject="urn:samspar:source:jobbtorg:verksamhetssystem") == [said]


def test_what_may_be_named_is_listed() -> None:
    replaces = {"source": "urn:samspar:source:jobbtorg:verksamhetssystem", "id": "first"}
    data = {"event": "sfi.result", "replaces": replaces, "reason": "wrong", "replacement": {}}
    (said, *_) = expected("enrolment.corrected", data)
    assert said.startswith("one of enrolment.")


def test_arrays_and_objects_say_how_many_and_what() -> None:
    registration: Json = {"protection": "none", "identifiers": []}
    assert expected("participant.registered", registration) == ["an array of at least 1 element"]
    assert expected("participant.registered", {"protection": "none", "identifiers": ["x"]}) == ["an object"]
    assert expected("participant.registered", []) == ["an object"]


def test_nothing_of_what_was_found_is_repeated() -> None:
    data = HOURS | {"from": "19890110-2387", "label": "19890110-2387" * 30, "hours": "19890110-2387"}
    assert "2387" not in "".join(expected("enrolment.opened", data, schemaversion=2))
