"""What a Kafka record holds: the modes of the CloudEvents binding, and records that keep to none of them."""

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.modes import BATCH, PLAIN, SINGLE
from hub.intake.reading import Content, Parsed, Unreadable
from hub.intake.records import read_kafka_record
from tests.unit.intake.builders import opened, registration

STRUCTURED = ("content-type", SINGLE.encode())
JSON_DATA = ("content-type", PLAIN.encode())
EVENT = opened("o", correlationid="vårdplan 7")
DATA = json.dumps(EVENT["data"]).encode()
ATTRIBUTES = [(f"ce_{name}", str(value).encode()) for name, value in EVENT.items() if name != "data"]
AS_TEXTS = {name: str(value) for name, value in EVENT.items() if name != "data"}
BINARY = Parsed({**AS_TEXTS, "datacontenttype": PLAIN, "data": EVENT["data"]})


def told(content: Content) -> list[tuple[str, str | None, str]]:
    """What is wrong with a record: reason, pointer and what was found."""
    return (
        [(found.reason, found.pointer, found.found) for found in content.problems]
        if isinstance(content, Unreadable)
        else []
    )


@pytest.mark.parametrize(
    "headers",
    [
        [STRUCTURED],
        [("Content-Type", b"application/cloudevents+json; charset=UTF-8")],
        [],
        [("traceparent", b"\xff"), ("ce_id", None)],
        [JSON_DATA],
        [STRUCTURED, ("ce_id", b"another"), ("ce_source", b"\xff")],
    ],
)
def test_a_whole_event_is_read_however_its_sender_says_so(headers: Sequence[tuple[str, bytes | None]]) -> None:
    assert read_kafka_record(headers, json.dumps(EVENT).encode()) == Parsed(EVENT)


@pytest.mark.parametrize(
    "headers",
    [
        [JSON_DATA, *ATTRIBUTES],
        ATTRIBUTES,
        [*ATTRIBUTES, ("content-type", b"application/json;charset=utf-8")],
        [(name.upper(), value) for name, value in [JSON_DATA, *ATTRIBUTES]],
        [JSON_DATA, *ATTRIBUTES, ("ce_purpose", None), ("traceparent", b"\xff\xfe")],
    ],
)
def test_attributes_of_binary_mode_stand_in_headers_as_they_are(headers: Sequence[tuple[str, bytes | None]]) -> None:
    assert read_kafka_record(headers, DATA) == BINARY


def test_an_attribute_in_a_header_is_not_percent_encoded() -> None:
    headers = [*ATTRIBUTES[:-1], ("ce_correlationid", "100%25 åäö".encode())]

    content = read_kafka_record(headers, DATA)

    assert isinstance(content, Parsed)
    assert content.body["correlationid"] == "100%25 åäö"


@pytest.mark.parametrize("value", [None, b"", b" \n"])
def test_a_record_without_content_is_answered(value: bytes | None) -> None:
    content = read_kafka_record([STRUCTURED], value)

    assert [reason for reason, _, _ in told(content)] == ["body_empty"]
    assert isinstance(content, Unreadable)
    assert content.raw == (value or b"")


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([("content-type", BATCH.encode())], "a batch in one record"),
        ([("content-type", b"application/cloudevents+avro")], "another content type"),
        ([("content-type", b"application/avro"), *ATTRIBUTES], "another content type"),
        ([("content-type", b"application/json; charset=latin-1"), *ATTRIBUTES], "another charset"),
        ([("content-type", b"\xff"), *ATTRIBUTES], "a content type that is not UTF-8"),
        ([("content-type", b"")], "another content type"),
        ([STRUCTURED, JSON_DATA], "more than one content type"),
        ([STRUCTURED, ("content-encoding", b"gzip")], "a compressed body"),
    ],
)
def test_a_record_of_another_content_type_is_answered(headers: Sequence[tuple[str, bytes]], found: str) -> None:
    content = read_kafka_record(headers, DATA)

    assert told(content) == [("content_type_unsupported", None, found)]
    assert isinstance(content, Unreadable)
    assert content.raw == DATA
    assert content.problems[0].expected.endswith("one event a record; UTF-8; not compressed")


@pytest.mark.parametrize(
    ("more", "problems"),
    [
        ([("ce_id", b"o")], [("json_duplicate_key", "/id", "more than once")]),
        ([("CE_ID", b"another")], [("json_duplicate_key", "/id", "more than once")]),
        ([("ce_data", b"{}")], [("json_duplicate_key", "/data", "more than once")]),
        ([("ce_datacontenttype", b"text/plain")], [("json_duplicate_key", "/datacontenttype", "more than once")]),
        (
            [("ce_purpose", b"\xe5"), ("ce_orgunit", b"\xff")],
            [("attribute_invalid", f"/{name}", "bytes that are not UTF-8") for name in ("orgunit", "purpose")],
        ),
        ([("ce_purpose", b"a\0b")], [("nul_character", "/purpose", "U+0000")]),
        ([("ce_19860101-2381", b"\xff")], [("attribute_invalid", "", "bytes that are not UTF-8")]),
    ],
)
def test_what_is_wrong_with_a_header_is_told_by_the_name_of_its_attribute(
    more: Sequence[tuple[str, bytes]], problems: list[tuple[str, str, str]]
) -> None:
    assert told(read_kafka_record([*ATTRIBUTES, *more], DATA)) == problems


def test_broken_data_of_binary_mode_is_told_by_where_it_is_broken_in_the_value() -> None:
    content = read_kafka_record(ATTRIBUTES, b'{"key": ')

    assert told(content) == [("json_syntax", None, "offset 8, line 1, column 9")]


def test_the_value_of_an_exact_size_is_read_and_a_larger_one_answered() -> None:
    event = registration("r", note="")
    room = 256 * 1024 - len(json.dumps(event))

    contents = [read_kafka_record([], json.dumps({**event, "note": "x" * more}).encode()) for more in (room, room + 1)]

    assert [type(content) for content in contents] == [Parsed, Unreadable]
    assert told(contents[1]) == [("event_too_large", None, f"{256 * 1024 + 1} bytes")]


@given(
    headers=st.lists(
        st.tuples(
            st.sampled_from(["content-type", "content-encoding", "ce_id", "ce_data", "ce_", "x"]) | st.text(max_size=8),
            st.none()
            | st.binary(max_size=12)
            | st.sampled_from([SINGLE.encode(), PLAIN.encode(), b"a/b; charset*=x''"]),
        ),
        max_size=5,
    ),
    value=st.none() | st.binary(max_size=20) | st.just(DATA),
)
def test_whatever_a_record_holds_there_is_an_answer(
    headers: list[tuple[str, bytes | None]], value: bytes | None
) -> None:
    assert isinstance(read_kafka_record(headers, value), Parsed | Unreadable)


@given(st.binary(max_size=40), st.sampled_from([b"", b"; charset*=", b"; charset*0*=", b";charset=", b"; charset*"]))
def test_a_content_type_may_be_anything(tail: bytes, parameter: bytes) -> None:
    headers = [("content-type", PLAIN.encode() + parameter + tail)]

    assert isinstance(read_kafka_record(headers, DATA), Parsed | Unreadable)


@pytest.mark.parametrize(
    "content_type", ["application/json; charset*=a\0b''x", f"application/json; charset*{'9' * 5000}=x"]
)
def test_a_parameter_that_nobody_can_parse_is_another_charset(content_type: str) -> None:
    content = read_kafka_record([("content-type", content_type.encode())], DATA)

    assert told(content) == [("content_type_unsupported", None, "another charset")]
