"""JSON as RFC 8259 has it and no wider: what Python's parser lets pass silently is noted here, place by place.

One C-speed pass with hooks finds doubled keys and numbers out of range;
depth, lone surrogates and NUL are looked for only where the text can hold them (RULES-TIMELINE 11).
Compact JSON, as most systems write it, needs no hooks: orjson reads it, and writing it again proves that nothing was lost.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite
from typing import NoReturn

import orjson

from schemas.event_type import Json

MAX_DEPTH = 64
MAX_LITERAL = 40
MAX_INTEGER = 2**53 - 1
_SAFE_DIGITS = 15  # every integer of so many characters is within the limit
_WHOLE_DECIMALS = (".0,", ".0]", ".0}")
_SUSPECT_ESCAPE = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_STRING_OR_NOT_FINITE = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity')


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A legal JSON value that the hub refuses: a reason code, the JSON pointer below its element, what was found."""

    reason: str
    pointer: str
    found: str


class TextRefusedError(Exception):
    """The text is not JSON, or nested too deeply; `reason` is a code of the closed list."""

    def __init__(self, reason: str, found: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.found = found


class _OutOfRange:
    """Stands where a number stood that the hub cannot hold exactly."""

    __slots__ = ("length",)

    def __init__(self, length: int) -> None:
        self.length = length


class _Doubled(dict[str, Json]):
    """An object in which a key stood more than once."""

    __slots__ = ("doubled",)

    doubled: tuple[str, ...]


class _NotFiniteError(ValueError):
    """NaN or Infinity stood where JSON has no such number."""


class StrictJson:
    """A parser that remembers whether the last text held anything to look at closely."""

    def __init__(self) -> None:
        self._troubled = False

    @cached_property
    def _decoder(self) -> json.JSONDecoder:
        return json.JSONDecoder(
            object_pairs_hook=self._pairs,
            parse_int=self._integer,
            parse_float=self._decimal,
            parse_constant=self._constant,
        )

    def parse(self, text: str) -> tuple[Json, bool]:
        """The value, and whether `flaws` must look at it. Raises TextRefusedError."""
        self._troubled = False
        if (plain := _plainly_written(text)) is not None:
            return plain, False
        try:
            value = self._decoder.decode(text)
        except json.JSONDecodeError as error:
            found = f"offset {error.pos}, line {error.lineno}, column {error.colno}"
            raise TextRefusedError("json_syntax", found) from error
        except _NotFiniteError as error:
            raise TextRefusedError("json_not_finite", _not_finite_at(text)) from error
        except RecursionError as error:
            raise TextRefusedError("json_too_deep", f"more than {MAX_DEPTH} levels") from error
        _refuse_depth(value)
        return value, self._troubled or _SUSPECT_ESCAPE.search(text) is not None

    def elements(self, text: str) -> list[tuple[Json, str]]:
        """The elements of a JSON array that parsed before, each with its own text."""
        found: list[tuple[Json, str]] = []
        at = text.index("[") + 1
        while True:
            while text[at] in " \t\r\n,":
                at += 1
            if text[at] == "]":
                return found
            value, end = self._decoder.raw_decode(text, at)
            found.append((value, text[at:end]))
            at = end

    def _pairs(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        members = dict(pairs)
        if len(members) == len(pairs):
            return members
        self._troubled = True
        doubled = _Doubled(members)
        times = Counter(name for name, _ in pairs)
        doubled.doubled = tuple(name for name in members if times[name] > 1)
        return doubled

    def _integer(self, literal: str) -> int | _OutOfRange:
        if len(literal) <= _SAFE_DIGITS:
            return int(literal)
        if len(literal) <= MAX_LITERAL and abs(number := int(literal)) <= MAX_INTEGER:
            return number
        self._troubled = True
        return _OutOfRange(len(literal))

    def _decimal(self, literal: str) -> int | float | _OutOfRange:
        number = float(literal) if len(literal) <= MAX_LITERAL else inf
        if not isfinite(number):
            self._troubled = True
            return _OutOfRange(len(literal))
        # 15, 15.0 and 1.5e1 are one number (RULES-TIMELINE 7).
        return int(number) if number.is_integer() and abs(number) <= MAX_INTEGER else number

    @staticmethod
    def _constant(name: str) -> NoReturn:
        raise _NotFiniteError(name)


def escape(name: str) -> str:
    """One reference token of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def flaws(value: Json, path: tuple[str | int, ...] = ()) -> Iterator[Flaw]:
    """Every value below `value` that the hub refuses, in document order; found one by one, because there may be many.

    `path` is written as a pointer only where something is wrong: names can be long, and stand above many values.
    """
    if isinstance(value, str):
        yield from _text_flaws(value, path)
    elif isinstance(value, _OutOfRange):
        yield Flaw(reason="number_out_of_range", pointer=_pointer(path), found=f"{value.length} characters")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from flaws(item, (*path, index))
    elif isinstance(value, dict):
        yield from _object_flaws(value, path)


def _object_flaws(members: dict[str, Json], path: tuple[str | int, ...]) -> Iterator[Flaw]:
    """A name that is wrong itself cannot be pointed at: then the object is."""
    for name in members.doubled if isinstance(members, _Doubled) else ():
        if not any(_text_flaws(name, path)):
            yield Flaw(reason="json_duplicate_key", pointer=_pointer((*path, name)), found="more than once")
    for name, item in members.items():
        if key_flaws := list(_text_flaws(name, path)):
            yield from key_flaws
        else:
            yield from flaws(item, (*path, name))


def _text_flaws(text: str, path: tuple[str | int, ...]) -> Iterator[Flaw]:
    if "\0" in text:
        yield Flaw(reason="nul_character", pointer=_pointer(path), found="U+0000")
    if any("\ud800" <= character <= "\udfff" for character in text):
        yield Flaw(reason="lone_surrogate", pointer=_pointer(path), found="half a surrogate pair")


def _pointer(path: tuple[str | int, ...]) -> str:
    return "".join(f"/{escape(str(step))}" for step in path)


def _plainly_written(text: str) -> Json:
    """The value of a text that is written as orjson would write it; None: look more closely.

    Such a text has no key twice, no number cut, and no escape but of control characters.
    Those are left out because NUL is one, and numbers that end in `.0` because 15.0 is 15 here.
    """
    if "\\u" in text or any(ending in text for ending in _WHOLE_DECIMALS) or text.endswith(".0"):
        return None
    try:
        value: Json = orjson.loads(text)
        written = orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    if written != text.encode(errors="surrogatepass"):
        return None
    if text.count("{") + text.count("[") > MAX_DEPTH:
        _refuse_depth(value)
    return value


def _refuse_depth(value: Json) -> None:
    level = [value] if isinstance(value, (dict, list)) else []
    depth = 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise TextRefusedError("json_too_deep", f"more than {MAX_DEPTH} levels")
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, (dict, list))
        ]


def _not_finite_at(text: str) -> str:
    """Where the first such number stands; what follows it is not looked at, for nobody knows yet whether it is JSON."""
    places = (place for place in _STRING_OR_NOT_FINITE.finditer(text) if not place.group().startswith('"'))
    return next((f"{place.group()} at offset {place.start()}" for place in places), "a number that is not finite")
