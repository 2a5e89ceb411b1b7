"""Compact JSON is read faster, and must be read as the same text with white space is."""

import json
from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.intake.strict_json import MAX_INTEGER, Flaw, StrictJson, TextRefusedError, flaws
from schemas.event_type import Json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)
TEXTS = [
    '{"a":1,"a":2}',
    '{"a":{"b":[],"b":[]}}',
    "[15.0,15,1.5e1,-0.0,-0,1e16,1e400,12345678901234567890]",
    f"[{MAX_INTEGER},{MAX_INTEGER + 1},-{MAX_INTEGER + 1}]",
    r'["\u0000","\u001f","\ud800","\ud83d\ude00"]',
    '{"å\\\\u0000":"\x7f"}',
    "[1.5,15.05,1.0]",
    '{"a":15.0}',
    "15.0",
    "[" * 64 + "]" * 64,
    "[" * 65 + "]" * 65,
    "[" * 2000 + "]" * 2000,
    '{"a":[[1],[2]],"b":"[[[["}',
    "null",
    "NaN",
    '{"a":01}',
    "[1,]",
    '"\ud800"',
]


def read(text: str) -> str | list[Flaw]:
    """The value, what is wrong in it, or why the text is refused."""
    try:
        value, suspect = StrictJson().parse(text)
    except TextRefusedError as error:
        return error.reason
    return (list(flaws(value)) if suspect else []) or repr(value)


@pytest.mark.parametrize("text", TEXTS)
def test_a_compact_text_means_what_it_means_with_white_space(text: str) -> None:
    assert read(text) == read(f"{text} ")


@given(value=VALUES, write=st.sampled_from([json.dumps, lambda value: json.dumps(value, separators=(",", ":"))]))
def test_whatever_the_writer_the_value_is_the_same(value: Json, write: Callable[[Json], str]) -> None:
    assert read(write(value)) == read(f"{write(value)} ")


@given(value=VALUES)
def test_what_was_written_compactly_is_read_as_it_was(value: Json) -> None:
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return

    assert read(text) == read(f"{text} ")
