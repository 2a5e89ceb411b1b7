"""What JSON can hold comes back as it was, or is named as a flaw at its place; other texts are refused as by others."""

import json
import re
from math import isfinite
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.strict_json import MAX_DEPTH, MAX_INTEGER, MAX_LITERAL, Flaw, StrictJson, TextRefusedError, flaws
from schemas.event_type import Json

_TEXTS = st.text(max_size=6) | st.sampled_from(["\0", "\ud800", "a\udfff", "/", "~", "", "\\u0000", "😀"])
_NUMBERS = (
    st.integers(-(2**70), 2**70)
    | st.sampled_from([MAX_INTEGER, MAX_INTEGER + 1, -MAX_INTEGER, -MAX_INTEGER - 1, 10**39, 10**40, -0.0, 1e300])
    | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=20,
)


def parse(text: str) -> tuple[Json, list[Flaw]]:
    """The value and its flaws."""
    value, suspect = StrictJson().parse(text)
    return value, list(flaws(value)) if suspect else []


def refused(text: str) -> str | None:
    """The reason why a text is refused, None when it is not."""
    try:
        StrictJson().parse(text)
    except TextRefusedError as error:
        return error.reason
    return None


def bad_places(value: Json, place: str = "") -> set[tuple[str, str]]:
    """What the hub cannot hold in a value, found by walking it: reason and pointer."""
    match value:
        case str():
            return {(reason, place) for reason in bad_text(value)}
        case bool() | None:
            return set()
        case int():
            return {("number_out_of_range", place)} if abs(value) > MAX_INTEGER else set()
        case float():
            return set()
        case list():
            return {found for at, item in enumerate(value) for found in bad_places(item, f"{place}/{at}")}
        case _:
            names = {(reason, place) for name in value for reason in bad_text(name)}
            return names | {
                found
                for name, item in value.items()
                if not bad_text(name)
                for found in bad_places(item, f"{place}/{name.replace('~', '~0').replace('/', '~1')}")
            }


def bad_text(text: str) -> set[str]:
    """What is wrong with one text."""
    found = {"nul_character"} if "\0" in text else set()
    return found | ({"lone_surrogate"} if re.search("[\ud800-\udfff]", text) else set())


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    VALUES,
    st.fixed_dictionaries(
        {
            "ensure_ascii": st.booleans(),
            "indent": st.sampled_from([None, 0, 2]),
            "separators": st.sampled_from([None, (",", ":")]),
        }
    ),
)
def test_every_value_comes_back_or_is_named_at_its_place(
    value: Json, manner: dict[str, Any]
) -> None:  # json.dumps' own options
    text = json.dumps(value, **manner)
    if bad_text(text):  # no UTF-8 holds half a pair: it comes as an escape
        text = json.dumps(value, **manner | {"ensure_ascii": True})

    found, named = parse(text)

    places = {(flaw.reason, flaw.pointer) for flaw in named}
    assert places == bad_places(value)
    assert places or found == value


@settings(deadline=None, derandomize=True, max_examples=300)
@given(VALUES, st.data())
def test_a_damaged_text_is_json_here_when_it_is_for_others(value: Json, data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=data.draw(st.booleans()))
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 2))
    put = data.draw(
        st.sampled_from(["", '"', ",", "[", "]", "{", "}", ":", "-", "0", ".", "e9", "\\", "u", "\t", "\n", "NaN"])
    )
    damaged = text[:at] + put + text[at + cut :]

    taken = refused(damaged) is None

    assert taken is _taken_by_pythons_own(damaged)
    assert taken or not _taken_by_orjson(damaged)


def _taken_by_pythons_own(text: str) -> bool:
    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        json.loads(text, parse_constant=refuse)
    except ValueError:
        return False
    return True


def _taken_by_orjson(text: str) -> bool:
    try:
        orjson.loads(text)
    except ValueError:
        return False
    return True


@settings(deadline=None, derandomize=True, max_examples=150)
@given(VALUES)
def test_what_is_taken_without_a_flaw_is_what_orjson_reads(value: Json) -> None:
    text = json.dumps(value)
    found, named = parse(text)

    assert named or found == orjson.loads(text)


@pytest.mark.parametrize("literal", ["15", "15.0", "1.5e1", "150e-1", "15.000", "1.5E+1"])
def test_one_number_in_any_spelling_is_one_value(literal: str) -> None:
    value, named = parse(f"[{literal}]")

    assert (repr(value), named) == ("[15]", [])


@pytest.mark.parametrize(
    ("literal", "named"),
    [
        (str(MAX_INTEGER), False),
        (str(MAX_INTEGER + 1), True),
        (f"-{MAX_INTEGER}", False),
        (f"-{MAX_INTEGER + 1}", True),
        ("1e308", False),
        ("1e309", True),
        ("-1e309", True),
        ("1e-400", False),
        ("0." + "1" * (MAX_LITERAL - 2), False),
        ("0." + "1" * (MAX_LITERAL - 1), True),
        ("1" * 5000, True),
    ],
)
def test_numbers_have_limits(literal: str, *, named: bool) -> None:
    value, found = parse(f'{{"a":[{literal}]}}')

    assert [(flaw.reason, flaw.pointer) for flaw in found] == ([("number_out_of_range", "/a/0")] if named else [])
    assert named or isfinite(value["a"][0])


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ('{"a":1,"a":1}', ["/a"]),
        ('{"a":1, "\\u0061":2}', ["/a"]),
        ('[{"a":1,"b":2,"a":3,"b":4,"a":5}]', ["/0/a", "/0/b"]),
        ('{"x":{"a/b":1,"a/b":2},"~":{"":1,"":2}}', ["/x/a~1b", "/~0/"]),
        ('{"a":{"b":1,"b":2},"a":{"c":3}}', ["/a"]),
        ('{"a":1,"b":{"a":1}}', []),
    ],
)
def test_a_name_that_stands_twice_in_one_object_is_told(text: str, pointers: list[str]) -> None:
    found = parse(text)[1]

    assert [(flaw.reason, flaw.pointer) for flaw in found] == [("json_duplicate_key", place) for place in pointers]


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_depth_has_a_limit(opening: str, closing: str) -> None:
    levels = MAX_DEPTH // len(closing)
    deepest = opening * levels + "1" + closing * levels
    deeper = f"[{deepest}]"

    assert [refused(text) for text in (deepest, deeper, opening * 100_000)] == [None, "json_too_deep", "json_too_deep"]


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a":-Infinity}', '["NaN",NaN]'])
def test_a_number_that_is_none_has_a_reason_of_its_own(text: str) -> None:
    assert refused(text) == "json_not_finite"


@pytest.mark.parametrize(
    "text", ["", "{", "[1,]", "{'a':1}", "01", "+1", ".5", "1.", "1e", "tru", "[1]2", '"\t"', "\u00a01"]
)
def test_what_is_no_json_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(TextRefusedError) as refusal:
        StrictJson().parse(text)

    assert (refusal.value.reason, refusal.value.found.startswith("offset ")) == ("json_syntax", True)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.lists(VALUES, max_size=5), st.sampled_from([None, 1]))
def test_the_elements_of_an_array_come_each_with_its_own_text(values: list[Json], indent: int | None) -> None:
    text = json.dumps(values, indent=indent)
    reader = StrictJson()
    whole, _ = reader.parse(text)

    pieces = reader.elements(text)

    assert [json.loads(piece) for _, piece in pieces] == json.loads(text)
    assert [list(flaws(element)) for element, _ in pieces] == [list(flaws(element)) for element in whole]
