"""The same content in other clothes has the same fingerprint, other content has another (RULES-TIMELINE 7)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.examine import examine
from hub.intake.hashing import Hasher
from hub.intake.reading import CallRefused, Delivery, read_batch, read_record, read_single
from schemas.event_type import Json, JsonObject
from tests.unit.intake.builders import NOW, Door, opened

REGISTRY = Door().registry
HASHER = Hasher(b"k" * 32)
EVENT = {
    **opened(sequence=7, correlationid="g"),
    "data": {"key": "e", "programme": "sfi", "hours": 15, "note": "Åsa/Ö", "unit": None},
}
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e9, 1e9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
# In these clothes a text comes as it is: no NUL, no halves of pairs.
_DATA = st.dictionaries(st.text(max_size=4), _VALUES, max_size=4).filter(
    lambda data: json.loads(json.dumps(data, ensure_ascii=False).replace("\\u0000", "")) == data
)


def fingerprint(text: str, *, by: str = "single", hasher: Hasher = HASHER) -> bytes:
    """Of one event as it came: alone, in a batch or as a line of a file."""
    body = text.encode()
    if by == "batch":
        batch = read_batch(b"[" + body + b"]")
        assert not isinstance(batch, CallRefused)
        content = batch[0]
    else:
        single = read_record(body) if by == "line" else read_single(body)
        assert not isinstance(single, CallRefused)
        content = single
    delivery = Delivery(agency="jobbtorg", channel=by, locator=f"{by}/0", received_at=NOW, content=content)
    return examine(delivery, REGISTRY, hasher).fingerprint


def of(event: JsonObject) -> bytes:
    """Of an event as json.dumps writes it."""
    return fingerprint(json.dumps(event))


def with_data(**change: Json) -> JsonObject:
    """The event with other data."""
    return {**EVENT, "data": {**EVENT["data"], **change}}


def turned(value: Json) -> Json:
    """The same value with the members of every object the other way round."""
    if isinstance(value, dict):
        return {name: turned(item) for name, item in reversed(value.items())}
    return [turned(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(turned(EVENT)),
        json.dumps(EVENT, indent=2),
        json.dumps(EVENT, separators=(",", ":")),
        json.dumps(EVENT, ensure_ascii=False),
        json.dumps(EVENT).replace("/", "\\/"),
        json.dumps(EVENT).replace("jobbtorg", "\\u006aobbtorg"),
        json.dumps(EVENT).replace(": 15,", ": 15.0,"),
        json.dumps(EVENT).replace(": 15,", ": 1.5e1,"),
        json.dumps({**EVENT, "sequence": "7"}),
        json.dumps({**EVENT, "sequence": "007"}),
        json.dumps({**EVENT, "schemaversion": "2"}),
        json.dumps({**EVENT, "time": "2026-11-20T08:00:00Z"}),
        json.dumps({**EVENT, "time": "2026-11-20T08:00:00.000Z"}),
        json.dumps({**EVENT, "time": "2026-11-20T03:00:00-05:00"}),
        json.dumps({**EVENT, "datacontenttype": "application/json"}),
        json.dumps({**EVENT, "datacontenttype": "application/json; charset=utf-8"}),
        json.dumps({**EVENT, "legalbasis": None}),
        json.dumps({**EVENT, "traceparent": "00-another-on-every-attempt"}),
        json.dumps({**EVENT, "dataschema": "https://samspar.se/1"}),
    ],
)
@pytest.mark.parametrize("by", ["single", "batch", "line"])
def test_the_same_content_in_other_clothes_is_the_same(written: str, by: str) -> None:
    assert fingerprint(written, by=by) == of(EVENT)


@pytest.mark.parametrize(
    "other",
    [
        {**EVENT, "id": "p"},
        {**EVENT, "subject": "J2"},
        {**EVENT, "time": "2026-11-20T08:00:00.001Z"},
        {**EVENT, "sequence": 8},
        {name: value for name, value in EVENT.items() if name != "sequence"},
        {**EVENT, "correlationid": "h"},
        {name: value for name, value in EVENT.items() if name != "correlationid"} | {"causationid": "g"},
        {**EVENT, "legalbasis": "LB1"},
        {**EVENT, "orgunit": "g"},
        {**EVENT, "schemaversion": 1},
        {**EVENT, "type": "se.samspar.enrolment.changed"},
        with_data(hours=15.5),
        with_data(hours="15"),
        with_data(note="Asa/Ö"),
        with_data(note="A\u030asa/Ö"),
        with_data(note="åsa/Ö"),
        with_data(unit=""),
        {**EVENT, "data": {name: value for name, value in EVENT["data"].items() if name != "unit"}},
        with_data(scope=None),
        with_data(**{"from": "2026-01-01"}),
    ],
)
def test_other_content_is_other(other: JsonObject) -> None:
    assert of(other) != of(EVENT)


def test_the_order_of_a_list_is_content() -> None:
    def plan(*lines: str) -> JsonObject:
        data = {"key": "p", "plan_type": "jobbplan", "lines": [{"key": line} for line in lines]}
        return {**EVENT, "type": "se.samspar.plan.created", "schemaversion": 1, "data": data}

    assert of(plan("a", "b")) == of(turned(plan("a", "b"))) != of(plan("b", "a"))


def test_nobody_without_the_key_can_say_what_a_fingerprint_is_of() -> None:
    text = json.dumps(EVENT)

    assert fingerprint(text, hasher=Hasher(b"l" * 32)) != fingerprint(text)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(_DATA, st.integers(-12 * 60, 12 * 60), st.sampled_from(["single", "batch", "line"]))
def test_any_data_in_other_clothes_is_the_same(data: JsonObject, minutes: int, by: str) -> None:
    zone = timezone(timedelta(minutes=minutes))
    elsewhere = datetime.fromisoformat(EVENT["time"]).astimezone(zone).isoformat()
    clothes: list[Callable[[JsonObject], str]] = [
        lambda event: json.dumps(turned(event), ensure_ascii=False, indent=1),
        lambda event: json.dumps(turned({**event, "time": elsewhere}), separators=(",", ":")),
    ]

    assert {fingerprint(write({**EVENT, "data": data}), by=by) for write in clothes} == {of({**EVENT, "data": data})}


@settings(deadline=None, derandomize=True, max_examples=150)
@given(_DATA, _DATA)
def test_two_data_have_one_fingerprint_exactly_when_they_are_one(one: JsonObject, other: JsonObject) -> None:
    same = _by_value(one) == _by_value(other)

    assert (of({**EVENT, "data": one}) == of({**EVENT, "data": other})) is same


def _by_value(value: Json) -> Json:
    """A value in which equal numbers are equal texts, and nothing else is."""
    if isinstance(value, dict):
        return {name: _by_value(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_by_value(item) for item in value]
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"number {float(value) + 0.0}" if number else repr(value)


def test_a_blind_index_belongs_to_its_type() -> None:
    indexes = {HASHER.index(kind, "199309202399") for kind in ("personal_number", "coordination_number")}

    assert (len(indexes), {len(index) for index in indexes}) == (2, {16})


def test_a_spell_is_of_one_source_one_kind_and_one_key() -> None:
    named = [("s", "plan", "k"), ("t", "plan", "k"), ("s", "activity", "k"), ("s", "plan", "l")]

    assert len({HASHER.thing(*names) for names in named}) == len(named)
    assert HASHER.thing(*named[0]) == HASHER.thing(*named[0])


def test_a_key_is_not_printed() -> None:
    assert "kkkk" not in repr(HASHER)
