"""Whether a file is a case at all: every place where it leaves the notation, in words (examples/cases/NOTATION.md)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeGuard

from hub.tryout.notation import NotACaseError, instant
from schemas.catalogue import latest

Node = Any  # YAML gives anything
Check = Callable[[Node], bool]
_Fields = Mapping[str, tuple[Check, str]]
_LONGEST = 60
_REPLACING = (".corrected", ".retracted")


def mistakes(given: Node) -> list[str]:
    """What was expected and what was found, place by place; empty: the file is a case."""
    if not isinstance(given, dict):
        return [f"expected case, says and story, found {_told(given)}"]
    found = list(_wrong("", given, _CASE, ("case", "says", "story")))
    for name, fields in (("sources", _SOURCE), ("authorisations", _AUTHORISATION), ("expect", _EXPECTATION)):
        found += [said for where, part in _parts(name, given.get(name)) for said in _wrong(where, part, fields)]
    if isinstance(given.get("settings"), dict):
        found += _wrong("settings", given["settings"], _SETTINGS)
    for where, expectation in _parts("expect", given.get("expect")):
        found += _expectation(where, expectation)
    story = given.get("story")
    return found + (_story(story) if _is_mappings(story) else [])


def _story(story: Sequence[Mapping[str, Node]]) -> list[str]:
    if not story:
        return ["expected at least one delivery in the story, found none"]
    found: list[str] = []
    earlier: dict[str, Mapping[str, Node]] = {}
    named = [each.get("key") for each in story]
    last: datetime | None = None
    for place, item in enumerate(story, 1):
        where = f"delivery {place}"
        again = item.get("again")
        needed = ("key", "received") if again is not None else ("key", "agency", "received", "event")
        wrong = list(_wrong(where, item, _DELIVERY, needed))
        found += wrong
        if wrong:
            continue
        if again is not None and again not in earlier:
            found.append(f"{where}: expected the key of an earlier delivery as again, found {_told(again)}")
        if item["key"] in earlier:
            found.append(f"{where}: expected a key of its own, found {item['key']} once more")
        received = instant(item["received"])
        if last is not None and received < last:
            found.append(f"{where}: expected received not before the delivery above, found an earlier one")
        last = received
        whole = {**earlier.get(str(again), {}), **item}
        earlier[item["key"]] = whole
        found += _about(where, whole, named)
    return found or _endless(story)


def _about(where: str, whole: Mapping[str, Node], named: Sequence[Node]) -> Iterator[str]:
    """What an event needs beyond what every delivery needs."""
    event = str(whole.get("event"))
    if event.endswith(_REPLACING):
        yield from _wrong(where, whole, {}, ("replaces", "reason"))
        if "replaces" in whole and whole["replaces"] not in named:
            yield f"{where}: expected the key of a delivery as replaces, found {_told(whole['replaces'])}"
    if event == "participant.registered":
        yield from _wrong(where, whole, {}, ("identifiers",))
    if event == "source.heartbeat":
        yield from _wrong(where, whole, {}, ("complete_to",))


def _endless(story: Sequence[Mapping[str, Node]]) -> list[str]:
    """Corrections that replace each other in a ring have no root."""
    replaces = {each["key"]: each.get("replaces") for each in story}
    found: list[str] = []
    for key, first in replaces.items():
        target, steps = first, 0
        while target is not None and steps <= len(replaces):
            target, steps = replaces.get(target), steps + 1
        if target is not None:
            found.append(f"{key}: expected a correction that leads to an event of its own, found a ring")
    return found


def _expectation(where: str, expectation: Mapping[str, Node]) -> Iterator[str]:
    for place, entry in _parts(f"{where} timeline", expectation.get("timeline")):
        yield from _wrong(place, entry, {"key": _TEXT, "flags": _TEXTS}, ("key",))
    for name in ("joint_lines", "past_lines", "joint_goals"):
        for place, line in _parts(f"{where} {name}", expectation.get(name)):
            yield from _wrong(place, line, {"sources": _TEXTS}, ("sources",))
    for place, finding in _parts(f"{where} findings", expectation.get("findings")):
        yield from _wrong(place, finding, {"rule": _TEXT, "items": _TEXTS}, ("rule", "items"))
    for place, source in _parts(f"{where} sources", expectation.get("sources")):
        for name in source.keys() - _ANSWER:
            yield f"{place}: expected one of {', '.join(sorted(_ANSWER))}, found {_told(name)}"


def _wrong(where: str, given: Mapping[str, Node], fields: _Fields, required: Sequence[str] = ()) -> Iterator[str]:
    begin = f"{where}: " if where else ""
    for name in required:
        if name not in given:
            yield f"{begin}expected {name}, found none"
    for name, (check, expected) in fields.items():
        if name in given and not check(given[name]):
            yield f"{begin}expected {expected} as {name}, found {_told(given[name])}"


def _parts(where: str, listed: Node) -> Iterator[tuple[str, Mapping[str, Node]]]:
    """The mappings in a list or mapping, each with its place; what is none of it is told by the field that holds it."""
    if isinstance(listed, dict):
        yield from ((f"{where} {name}", part) for name, part in listed.items() if isinstance(part, dict))
    elif isinstance(listed, list):
        yield from ((f"{where} {place}", part) for place, part in enumerate(listed, 1) if isinstance(part, dict))


def _told(value: object) -> str:
    if isinstance(value, list):
        strange = [
            f"{_told(each)} in place {place}" for place, each in enumerate(value, 1) if not isinstance(each, dict)
        ]
        return strange[0] if strange else "an empty list"
    text = "nothing" if value is None else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _is_text(value: Node) -> bool:
    return isinstance(value, str) and bool(value)


def _is_name(value: Node) -> bool:
    return _is_text(value) or (isinstance(value, int) and not isinstance(value, bool))


def _is_day(value: Node) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_instant(value: Node) -> bool:
    try:
        instant(value)
    except (NotACaseError, ValueError, OverflowError):
        return False
    return True


def _is_number(value: Node) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _is_texts(value: Node) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_lists_of_texts(value: Node) -> bool:
    return isinstance(value, list) and all(map(_is_texts, value))


def _is_mappings(value: Node) -> TypeGuard[list[dict[str, Node]]]:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _is_mapping(value: Node) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value))


def _is_mapping_of_mappings(value: Node) -> bool:
    return _is_mapping(value) and all(map(_is_mapping, value.values()))


def _is_verdicts(value: Node) -> bool:
    return _is_mapping(value) and all(_is_texts(each) or _is_mapping(each) for each in value.values())


_LARGEST = 1_000_000
_ANSWER = frozenset(("complete_to", "missing_sequences", "held", "rejected", "state"))
_TEXT = (_is_text, "a text")
_TEXTS = (_is_texts, "a list of texts")
_DAY = (_is_day, "a day")
_NUMBER = (_is_number, "a whole number")
_INSTANT = (_is_instant, "an instant or a day")
_CASE: _Fields = {
    "case": _TEXT,
    "says": _TEXT,
    "today": _DAY,
    "settings": (_is_mapping, "a mapping"),
    "person": (_is_mapping, "a mapping"),
    "sources": (_is_mapping_of_mappings, "a mapping of sources"),
    "authorisations": (_is_mappings, "a list of mappings"),
    "same_as": _TEXT,
    "story": (_is_mappings, "a list of deliveries"),
    "expect": (_is_mappings, "a list of expectations"),
}
_SETTINGS: _Fields = {"grace_minutes": _NUMBER, "late_after_days": _NUMBER}
_SOURCE: _Fields = {"agency": _TEXT, "first_sequence": _NUMBER, "silent_after_hours": _NUMBER}
_AUTHORISATION: _Fields = {"agency": _TEXT, "event": _TEXT, "from": _DAY, "to": _DAY}
_DELIVERY: _Fields = {
    "key": _TEXT,
    "agency": _TEXT,
    "source": _TEXT,
    "received": _INSTANT,
    "happened": _INSTANT,
    "complete_to": _INSTANT,
    "event": (lambda value: isinstance(value, str) and latest(value) is not None, "an event of the contract"),
    "subject": (_is_name, "a reference"),
    "again": _TEXT,
    "replaces": _TEXT,
    "identifiers": (
        lambda value: isinstance(value, list) and all(map(_is_mapping, value)),
        "a list of identifiers by type",
    ),
}
_EXPECTATION: _Fields = {
    "as_of": _DAY,
    "known_at": _INSTANT,
    "who": _TEXT,
    "viewer": _TEXT,
    "receipts": (_is_verdicts, "keys, or reasons by key, per status"),
    "timeline": (_is_mappings, "a list of entries"),
    "shown": _TEXTS,
    "absent": _TEXTS,
    "hidden": _TEXTS,
    "log": _TEXTS,
    "groups": (lambda value: isinstance(value, dict) and all(map(_is_texts, value.values())), "keys per group"),
    "participants": (_is_lists_of_texts, "a list of lists of references"),
    "sources": (_is_mapping_of_mappings, "a mapping of sources"),
    "joint_lines": (_is_mappings, "a list of joint lines"),
    "past_lines": (_is_mappings, "a list of joint lines"),
    "joint_goals": (_is_mappings, "a list of goals"),
    "findings": (_is_mappings, "a list of findings"),
    "joined": (_is_lists_of_texts, "a list of pairs of keys"),
    "not_joined": (_is_lists_of_texts, "a list of pairs of keys"),
}
