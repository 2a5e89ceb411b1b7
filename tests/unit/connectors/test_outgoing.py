"""What an event's bytes say of it on its way out: its key, and when two are the same."""

import json
from hashlib import sha256
from hmac import digest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.outgoing import Outgoing, read_outgoing
from tests.unit.intake.builders import JOBBTORG, opened

SECRET = b"s" * 32
EVENT = opened("o", subject="J1", hours=15)


def read(value: bytes, secret: bytes = SECRET) -> Outgoing:
    return read_outgoing(value, secret)


def written(**change: object) -> bytes:
    return json.dumps({**EVENT, **change}).encode()


def test_the_key_is_a_hash_of_source_and_subject_under_the_secret_of_its_outbox() -> None:
    event = read(written())

    assert event.key == digest(SECRET, f"{JOBBTORG}\x1fJ1".encode(), sha256)
    assert (event.source, event.id, event.value) == (JOBBTORG, "o", written())
    assert read(written(), b"t" * 32).key != event.key


@pytest.mark.parametrize(
    "value",
    [
        json.dumps(EVENT, indent=3, ensure_ascii=False).encode(),
        json.dumps(dict(reversed(EVENT.items()))).encode(),
        written().replace(b'"hours": 15', b'"hours": 15.0'),
        written().replace(b'"hours": 15', b'"hours": 1.5e1'),
        written().replace(b'"J1"', b'"\\u004a1"'),
    ],
)
def test_the_same_content_is_the_same_however_it_is_written(value: bytes) -> None:
    assert value != written()
    assert read(value).fingerprint == read(written()).fingerprint


@pytest.mark.parametrize(
    "value",
    [
        written(hours=16),
        written(hours="15"),
        written().replace(b'"hours": 15', b'"hours": 15, "hours": 15'),
        written().replace(b'"hours": 15', b'"hours": NaN'),
        written().replace(b'"hours": 15', b'"hours": 1e400'),
        b"\xef\xbb\xbf" + written(),
        written()[:-1],
        written() + b"\xff",
    ],
)
def test_what_has_to_be_mended_is_not_the_same_as_what_is_mended(value: bytes) -> None:
    assert read(value).fingerprint != read(written()).fingerprint


@pytest.mark.parametrize(
    "value",
    [b"", b"no event", b"[]", b"null", b"\xff", b'{"id": "o"', b"[" * 100_000, b'{"a": ' + b"9" * 5_000 + b"}"],
)
def test_what_is_no_event_is_sent_as_it_is_and_belongs_to_nobody(value: bytes) -> None:
    event = read(value)

    assert (event.source, event.id, event.key, event.value) == (None, None, None, value)


@pytest.mark.parametrize("change", [{"subject": None}, {"subject": 17}, {"source": ["s"]}, {"subject": "\ud800"}])
def test_without_source_or_subject_there_is_no_key(change: dict[str, object]) -> None:
    assert read(written(**change)).key is None


def test_a_name_that_stands_twice_hides_neither_id_nor_source() -> None:
    event = read(written().replace(b'"id": "o"', b'"id": "o", "time": "x"'))

    assert (event.source, event.id) == (JOBBTORG, "o")


@given(
    st.binary(max_size=40)
    | st.recursive(
        st.none() | st.text() | st.floats(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_the_bytes_are_they_can_be_sent(value: bytes) -> None:
    assert read(value).value == value
