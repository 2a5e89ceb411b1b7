"""A small story around the frozen sample of each event type and version: what must come before it, itself, and what follows."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass

from schemas.catalogue import all_event_types
from schemas.event_type import EventType, JsonObject
from schemas.examples import sample
from tests.integration.published_numbers import personal_numbers

_REGISTERED = "participant.registered"
_FOLLOWERS = 2


@dataclass(frozen=True, slots=True)
class Story:
    """`bodies` in the order in which `agency` sends them; `subject` is the person, if it is about one."""

    name: str
    agency: str
    subject: str
    bodies: Sequence[JsonObject]
    of_person: bool


def stories(prefix: str, *, follow: bool) -> list[Story]:
    """One for each type and version. The sample has the id `PREFIX-NAME.vVERSION`, everything else has ids of its own."""
    types = all_event_types()
    numbers = iter(personal_numbers(12_000)[-2 * len(types) :][:: -1 if prefix == "poison" else 1])
    return [_story(each, prefix, next(numbers), follow=follow) for each in types]


def _story(event_type: EventType, prefix: str, number: str, *, follow: bool) -> Story:
    name = f"{event_type.name}.v{event_type.version}"
    own = deepcopy(sample(event_type.name, event_type.version))
    of_person = not own["subject"].startswith("urn:")
    subject = f"{prefix}-{name}" if of_person else own["subject"]
    before: list[JsonObject] = []
    if (replaces := own["data"].get("replaces")) is not None:
        before.append(deepcopy(_samples()[replaces["source"], replaces["id"]]))
        replaces["id"] = before[0]["id"] = f"before-{prefix}-{name}"
    own["id"] = f"{prefix}-{name}"
    registers = {f"se.samspar.{_REGISTERED}"} & {each["type"] for each in (*before, own)}
    if of_person and not registers:
        before.insert(0, _registration(own["source"], f"registers-{prefix}-{name}"))
    after = (
        [_talk(own["source"], f"after-{at}-{prefix}-{name}") for at in range(_FOLLOWERS)]
        if follow and of_person and event_type.name != "participant.retracted"
        else []
    )
    bodies = [*before, own, *after]
    for body in bodies:
        body["subject"] = subject
        for said in (body["data"], body["data"].get("replacement", {})):
            for identifier in said.get("identifiers", ()):
                identifier["value"] = number
    return Story(name, own["source"].split(":")[3], subject, bodies, of_person)


def _samples() -> dict[tuple[str, str], JsonObject]:
    every = (sample(each.name, each.version) for each in all_event_types())
    return {(each["source"], each["id"]): each for each in every}


def _registration(source: str, event_id: str) -> JsonObject:
    stated = [{"type": "personal_number", "value": ""}]
    return _event(source, event_id, _REGISTERED, {"identifiers": stated, "protection": "none"})


def _talk(source: str, event_id: str) -> JsonObject:
    return _event(source, event_id, "participant.language_set", {"language": "som", "interpreter_needed": True})


def _event(source: str, event_id: str, name: str, data: JsonObject) -> JsonObject:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": f"se.samspar.{name}",
        "schemaversion": 1,
        "time": "2026-11-20T17:00:00+01:00" if name != _REGISTERED else "2020-01-01T09:00:00+01:00",
        "data": data,
    }
