"""What the documented cases let agencies say must fit the contract, case by case."""

import json
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from schemas import codes
from schemas.catalogue import code_paths, latest, validator
from schemas.event_type import EventType, Json, JsonObject
from schemas.paths import occurrences
from schemas.vocabulary import Action

CASES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.yaml"))
OF_THE_DELIVERY = frozenset(
    "agency source received happened event key of seq group subject replaces id form reason".split()
)
"""What a delivery of a case says about itself (NOTATION.md); everything else is data."""


def plain(value: Json) -> Json:
    """A value as it stands in JSON."""
    if isinstance(value, datetime):
        return value.isoformat() + "+01:00"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return {key: plain(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def content(delivery: JsonObject) -> JsonObject:
    """The fields that a delivery gives to its event."""
    fields: JsonObject = {key: plain(value) for key, value in delivery.items() if key not in OF_THE_DELIVERY}
    if "identifiers" in fields:
        stated = [pair for identifier in fields["identifiers"] for pair in identifier.items()]
        fields["identifiers"] = [{"type": kind, "value": value} for kind, value in stated]
    if "complete_to" in fields:
        fields["complete_to"] += ":00+01:00"
    return fields


def with_key(event_type: EventType, delivery: JsonObject, fields: JsonObject) -> JsonObject:
    """The fields with the sender's key, where the type has one."""
    keyed = "key" in event_type.model.model_fields
    return {"key": delivery.get("of", delivery["key"]), **fields} if keyed else fields


def with_version(delivery: JsonObject, by_key: dict[str, JsonObject], fields: JsonObject) -> JsonObject:
    """The fields with the number of the joint plan version that the delivery is about."""
    proposed = by_key.get(delivery.get("of", ""), {})
    return {"version": proposed["version"], **fields} if "version" in proposed else fields


def data_of(delivery: JsonObject, by_key: dict[str, JsonObject], event_type: EventType) -> JsonObject:
    """The `data` of a delivery."""
    if event_type.action not in (Action.CORRECT, Action.RETRACT):
        return with_key(event_type, delivery, with_version(delivery, by_key, content(delivery)))
    data = {"replaces": {"source": "urn:x", "id": delivery["replaces"]}, "reason": delivery["reason"]}
    if event_type.action is Action.RETRACT:
        return data
    root = delivery
    while "replaces" in root:
        root = by_key[root["replaces"]]
    replaced = latest(root["event"])
    assert replaced is not None
    replacement = with_key(replaced, {**root, **delivery, "key": root["key"]}, content(delivery))
    return {**data, "event": replaced.name, "replacement": replacement}


def objection(event_type: EventType, data: JsonObject) -> str | None:
    """Why the contract does not take the data."""
    try:
        validator(event_type).validate_json(json.dumps(data).encode(), strict=True)
    except ValidationError as error:
        return ", ".join(f"{fault['loc']}: {fault['type']}" for fault in error.errors())
    unknown = [
        f"{path.code_list}: {value}"
        for path in code_paths(event_type)
        for _, value in occurrences(path.path, data)
        if codes.find(path.code_list, value) is None
    ]
    return ", ".join(unknown) or None


# What the cases get wrong on purpose: a missing protection level, a correction in the wrong family.
WRONG_ON_PURPOSE = {
    ("t-one-person-two-agencies", "no-level"): "('protection',): missing",
    ("t-correction-refused", "family"): "('event',): string_pattern_mismatch",
}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_everything_that_a_case_says_fits_the_contract(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    deliveries = [delivery for delivery in case["story"] if "event" in delivery]
    by_key = {delivery["key"]: delivery for delivery in deliveries}

    objections = {
        (path.stem, delivery["key"]): found
        for delivery in deliveries
        for event_type in [latest(delivery["event"])]
        if event_type is not None
        for found in [objection(event_type, data_of(delivery, by_key, event_type))]
        if found
    }

    assert objections == {key: found for key, found in WRONG_ON_PURPOSE.items() if key[0] == path.stem}


def test_there_are_cases() -> None:
    assert CASES
