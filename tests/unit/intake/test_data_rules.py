"""What `data` must be: form, codes with their dates, periods, numbers; and nothing of a person is repeated."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.examine import examine
from hub.intake.hashing import Hasher
from hub.intake.outcomes import Examined
from hub.intake.reading import Content, Delivery, Parsed, read_single
from schemas.catalogue import all_event_types
from schemas.codes import entries
from schemas.event_type import EventType, Json, JsonObject
from tests.unit.intake.builders import NOW, Door, event

NUMBER = "199309202399"
REGISTRY = Door().registry
HASHER = Hasher(b"k" * 32)


def judge(name: str, data: Json, **more: object) -> Examined:
    """An event of jobbtorg, examined."""
    content = read_single(json.dumps(event("e", name, data, **more)).encode())  # type: ignore[arg-type]  # passed on as given
    assert isinstance(content, Content)
    delivery = Delivery(agency="jobbtorg", channel="http", locator="request/0", received_at=NOW, content=content)
    return examine(delivery, REGISTRY, HASHER)


def wrong(name: str, data: Json, **more: object) -> list[str]:
    """What is wrong with the data: `reason@pointer`."""
    return [f"{each.reason}@{each.pointer}" for each in judge(name, data, **more).late]


def told(name: str, data: Json, **more: object) -> list[tuple[str, str]]:
    """What was found and what was expected."""
    return [(each.found, each.expected) for each in judge(name, data, **more).late]


def line(**more: object) -> JsonObject:
    """A plan with one line."""
    return {"key": "p", "plan_type": "jobbplan", "lines": [{"key": "l", **more}]}


@pytest.mark.parametrize("event_type", all_event_types(), ids=lambda found: f"{found.name}-{found.version}")
def test_the_example_of_every_type_is_right(event_type: EventType) -> None:
    subject = {
        "organisation": "urn:samspar:organisation:2120000142",
        "source": "urn:samspar:source:jobbtorg:verksamhetssystem",
    }.get(event_type.about.value, "J1")

    assert wrong(event_type.name, dict(event_type.example), schemaversion=event_type.version, subject=subject) == []


@pytest.mark.parametrize(
    ("data", "problem", "found"),
    [
        (None, "field_missing@/data", "nothing"),
        ([], "field_invalid@/data", "array"),
        ("{}", "field_invalid@/data", "string"),
        (5, "field_invalid@/data", "number"),
    ],
)
def test_data_is_an_object(data: Json, problem: str, found: str) -> None:
    assert (wrong("conversation.held", data), told("conversation.held", data)[0][0]) == ([problem], found)


def test_every_fault_of_the_form_is_told_with_its_own_reason_and_place_in_order() -> None:
    data = {
        "programme": 5,
        "hours": "femton",
        "shoe_size": 42,
        "from": "2026-02-30",
        "scope": 101,
        "label": "x" * 301,
        "unit": "",
    }

    assert wrong("enrolment.opened", data, schemaversion=2) == [
        "field_invalid@/data/from",
        "field_invalid@/data/hours",
        "field_missing@/data/key",
        "field_invalid@/data/label",
        "field_invalid@/data/programme",
        "field_invalid@/data/scope",
        "field_unknown@/data/shoe_size",
        "field_invalid@/data/unit",
    ]


def test_a_fault_deep_inside_is_pointed_at() -> None:
    data = {"key": "p", "plan_type": "jobbplan", "lines": [{"key": "a"}, {"key": "b", "week": ["mon 9-12"], "x/y~": 1}]}

    assert wrong("plan.created", data) == ["field_invalid@/data/lines/1/week/0", "field_unknown@/data/lines/1/x~1y~0"]


@pytest.mark.parametrize("hours", [15, 15.0, 0, 168, 7.5, -0.0])
def test_numbers_in_their_limits_are_taken(hours: float) -> None:
    assert wrong("enrolment.opened", {"key": "k", "programme": "sfi", "hours": hours}, schemaversion=2) == []


@pytest.mark.parametrize("hours", [-0.1, 168.1, True, "15", [15]])
def test_numbers_are_not_taken_for_anything_else(hours: Json) -> None:
    data = {"key": "k", "programme": "sfi", "hours": hours}

    assert wrong("enrolment.opened", data, schemaversion=2) == ["field_invalid@/data/hours"]


def test_a_code_that_a_short_list_does_not_have_is_answered_with_the_list() -> None:
    [(found, expected)] = told("enrolment.opened", {"key": "k", "programme": "astronaut"}, schemaversion=2)

    assert (found, expected) == ("astronaut", f"one of {', '.join(entries('programme'))}")


def test_a_code_of_a_long_list_is_answered_with_the_place_and_with_what_was_meant() -> None:
    data = {"key": "k", "programme": "sfi", "municipality": "stockholm"}

    assert told("enrolment.opened", data, schemaversion=2) == [
        ("stockholm", "a code of the list municipality (docs/codes.md), such as 0180")
    ]


def test_codes_are_told_wherever_they_stand() -> None:
    data = line(activity="dance", duty="nap") | {"goals": [{"key": "g", "horizon": "soon"}], "plan_type": "wish"}

    assert wrong("plan.created", data) == [
        "code_unknown@/data/goals/0/horizon",
        "code_unknown@/data/lines/0/activity",
        "code_unknown@/data/lines/0/duty",
        "code_unknown@/data/plan_type",
    ]


@pytest.mark.parametrize(
    ("programme", "day", "problems"),
    [
        ("introduktion", "2010-11-30", []),
        ("introduktion", "2010-12-01", ["code_not_valid_at_date@/data/programme"]),
        ("etableringsuppdraget", "2010-11-30", ["code_not_valid_at_date@/data/programme"]),
        ("etableringsuppdraget", "2010-12-01", []),
        ("etableringsuppdraget", "2017-12-31", []),
        ("etableringsuppdraget", "2018-01-01", ["code_not_valid_at_date@/data/programme"]),
        ("etableringsprogrammet", "2017-12-31", ["code_not_valid_at_date@/data/programme"]),
        ("etableringsprogrammet", "2018-01-01", []),
    ],
)
def test_a_code_is_valid_on_the_day_it_begins_to_count(programme: str, day: str, problems: list[str]) -> None:
    data = {"key": "k", "programme": programme}
    by_from = wrong("enrolment.opened", data | {"from": day}, schemaversion=2)
    by_time = wrong("enrolment.opened", data, schemaversion=2, time=f"{day}T12:00:00+01:00")

    assert (by_from, by_time) == (problems, problems)


def test_the_day_of_a_code_is_a_stockholm_day() -> None:
    data = {"key": "k", "programme": "etableringsprogrammet"}
    times = ("2017-12-31T22:59:59Z", "2017-12-31T23:00:00Z")

    assert [wrong("enrolment.opened", data, schemaversion=2, time=time) for time in times] == [
        ["code_not_valid_at_date@/data/programme"],
        [],
    ]


def test_a_code_in_a_line_counts_from_the_start_of_its_line() -> None:
    data = line(activity="intensiv_praktik", **{"from": "2021-03-31"}) | {"from": "2026-01-01"}

    assert wrong("plan.created", data) == ["code_not_valid_at_date@/data/lines/0/activity"]


def test_what_was_found_of_a_code_out_of_date_are_its_days() -> None:
    data = {"key": "k", "programme": "introduktion", "from": "2026-03-02"}

    assert told("enrolment.opened", data, schemaversion=2)[0][0] == "introduktion, … to 2010-11-30"


@pytest.mark.parametrize(
    ("start", "end", "problems"),
    [("2026-03-02", "2026-03-02", []), ("2026-03-02", "2026-03-01", ["period_reversed@/data/planned_end"])],
)
def test_a_period_does_not_end_before_it_starts(start: str, end: str, problems: list[str]) -> None:
    data = {"key": "k", "programme": "sfi", "from": start, "planned_end": end}

    assert wrong("enrolment.opened", data, schemaversion=2) == problems


def test_periods_inside_lists_are_told_by_place() -> None:
    data = line(**{"from": "2026-03-02", "to": "2026-03-01"})

    assert (wrong("plan.created", data), told("plan.created", data)[0][0]) == (
        ["period_reversed@/data/lines/0/to"],
        "2026-03-02 to 2026-03-01",
    )


def test_what_spans_fields_is_asked_only_of_data_of_the_right_form() -> None:
    data = {"key": "k", "programme": "sfi", "from": "2026-03-02", "planned_end": "2026-03-01", "hours": "x"}

    assert wrong("enrolment.opened", data, schemaversion=2) == ["field_invalid@/data/hours"]


@pytest.mark.parametrize(
    ("data", "problems"),
    [
        ({"identifiers": []}, ["field_invalid@/data/identifiers", "protection_missing@/data/protection"]),
        (
            {"identifiers": [], "protection": None},
            ["field_invalid@/data/identifiers", "protection_missing@/data/protection"],
        ),
        ({"protection": "none"}, ["field_missing@/data/identifiers"]),
        (
            {"protection": "secret", "identifiers": [{"type": "lma_number", "value": "1"}]},
            ["identifier_invalid@/data/identifiers/0/value", "code_unknown@/data/protection"],
        ),
        (
            {"protection": "none", "identifiers": [{"type": "passport", "value": "1"}]},
            ["code_unknown@/data/identifiers/0/type", "identifier_invalid@/data/identifiers/0/value"],
        ),
        (
            {"protection": "none", "identifiers": [{"type": "personal_number"}, 5]},
            ["field_missing@/data/identifiers/0/value", "field_invalid@/data/identifiers/1"],
        ),
    ],
)
def test_fields_with_a_reason_of_their_own_answer_with_it(data: JsonObject, problems: list[str]) -> None:
    assert wrong("participant.registered", data) == problems


def test_the_identifiers_of_a_correction_are_read_where_they_stand() -> None:
    data = {
        "event": "participant.registered",
        "replaces": {"source": "urn:samspar:source:jobbtorg:verksamhetssystem", "id": "r"},
        "reason": "wrong number",
        "replacement": {"protection": "none", "identifiers": [{"type": "personal_number", "value": "930920-2398"}]},
    }

    assert wrong("participant.corrected", data) == ["personal_number_checksum@/data/replacement/identifiers/0/value"]


@pytest.mark.parametrize("number", ["212000-0143", NUMBER, "Acme AB"])
def test_an_organisation_number_is_no_other_number(number: str) -> None:
    data = {"key": "k", "programme": "sfi", "provider_number": number}

    assert wrong("enrolment.opened", data, schemaversion=2) == ["organisation_number_invalid@/data/provider_number"]


_PLACES = st.sampled_from(
    ("key", "programme", "hours", "from", "municipality", "label", "provider_number", "planned_end", NUMBER, "note")
)
_VALUES = st.sampled_from(
    (NUMBER, "19930920-2399", "930920-2399", f"born {NUMBER}", 199309202399, [NUMBER], {NUMBER: 1})
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.dictionaries(_PLACES, _VALUES, min_size=1))
def test_no_answer_repeats_a_personal_number_that_stood_in_the_data(data: JsonObject) -> None:
    found = judge("enrolment.opened", data, schemaversion=2)
    answer = json.dumps([[each.reason, each.pointer, each.expected, each.found] for each in found.late])

    assert found.late
    assert re.findall(r"9309\D?20\D?2399|\d{6,}", answer.replace("2120000142", "")) == []


@pytest.mark.parametrize("number", [NUMBER, "199403892384", "197800882396"])
def test_no_answer_repeats_a_number_that_stood_in_an_attribute_or_a_name(number: str) -> None:
    bodies = [
        event("e", "enrolment.opened", {number: 1}, schemaversion=2),
        event("e", "enrolment.opened", {"key": "k"}, source=f"urn:x:{number}"),
        event("e", f"enrolment.{number}", {"key": "k"}),
        event("e", "enrolment.opened", {"key": "k"}, **{number: "x"}),
        event("e", "enrolment.opened", {"key": "k"}, specversion=number),
        event("e", "enrolment.opened", {"key": "k"}, schemaversion=int(number)),
    ]
    answers = [
        examine(
            Delivery(agency="jobbtorg", channel="http", locator="x", received_at=NOW, content=Parsed(body)),
            REGISTRY,
            HASHER,
        )
        for body in bodies
    ]

    repeated = [
        place
        for place, each in enumerate(answers)
        if number
        in str([(found.pointer, found.found, found.expected) for found in (*each.early, *each.late, *each.notices)])
    ]
    assert repeated == []
