"""Paths find codes, periods and organisation numbers in parsed JSON, with their pointers."""

from schemas.catalogue import code_paths, latest, organisation_numbers, periods
from schemas.event_type import Json
from schemas.paths import LIST, CodePath, occurrences, pointer, value_at

PLAN = {
    "key": "p",
    "plan_type": "jobbplan",
    "from": "2026-09-01",
    "lines": [
        {"key": "1", "activity": "sfi", "from": "2026-09-07", "to": "2026-12-18", "domains": ["yrke", "mål"]},
        {"key": "2", "activity": None},
        {"key": "3", "activity": "syv", "deadline": "2026-10-01"},
    ],
}


def test_a_path_gives_every_value_with_its_location_and_passes_over_null() -> None:
    found = list(occurrences(("lines", LIST, "activity"), PLAN))

    assert found == [(("lines", 0, "activity"), "sfi"), (("lines", 2, "activity"), "syv")]


def test_a_path_goes_into_lists_of_texts() -> None:
    found = list(occurrences(("lines", LIST, "domains", LIST), PLAN))

    assert found == [(("lines", 0, "domains", 0), "yrke"), (("lines", 0, "domains", 1), "mål")]


def test_a_path_passes_over_data_of_another_shape() -> None:
    shapes: list[Json] = [{}, {"lines": "x"}, {"lines": [7]}, []]

    found = [list(occurrences(("lines", LIST, "activity"), data)) for data in shapes]

    assert found == [[], [], [], []]


def test_a_value_is_looked_up_in_the_same_element_of_the_list() -> None:
    location = ("lines", 0, "to")

    assert value_at(("lines", LIST, "from"), location, PLAN) == "2026-09-07"


def test_a_value_that_is_absent_is_none() -> None:
    assert value_at(("lines", LIST, "from"), ("lines", 2, "deadline"), PLAN) is None


def test_a_pointer_escapes_what_json_pointer_escapes() -> None:
    assert pointer(("lines", 0, "a/b~c")) == "/data/lines/0/a~1b~0c"


def test_the_codes_of_a_line_are_dated_by_the_line_and_those_of_a_goal_by_the_plan() -> None:
    created = latest("plan.created")
    assert created is not None

    found = {path.path: path for path in code_paths(created)}

    assert (found["lines", LIST, "activity"], found["goals", LIST, "occupation"]) == (
        CodePath(path=("lines", LIST, "activity"), code_list="activity", start=("lines", LIST, "from")),
        CodePath(path=("goals", LIST, "occupation"), code_list="ssyk2012", start=("from",)),
    )


def test_every_object_with_a_start_and_ends_has_its_periods() -> None:
    created = latest("plan.created")
    assert created is not None

    assert [(period.start, period.end) for period in periods(created)] == [
        (("from",), ("to",)),
        (("lines", LIST, "from"), ("lines", LIST, "to")),
        (("lines", LIST, "from"), ("lines", LIST, "deadline")),
    ]


def test_the_receiver_of_a_referral_is_no_end_of_a_period() -> None:
    sent = latest("referral.sent")
    assert sent is not None

    assert periods(sent) == ()


def test_organisation_numbers_are_marked() -> None:
    agreed, created = latest("placement.agreed"), latest("plan.created")
    assert agreed is not None
    assert created is not None

    assert (organisation_numbers(agreed), organisation_numbers(created)) == (
        (("employer_number",),),
        (("lines", LIST, "provider_number"),),
    )
