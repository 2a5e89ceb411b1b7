"""The frozen samples: one whole event per type and version, valid for ever, replayed to the latest version."""

import csv
import json
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from schemas import codes
from schemas.catalogue import all_event_types, code_paths, lookup, periods, upcast, validator
from schemas.days import is_valid
from schemas.event_type import EventType, Json, JsonObject
from schemas.examples import FOLDER, sample
from schemas.paths import occurrences, value_at
from schemas.vocabulary import TYPE_PREFIX, Action

DEMO_AGENCIES = FOLDER.parent / "data" / "demo_agencies.csv"
PUBLISHED_TEST_NUMBERS = {"19860314-2384"}
"""From the list that Skatteverket publishes for tests; no other personal number may stand in a sample."""

each_type = pytest.mark.parametrize("event_type", all_event_types(), ids=lambda each: f"{each.name}.v{each.version}")


def frozen_latest(event_type: EventType) -> JsonObject:
    """The data that the sample must become at the latest version: kept apart for old versions, else itself."""
    kept = FOLDER / "upcast" / f"{event_type.name}.v{event_type.version}.json"
    if not kept.exists():
        kept = FOLDER / f"{event_type.name}.v{event_type.version}.json"
    text: JsonObject = json.loads(kept.read_text(encoding="utf-8"))
    data: JsonObject = text.get("data", text)
    return data


def texts(value: Json) -> Iterator[str]:
    """Every text inside a JSON value."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)


def files(folder: Path) -> set[str]:
    """The names of the JSON files in a folder, without ending."""
    return {path.stem for path in folder.glob("*.json")}


def test_every_type_at_every_version_has_its_sample_and_no_sample_is_left_over() -> None:
    named = {f"{event_type.name}.v{event_type.version}" for event_type in all_event_types()}

    assert files(FOLDER) == named


def test_every_old_version_has_its_frozen_successor() -> None:
    old = {f"{event_type.name}.v{event_type.version}" for event_type in all_event_types() if event_type.upcast}

    assert files(FOLDER / "upcast") == old


@each_type
def test_a_sample_is_still_valid(event_type: EventType) -> None:
    content = json.dumps(sample(event_type.name, event_type.version)["data"]).encode()

    validator(event_type).validate_json(content, strict=True)


@each_type
def test_a_sample_becomes_its_frozen_latest_version(event_type: EventType) -> None:
    latest, data = upcast(event_type, sample(event_type.name, event_type.version)["data"])

    validator(latest).validate_json(json.dumps(data).encode(), strict=True)
    assert data == frozen_latest(event_type)


@each_type
def test_the_envelope_of_a_sample_names_its_own_type(event_type: EventType) -> None:
    envelope = sample(event_type.name, event_type.version)

    assert (envelope["type"], envelope["schemaversion"]) == (TYPE_PREFIX + event_type.name, event_type.version)


@each_type
def test_the_codes_of_a_sample_are_in_their_lists_and_valid_on_their_day(event_type: EventType) -> None:
    envelope = sample(event_type.name, event_type.version)

    wrong = []
    for path in code_paths(event_type):
        for location, value in occurrences(path.path, envelope["data"]):
            start = value_at(path.start, location, envelope["data"]) if path.start else None
            entry = codes.find(path.code_list, value)
            if entry is None or not is_valid(entry, date.fromisoformat(start or envelope["time"][:10])):
                wrong.append((location, value))

    assert wrong == []


@each_type
def test_no_period_of_a_sample_is_reversed(event_type: EventType) -> None:
    data = sample(event_type.name, event_type.version)["data"]

    reversed_periods = [
        location
        for period in periods(event_type)
        for location, end in occurrences(period.end, data)
        if (value_at(period.start, location, data) or end) > end
    ]

    assert reversed_periods == []


def test_the_example_of_a_type_is_the_data_of_its_sample() -> None:
    differing = [
        event_type.name
        for event_type in all_event_types()
        if dict(event_type.example) != sample(event_type.name, event_type.version)["data"]
    ]

    assert differing == []


def test_every_sample_has_an_id_of_its_own() -> None:
    ids = [sample(event_type.name, event_type.version)["id"] for event_type in all_event_types()]

    assert len(set(ids)) == len(ids)


def test_every_correction_and_retraction_names_another_sample_of_its_family() -> None:
    sent = {
        (envelope["source"], envelope["id"]): event_type
        for event_type in all_event_types()
        for envelope in [sample(event_type.name, event_type.version)]
    }

    astray = [
        event_type.name
        for event_type in all_event_types()
        if event_type.action in (Action.CORRECT, Action.RETRACT)
        for replaces in [event_type.example["replaces"]]
        for target in [sent[replaces["source"], replaces["id"]]]
        if target.family != event_type.family or event_type.example.get("event", target.name) != target.name
    ]

    assert astray == []


def test_only_published_test_numbers_stand_in_the_samples() -> None:
    stated = {
        identifier["value"]
        for event_type in all_event_types()
        for data in [event_type.example]
        for identifier in data.get("replacement", data).get("identifiers", ())
    }

    assert stated == PUBLISHED_TEST_NUMBERS


def test_every_sample_comes_from_a_demo_source_that_may_send_it() -> None:
    with DEMO_AGENCIES.open(encoding="utf-8", newline="") as lines:
        patterns = {row["source"]: row["type_patterns"].split() for row in csv.DictReader(lines)}

    refused = [
        event_type.name
        for event_type in all_event_types()
        for envelope in [sample(event_type.name, event_type.version)]
        if not any(fnmatchcase(event_type.name, pattern) for pattern in patterns[envelope["source"]])
    ]

    assert refused == []


def test_every_pattern_of_the_demo_agencies_names_a_type() -> None:
    with DEMO_AGENCIES.open(encoding="utf-8", newline="") as lines:
        patterns = {pattern for row in csv.DictReader(lines) for pattern in row["type_patterns"].split()}

    idle = [
        pattern
        for pattern in patterns
        if not any(fnmatchcase(event_type.name, pattern) for event_type in all_event_types())
    ]

    assert idle == []


def test_the_registration_sample_can_be_sent_as_it_is_by_jobbtorg_under_any_number_of_references() -> None:
    registered = lookup("participant.registered", 1)
    assert registered is not None
    envelope = sample(registered.name, registered.version)

    assert (envelope["source"], "sequence" in envelope) == ("urn:samspar:source:jobbtorg:verksamhetssystem", False)
