"""Dirty data, planned and counted: what real senders get wrong, each with the answer it must get (DOMAIN 6, P15)."""

from collections.abc import Callable
from copy import deepcopy
from random import Random

from hub.synth.sent import DUPLICATE, HELD, REJECTED, Sent
from schemas.event_type import JsonObject
from schemas.vocabulary import TYPE_PREFIX

_DUPLICATES = 0.02
_LATE = 0.01
_FAULTY = 0.0065  # schema errors and wrong municipality codes
_UNKNOWN_PERSON = 0.002
_CORRECTED = 0.005
_RETRACTED = 0.001
_CONFLICTING = 0.0005
_REORDERED = 0.5  # of the duplicates
_CORRECTABLE = ("attendance.reported", "progress.reported", "followup.held", "activity.registered")
_RETRACTABLE = ("attendance.reported", "progress.reported", "activity_report.submitted")


Renamed = Callable[[str], str]
"""Gives a new id from a word."""


def soil(random: Random, sent: Sent, programme: str, new_id: Renamed, *, force: str | None = None) -> list[Sent]:
    """What comes after a clean delivery because of it: nothing mostly, else something wrong, late or corrected."""
    lot = force or _lot(random)
    body, name = sent.body, sent.body["type"].removeprefix(TYPE_PREFIX)
    match lot:
        case "duplicate":
            # The same object: it gets its sequence number later.
            reordered = random.random() < _REORDERED
            return [
                Sent(body=body, expect=DUPLICATE, numbered=False, reordered=reordered, later=random.randrange(1, 30))
            ]
        case "conflicting":
            other = {**body, "orgunit": "Annan enhet"}
            return [Sent(body=other, expect=REJECTED, reason="conflicting_duplicate", numbered=False, later=5)]
        case "unknown_person":
            return [Sent(body={**body, "id": new_id("okand"), "subject": f"okand-{body['id']}"}, expect=HELD)]
        case "faulty":
            return [faulty(random, body, programme, new_id)]
        case "corrected" if name in _CORRECTABLE:
            return [_correction(body, name, new_id)]
        case "retracted" if name in _RETRACTABLE:
            data = {"replaces": _named(body), "reason": "Registrerat på fel person"}
            return [_following(body, f"{name.partition('.')[0]}.retracted", data, new_id("aterkallelse"))]
        case _:
            return []


def faulty(random: Random, like: JsonObject, programme: str, new_id: Renamed, *, kind: int | None = None) -> Sent:
    """An event with one fault, and the reason it must be refused with."""
    faults: list[tuple[str, JsonObject, JsonObject]] = [
        ("field_missing", {"programme": programme}, {}),
        ("field_unknown", {"key": "x", "programme": programme, "shoe_size": 42}, {}),
        ("field_invalid", {"key": "x", "programme": programme, "hours": "femton"}, {}),
        ("code_unknown", {"key": "x", "programme": "astronaut"}, {}),
        ("code_unknown", {"key": "x", "programme": programme, "municipality": "9999"}, {}),
        ("code_unknown", {"key": "x", "programme": programme, "municipality": "180"}, {}),
        (
            "period_reversed",
            {"key": "x", "programme": programme, "from": "2026-03-02", "planned_end": "2026-03-01"},
            {},
        ),
        ("code_not_valid_at_date", {"key": "x", "programme": "introduktion", "from": "2026-03-02"}, {}),
        (
            "type_not_authorised",
            {"key": "x", "from": "2026-03-02"},
            {"type": f"{TYPE_PREFIX}permit.granted", "schemaversion": 1},
        ),
        ("time_without_offset", {"key": "x", "programme": programme}, {"time": "2026-03-02T09:00:00"}),
        ("type_unknown", {"key": "x"}, {"type": f"{TYPE_PREFIX}enrolment.teleported"}),
        ("personal_number_in_attribute", {"key": "x", "programme": programme}, {"correlationid": "arende 860101-2381"}),
    ]
    reason, data, change = faults[random.randrange(len(faults)) if kind is None else kind % len(faults)]
    body = {
        **like,
        "id": new_id("fel"),
        "type": f"{TYPE_PREFIX}enrolment.opened",
        "schemaversion": 2,
        "data": data,
        **change,
    }
    return Sent(body=body, expect=REJECTED, reason=reason)


def corrected(name: str, replacement: JsonObject, reason: str) -> JsonObject:
    """The data of a correction; what it replaces is named when that has an id."""
    return {"event": name, "reason": reason, "replacement": replacement}


def make_late(random: Random, body: JsonObject, shift: Callable[[str, int], str]) -> None:
    """Now and then an event tells of something that happened long before (P15: 1 % late by more than 30 days)."""
    if random.random() < _LATE:
        body["time"] = shift(body["time"], random.randrange(31, 60))


def _lot(random: Random) -> str:
    lot = random.random()
    for word, share in (
        ("duplicate", _DUPLICATES),
        ("faulty", _FAULTY),
        ("unknown_person", _UNKNOWN_PERSON),
        ("corrected", _CORRECTED * 3),  # a third of what is drawn can be corrected
        ("retracted", _RETRACTED * 3),
        ("conflicting", _CONFLICTING),
    ):
        if lot < share:
            return word
        lot -= share
    return ""


def _correction(body: JsonObject, name: str, new_id: Renamed) -> Sent:
    replacement = deepcopy(body["data"]) | {"note": "Rättad efter kontroll med handledaren"}
    data = corrected(name, replacement, "Fel uppgift vid registreringen") | {"replaces": _named(body)}
    return _following(body, f"{name.partition('.')[0]}.corrected", data, new_id("rattelse"))


def _named(body: JsonObject) -> JsonObject:
    return {"source": body["source"], "id": body["id"]}


def _following(body: JsonObject, name: str, data: JsonObject, event_id: str) -> Sent:
    following = {**body, "id": event_id, "type": TYPE_PREFIX + name, "schemaversion": 1, "data": data}
    return Sent(body=following)
