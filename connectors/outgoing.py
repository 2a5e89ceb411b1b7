"""An event on its way out, as far as its bytes say what it is: pure.

Bytes that are no event are sent all the same, so that the hub quarantines and answers them.
"""

import hmac
import json
from dataclasses import dataclass, field
from math import isfinite

from schemas.event_type import Json, JsonObject

_FINGERPRINT_BYTES = 16
_EXACT = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """`source` and `id` are None where they cannot be read, `key` where the person cannot: order is then nobody's.

    `fingerprint` is the same for the same content, however it is written.
    """

    source: str | None
    id: str | None
    key: bytes | None
    fingerprint: bytes
    value: bytes = field(repr=False)


def read_outgoing(value: bytes, secret: bytes) -> Outgoing:
    """What is known of an event by its bytes. Keys and fingerprints are hashes under `secret`: they say nothing."""
    body, canonical = _parsed(value)
    source, subject = _text(body, "source"), _text(body, "subject")
    person = None if source is None or subject is None else f"{source}\x1f{subject}".encode()
    return Outgoing(
        source=source,
        id=_text(body, "id"),
        key=None if person is None else hmac.digest(secret, person, "sha256"),
        fingerprint=hmac.digest(secret, canonical, "sha256")[:_FINGERPRINT_BYTES],
        value=value,
    )


class _NotPlainError(ValueError):
    """A name stood twice, or a number that JSON does not have: the mended event would look the same once parsed."""


def _members(pairs: list[tuple[str, Json]]) -> JsonObject:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _NotPlainError
    return members


def _number(literal: str) -> float:
    """15, 15.0 and 1.5e1 are one number (RULES-TIMELINE 7)."""
    number = float(literal)
    if not isfinite(number):
        raise _NotPlainError
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


_PLAIN = json.JSONDecoder(object_pairs_hook=_members, parse_float=_number, parse_constant=_number)


def _parsed(value: bytes) -> tuple[JsonObject, bytes]:
    """What an event says, and its content by value; the bytes themselves where it cannot be read so."""
    try:
        text = value.decode()
        try:
            body = _PLAIN.decode(text)
            canonical = json.dumps(body, sort_keys=True).encode()
        except _NotPlainError:
            body, canonical = json.loads(text), value
    except (ValueError, RecursionError):  # not UTF-8, not JSON, nested without end
        return {}, value
    return (body, canonical) if isinstance(body, dict) else ({}, value)


def _text(body: JsonObject, name: str) -> str | None:
    """An attribute that is a whole text."""
    stated = body.get(name)
    if not isinstance(stated, str):
        return None
    return stated if stated.isascii() or not any("\ud800" <= character <= "\udfff" for character in stated) else None
