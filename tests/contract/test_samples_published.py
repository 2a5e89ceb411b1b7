"""What is generated from the contract: committed as rendered, valid, and in agreement with the models."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from schemas.asyncapi import asyncapi, message_name
from schemas.catalogue import all_event_types, lookup, validator
from schemas.event_type import EventType, Json, JsonObject
from schemas.examples import sample
from schemas.export import GENERATED_FOLDER, render
from schemas.reasons import REASONS

ROOT = Path(__file__).parents[2]
NEITHER_TEXT_NOR_NUMBER_NOR_OBJECT: Json = [[]]

each_type = pytest.mark.parametrize("event_type", all_event_types(), ids=message_name)


@cache
def published(event_type: EventType) -> JsonObject:
    """The committed JSON Schema of a type."""
    text = (ROOT / GENERATED_FOLDER / f"{message_name(event_type)}.json").read_text(encoding="utf-8")
    schema: JsonObject = json.loads(text)
    return schema


def schema_takes(event_type: EventType, envelope: JsonObject) -> bool:
    """Whether the published schema takes the whole event."""
    checker = Draft202012Validator(published(event_type), format_checker=Draft202012Validator.FORMAT_CHECKER)
    return bool(checker.is_valid(envelope))


def model_takes(event_type: EventType, data: Json) -> bool:
    """Whether the model takes the data."""
    try:
        validator(event_type).validate_json(json.dumps(data).encode(), strict=True)
    except ValidationError:
        return False
    return True


def variations(value: Json) -> Iterator[Json]:
    """The value with one thing wrong, in every place: a field too much, a field lost, a value of no legal kind."""
    if isinstance(value, dict):
        yield {**value, "favourite_colour": "blue"}
        for key in value:
            yield {name: inner for name, inner in value.items() if name != key}
            yield {**value, key: None}
            for varied in variations(value[key]):
                yield {**value, key: varied}
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            for varied in variations(inner):
                yield [*value[:index], varied, *value[index + 1 :]]
    else:
        yield NEITHER_TEXT_NOR_NUMBER_NOR_OBJECT


def references(value: Json) -> Iterator[str]:
    """Every `$ref` inside a document, but not inside examples."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            elif key != "examples":
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def resolves(document: Json, pointer: str) -> bool:
    """Whether a local reference leads somewhere."""
    for step in pointer.removeprefix("#/").split("/"):
        if not isinstance(document, dict) or step not in document:
            return False
        document = document[step]
    return True


def test_the_committed_files_are_what_the_contract_renders() -> None:
    rendered = render()

    stale = [path for path, text in rendered.items() if (ROOT / path).read_text(encoding="utf-8") != text]

    assert stale == []


def test_nothing_is_left_over_in_the_folder_of_generated_files() -> None:
    kept = {f"{GENERATED_FOLDER}/{path.name}" for path in (ROOT / GENERATED_FOLDER).iterdir()}

    assert kept <= set(render())


@each_type
def test_a_published_schema_is_a_schema(event_type: EventType) -> None:
    Draft202012Validator.check_schema(published(event_type))


@each_type
def test_the_example_in_a_schema_is_the_frozen_sample(event_type: EventType) -> None:
    assert published(event_type)["examples"] == [sample(event_type.name, event_type.version)]


@each_type
def test_a_sample_is_valid_by_its_published_schema(event_type: EventType) -> None:
    assert schema_takes(event_type, sample(event_type.name, event_type.version))


@each_type
def test_schema_and_model_agree_about_every_small_change_of_a_sample(event_type: EventType) -> None:
    envelope = sample(event_type.name, event_type.version)

    disputed = [
        data
        for data in variations(envelope["data"])
        if schema_takes(event_type, {**envelope, "data": data}) != model_takes(event_type, data)
    ]

    assert disputed == []


@pytest.mark.parametrize(
    "attribute", ["specversion", "id", "source", "type", "schemaversion", "time", "subject", "data"]
)
def test_an_envelope_without_a_required_attribute_is_not_valid(attribute: str) -> None:
    event_type = lookup("enrolment.opened", 2)
    assert event_type is not None
    envelope = {name: value for name, value in sample(event_type.name, event_type.version).items() if name != attribute}

    assert not schema_takes(event_type, envelope)


def test_other_attributes_with_legal_names_are_valid_and_with_capitals_are_not() -> None:
    event_type = lookup("permit.granted", 1)
    assert event_type is not None
    envelope = sample(event_type.name, event_type.version)

    taken = [schema_takes(event_type, {**envelope, name: "x"}) for name in ("colour", "correlationId", "order-unit")]

    assert taken == [True, False, False]


def test_every_schema_has_an_id_of_its_own() -> None:
    ids = [published(event_type)["$id"] for event_type in all_event_types()]

    assert len(set(ids)) == len(ids)


def test_a_long_code_list_is_named_and_a_short_one_is_listed() -> None:
    event_type = lookup("enrolment.opened", 2)
    assert event_type is not None
    fields = published(event_type)["properties"]["data"]["properties"]

    assert (
        fields["municipality"]["pattern"],
        "enum" in fields["municipality"],
        "jobbtorg" in fields["programme"]["enum"],
    ) == ("^[0-9]{4}$", False, True)


def test_the_asyncapi_file_reads_back_as_it_was_made() -> None:
    text = (ROOT / GENERATED_FOLDER / "asyncapi.yaml").read_text(encoding="utf-8")

    assert yaml.safe_load(text) == asyncapi(all_event_types())


def test_every_reference_in_the_asyncapi_document_leads_somewhere() -> None:
    document = asyncapi(all_event_types())

    lost = [
        reference
        for reference in references(document)
        if not (
            resolves(document, reference)
            if reference.startswith("#/")
            else (ROOT / GENERATED_FOLDER / reference).is_file()
        )
    ]

    assert lost == []


def test_the_asyncapi_document_has_the_channels_of_the_surface_and_uses_each() -> None:
    document = asyncapi(all_event_types())
    used = {
        channel["$ref"].rpartition("/")[2]
        for operation in document["operations"].values()
        for channel in (operation["channel"], operation.get("reply", operation)["channel"])
    }

    assert ({name: channel["address"] for name, channel in document["channels"].items()}, used) == (
        {
            "agencyEvents": "agency.{agency}.events",
            "agencyReceipts": "agency.{agency}.receipts",
            "participantEvents": "participant.events",
            "httpEvents": "/events",
            "httpReceipts": None,
        },
        set(document["channels"]),
    )


def test_every_type_is_a_message_of_both_ways_in_and_has_a_whole_event_as_example() -> None:
    document = asyncapi(all_event_types())
    names = {message_name(event_type) for event_type in all_event_types()}

    assert (
        set(document["channels"]["agencyEvents"]["messages"]),
        set(document["channels"]["httpEvents"]["messages"]),
        {
            name
            for name, message in document["components"]["messages"].items()
            if any(example["payload"]["specversion"] == "1.0" for example in message.get("examples", ()))
        },
    ) == (names, names, names)


def test_the_asyncapi_document_knows_every_reason() -> None:
    problem = asyncapi(all_event_types())["components"]["schemas"]["problem"]

    assert problem["properties"]["reason"]["enum"] == list(REASONS)


def test_every_reason_and_every_type_is_in_the_generated_pages() -> None:
    rendered = render()
    missing = [code for code in REASONS if f"`{code}`" not in rendered["docs/reason-codes.md"]]
    missing += [each.name for each in all_event_types() if f"[{each.name}]" not in rendered["docs/events.md"]]

    assert missing == []
