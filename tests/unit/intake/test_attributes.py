"""Attributes of a CloudEvent: their limits, their spellings, and personal numbers wherever they hide."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.intake.attributes import OPTIONAL_TEXTS, REQUIRED, Attributes, read_attributes
from hub.intake.telling import MAX_PROBLEMS, tellable
from schemas.event_type import Json, JsonObject
from tests.unit.intake.builders import JOBBTORG, NOW, opened

NUMBER = "199309202399"
SPELLINGS = ("199309202399", "19930920-2399", "930920-2399", "9309202399", "930920+2399", "19940389-2384")


def read(change: JsonObject) -> list[str]:
    """What is wrong with an event that differs so much from a right one: `reason@pointer`."""
    found = read_attributes({**opened(), **change}, NOW)
    return [] if isinstance(found, Attributes) else [f"{each.reason}@{each.pointer}" for each in found]


def right(change: JsonObject) -> Attributes:
    """The attributes of an event that differs so much from a right one and is right still."""
    found = read_attributes({**opened(), **change}, NOW)
    assert isinstance(found, Attributes)
    return found


def test_attributes_are_read_as_they_are() -> None:
    texts = {name: f"{name} text" for name in OPTIONAL_TEXTS}

    assert right({"sequence": "0042", **texts}) == Attributes(
        id="o",
        source=JOBBTORG,
        type="se.samspar.enrolment.opened",
        version=2,
        time=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        subject="J1",
        sequence=42,
        texts=texts,
        notices=(),
    )


def test_everything_that_is_missing_is_told_at_once_in_order() -> None:
    found = read_attributes({"data": {}}, NOW)

    assert not isinstance(found, Attributes)
    assert [(each.reason, each.pointer, each.found) for each in found] == [
        ("attribute_missing", f"/{name}", "nothing") for name in sorted(REQUIRED)
    ]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_attribute_that_is_null_is_missing(name: str) -> None:
    assert read({name: None}) == [f"attribute_missing@/{name}"]


@pytest.mark.parametrize("name", [*OPTIONAL_TEXTS, "sequence", "datacontenttype", "dataschema"])
def test_an_optional_attribute_that_is_null_is_absent(name: str) -> None:
    assert right({name: None}) == right({})


@pytest.mark.parametrize(
    ("name", "limit"),
    [("id", 256), ("source", 256), ("type", 256), ("subject", 128), *((name, 512) for name in OPTIONAL_TEXTS)],
)
def test_a_text_has_one_to_so_many_characters_none_of_them_a_control(name: str, limit: int) -> None:
    given: list[Json] = ["å" * limit, "å" * (limit + 1), "", "a\tb", "a\x7f", 5, ["a"], {}, True]

    assert [read({name: value}) for value in given] == [[], *[[f"attribute_invalid@/{name}"]] * 8]


@pytest.mark.parametrize("name", ["schemaversion", "sequence"])
def test_a_whole_number_is_written_as_number_or_digits(name: str) -> None:
    right_ones: list[Json] = [0, 7, "7", "0007", 2**53 - 1, "9007199254740991"]
    wrong_ones: list[Json] = [-1, "-1", 1.5, "1.5", "1e3", True, "", " 7", "7" * 17, "\u0667", [7], {}]

    assert [read({name: value}) for value in right_ones + wrong_ones] == [
        *[[]] * len(right_ones),
        *[[f"attribute_invalid@/{name}"]] * len(wrong_ones),
    ]


@pytest.mark.parametrize("value", ["0.3", "1.1", "1", 1, 1.0, True, "", [], "1.0 "])
def test_only_one_specversion_is_known(value: Json) -> None:
    assert read({"specversion": value}) == ["specversion_unsupported@/specversion"]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-11-20T09:00:00+01:00", "2026-11-20T08:00:00+00:00"),
        ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00+00:00"),
        ("2026-11-20t08:00:00z", "2026-11-20T08:00:00+00:00"),
        ("2026-11-20T08:00:00.5Z", "2026-11-20T08:00:00.500000+00:00"),
        ("2026-11-20T08:00:00.123456789Z", "2026-11-20T08:00:00.123456+00:00"),
        ("2026-11-20T08:00:00-00:00", "2026-11-20T08:00:00+00:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+00:00"),
    ],
)
def test_a_time_is_an_instant_whatever_its_offset(written: str, instant: str) -> None:
    assert right({"time": written}).time.isoformat() == instant


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20",
        "2026-11-20 08:00:00Z",
        "2026-11-20T08:00Z",
        "20261120T080000Z",
        "2026-02-29T08:00:00Z",
        "2026-11-20T24:00:01Z",
        "2026-11-20T08:00:60Z",
        "2026-11-20T08:00:00+25:00",
        "2026-11-20T08:00:00+0100",
        "0001-01-01T00:00:00+14:00",
        "٢٠٢٦-11-20T08:00:00Z",
        "",
        5,
        ["2026-11-20T08:00:00Z"],
        True,
    ],
)
def test_what_is_no_instant_is_refused(written: Json) -> None:
    assert read({"time": written}) == ["time_invalid@/time"]


def test_a_local_time_is_refused_because_nobody_knows_where() -> None:
    assert read({"time": "2026-11-20T08:00:00"}) == ["time_without_offset@/time"]


def test_a_clock_may_be_five_minutes_fast() -> None:
    times = [(NOW + ahead).isoformat() for ahead in (timedelta(minutes=5), timedelta(minutes=5, seconds=1))]

    assert [read({"time": time}) for time in times] == [[], ["time_in_future@/time"]]


@pytest.mark.parametrize("name", [*OPTIONAL_TEXTS, "source", "type", "sequence", "dataschema", "traceparent"])
def test_a_personal_number_in_an_attribute_is_refused_in_every_spelling_and_not_repeated(name: str) -> None:
    spellings = [NUMBER] if name == "sequence" else [f"x {spelling}." for spelling in SPELLINGS]
    found = [read_attributes({**opened(), name: spelling}, NOW) for spelling in spellings]

    assert [
        [(each.reason, each.pointer, each.found) for each in problems]
        for problems in found
        if not isinstance(problems, Attributes)
    ] == [[("personal_number_in_attribute", f"/{name}", "a personal number (not repeated)")]] * len(spellings)


@pytest.mark.parametrize("name", ["id", "subject"])
def test_a_personal_number_in_id_or_subject_has_a_reason_of_its_own(name: str) -> None:
    assert [read({name: f"J{spelling}"}) for spelling in SPELLINGS] == [[f"personal_number_in_{name}@/{name}"]] * 6


@pytest.mark.parametrize("value", [199309202399, 9309202399, [NUMBER], {"a": {"b": NUMBER}}, {NUMBER: 1}])
def test_a_personal_number_hides_in_no_shape_of_an_unknown_attribute(value: Json) -> None:
    assert read({"ext": value}) == ["personal_number_in_attribute@/ext"]


@pytest.mark.parametrize(
    "text",
    ["1993092023990", "199309202398", "930920-2398", "931320-2396", "19930920 2399", "930920–2399", "20261120", "1-2"],
)
def test_what_only_looks_like_a_personal_number_is_let_through(text: str) -> None:
    assert read({"correlationid": text}) == []


def test_an_attribute_that_the_contract_does_not_know_is_ignored_and_named() -> None:
    notices = right({"traceparent": "00-1", "comment2": 5}).notices

    assert [(each.reason, each.pointer, each.found) for each in notices] == [
        ("attribute_ignored", "/comment2", "comment2"),
        ("attribute_ignored", "/traceparent", "traceparent"),
    ]


@pytest.mark.parametrize("name", ["correlationId", "trace-parent", "å", "", "a b", "a/b~c"])
def test_a_name_that_cloudevents_does_not_allow_is_refused(name: str) -> None:
    place = {"a/b~c": "a~1b~0c"}.get(name, name)

    assert read({name: "x"}) == [f"attribute_name_invalid@/{place}"]


@pytest.mark.parametrize("value", ["application/json", "application/json; charset=utf-8", "Application/JSON", None])
def test_the_content_is_json(value: Json) -> None:
    assert read({"datacontenttype": value}) == []


@pytest.mark.parametrize("value", ["application/xml", "application/json; charset=latin-1", "json", "", 5])
def test_other_content_is_refused(value: Json) -> None:
    assert read({"datacontenttype": value}) == ["attribute_invalid@/datacontenttype"]


def test_a_flood_of_wrong_names_is_told_in_a_bounded_list() -> None:
    found = read_attributes({**opened(), **{f"A{place}": 1 for place in range(500)}}, NOW)

    assert not isinstance(found, Attributes)
    assert (len(found), len(tellable(found))) == (500, MAX_PROBLEMS)
