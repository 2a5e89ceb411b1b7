"""Corrections carry the whole data of the event they replace, checked by that event's own model."""

import json

from pydantic import ValidationError

from schemas.catalogue import code_paths, latest, organisation_numbers, periods, validator
from schemas.event_type import Json, JsonObject

TARGET = {"source": "urn:samspar:source:jobbtorg:verksamhetssystem", "id": "jt-1"}


def faults(name: str, data: JsonObject) -> list[tuple[tuple[int | str, ...], str]]:
    """Where the data of an event breaks the contract, and how pydantic calls it."""
    event_type = latest(name)
    assert event_type is not None
    try:
        validator(event_type).validate_json(json.dumps(data).encode(), strict=True)
    except ValidationError as error:
        return [(fault["loc"], fault["type"]) for fault in error.errors()]
    return []


def correction(event: str, replacement: Json) -> JsonObject:
    """A correction of `event`."""
    return {"event": event, "replaces": TARGET, "reason": "fel uppgift", "replacement": replacement}


def test_a_whole_replacement_is_taken() -> None:
    data = correction("activity.started", {"key": "a", "activity": "praktik", "from": "2026-02-09", "hours": 3})

    assert faults("activity.corrected", data) == []


def test_a_fault_in_the_replacement_is_found_at_its_own_place() -> None:
    data = correction("plan.created", {"plan_type": "jobbplan", "lines": [{"key": "1", "hours": "tre", "colour": 1}]})

    assert faults("plan.corrected", data) == [
        (("replacement", "key"), "missing"),
        (("replacement", "lines", 0, "hours"), "float_type"),
        (("replacement", "lines", 0, "colour"), "extra_forbidden"),
    ]


def test_a_replacement_is_always_of_the_latest_version() -> None:
    data = correction("enrolment.opened", {"key": "e", "programme": "sfi", "start": "2026-01-12"})

    assert faults("enrolment.corrected", data) == [(("replacement", "start"), "extra_forbidden")]


def test_an_event_of_another_family_cannot_be_replaced() -> None:
    data = correction("plan.created", {"key": "e"})

    assert faults("enrolment.corrected", data) == [(("event",), "string_pattern_mismatch")]


def test_a_correction_is_not_corrected_as_such_but_by_its_root() -> None:
    data = correction("enrolment.corrected", {"key": "e"})

    assert faults("enrolment.corrected", data) == [(("event",), "string_pattern_mismatch")]


def test_contact_details_are_not_corrected_with_the_key_of_identity() -> None:
    data = correction("participant.contact_updated", {"phone": "070-174 06 05"})

    assert faults("participant.corrected", data) == [(("event",), "string_pattern_mismatch")]


def test_a_replacement_that_is_no_object_is_refused() -> None:
    assert faults("permit.corrected", correction("permit.granted", None)) == [(("replacement",), "model_type")]


def test_a_correction_without_event_names_the_missing_field_only() -> None:
    data = correction("permit.granted", {"key": 7})
    del data["event"]

    assert faults("permit.corrected", data) == [(("event",), "missing")]


def test_a_correction_needs_target_and_reason() -> None:
    data = {"event": "permit.granted", "replaces": {"source": "urn:x"}, "replacement": {"key": "p"}}

    assert faults("permit.corrected", data) == [(("replaces", "id"), "missing"), (("reason",), "missing")]


def test_codes_periods_and_organisation_numbers_are_looked_for_in_the_replacement() -> None:
    corrected = latest("enrolment.corrected")
    assert corrected is not None

    found = (
        {path.path: path.code_list for path in code_paths(corrected)},
        {(period.start, period.end) for period in periods(corrected)},
        organisation_numbers(corrected),
    )

    assert found == (
        {
            ("replacement", "programme"): "programme",
            ("replacement", "municipality"): "municipality",
            ("replacement", "close_reason"): "close_reason",
        },
        {
            (("replacement", "from"), ("replacement", "planned_end")),
            (("replacement", "from"), ("replacement", "to")),
        },
        (("replacement", "provider_number"),),
    )
