"""Every reason of the closed list is provoked: by a published case, a story, a poison, or here over HTTP.

What is counted is what those expect; each of them is held against the real front door by its own test.
"""

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

import hub
from schemas.event_type import JsonObject
from schemas.reasons import REASONS
from tests.contract.intake_cases import Writer, intake_cases
from tests.contract.poison_corpus import ATTRIBUTES, RECORDS, VALUES
from tests.integration.web.calling import Api, told
from tests.unit.intake.builders import OTHER_PERSONAL_NUMBER, PERSONAL_NUMBER, registration

_NUMBERS = count(1)
STORIES = sorted((Path(hub.__file__).parent.parent / "examples" / "cases").glob("t-*.yaml"))
PROGRAMME, PROVIDER = "/data/programme", "/data/provider_number"
OF_OURS = {"hub_fault"}
"""What only a fault in the hub gives; tests/integration/cluster/test_intake_sink.py makes one."""
IN_DATA = [
    (PROGRAMME, "etableringsuppdraget", "code_not_valid_at_date"),
    (PROGRAMME, "introduktion", "code_not_valid_at_date"),
    (PROGRAMME, PERSONAL_NUMBER, "code_unknown"),
    (PROVIDER, "212000-0143", "organisation_number_invalid"),
    (PROVIDER, "212000-01420", "organisation_number_invalid"),
    (PROVIDER, "201000-0142", "organisation_number_invalid"),
    (PROVIDER, PERSONAL_NUMBER, "organisation_number_invalid"),
    (PROVIDER, "\uff12120000142", "organisation_number_invalid"),
]
"""A value in an enrolment from 2026-06-01, and why it is refused."""


def expected(found: Any) -> set[str]:  # anything that JSON or YAML can hold
    """The reasons that an expectation names, wherever in it they stand."""
    if isinstance(found, dict):
        return {reason for value in found.values() for reason in expected(value)}
    if isinstance(found, list):
        return {reason for value in found for reason in expected(value)}
    return {found} & REASONS.keys() if isinstance(found, str) else set()


def registered(reference: str, *identifiers: JsonObject) -> JsonObject:
    """A registration with these identifiers."""
    made = registration(f"provoked-{next(_NUMBERS)}", subject=reference)
    return {**made, "data": {**made["data"], "identifiers": list(identifiers)}}


@pytest.mark.parametrize(("at", "value", "reason"), IN_DATA)
def test_a_code_of_another_time_and_a_number_of_no_organisation_are_refused(
    door: tuple[Api, Writer], at: str, value: str, reason: str
) -> None:
    api, writer = door

    answer = api.post(writer.poisoned(at, json.dumps(value).encode()))

    assert told(answer) == (422, "rejected", reason, at)
    assert PERSONAL_NUMBER not in answer.text


def test_who_else_an_identifier_belongs_to_is_not_said(door: tuple[Api, Writer]) -> None:
    api, _ = door
    one, other = ({"type": "personal_number", "value": value} for value in (PERSONAL_NUMBER, OTHER_PERSONAL_NUMBER))
    participants = [
        api.post(registered(name, who)).json()["participant_id"] for name, who in (("A", one), ("B", other))
    ]

    answers = [
        api.post(registered("C", one, other)),
        api.post(registered("A", other, one)),
        api.post(registered("B", one)),
    ]

    assert [told(answer) for answer in answers] == [
        (422, "rejected", "identity_conflict", "/data/identifiers"),
        (422, "rejected", "identity_conflict", "/data/identifiers"),
        (422, "rejected", "reference_already_bound", "/subject"),
    ]
    repeated = (*participants, PERSONAL_NUMBER, OTHER_PERSONAL_NUMBER)
    assert [text for text in repeated if any(text in answer.text for answer in answers)] == []


def test_every_reason_of_the_closed_list_is_provoked() -> None:
    provoked = expected([case.expect for case in intake_cases()])
    provoked |= {poison.reason for poison in (*VALUES, *ATTRIBUTES)} | {poison.reason for poison in RECORDS}
    provoked |= expected([yaml.safe_load(story.read_text(encoding="utf-8"))["expect"] for story in STORIES])
    provoked |= {reason for _, _, reason in IN_DATA}

    assert provoked | OF_OURS == set(REASONS)
