"""Schemathesis against the running API: whatever its description lets somebody send, the answer is one it promises."""

from collections import defaultdict
from collections.abc import Mapping

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from hub.run.hub import Hub
from schemas.event_type import JsonObject
from tests.integration.web.calling import PURPOSE, RECEIPTS, Api, calling
from tests.integration.web.people import known_person

EVERYTHING: JsonObject = {"stateful": {"max-steps": 3}}
ONE_BY_ONE: JsonObject = {"stateful": {"enabled": False}, "coverage": {"enabled": False}}
WITHOUT_TOKEN = {"GET /health/live", "GET /health/ready", "GET /samspar/api-info"}


def settings(headers: Mapping[str, str], phases: JsonObject, examples: int) -> SchemathesisConfig:
    """The same calls in every run, all of them with these headers."""
    return SchemathesisConfig.from_dict(
        {
            "seed": 7,
            "headers": dict(headers),
            "generation": {"max-examples": examples, "deterministic": True, "database": "none", "no-shrink": True},
            "phases": phases,
            "checks": {
                # a body that is not as described may be refused for its size, too
                "negative_data_rejection": {"expected-statuses": ["400", "401", "404", "405", "413", "415", "422"]},
                # an event as described may break the contract of its type, which the receipt says
                "positive_data_acceptance": {"enabled": False},
            },
            "cache": {"enabled": False},
            "warnings": False,
        }
    )


def found(api: Api, config: SchemathesisConfig) -> tuple[list[str], Mapping[str, set[int]]]:
    """Every breach of the description, and the statuses that each call was answered with."""
    schema = schemathesis.openapi.from_url(f"{api.client.base_url}/samspar/v1/openapi.json", config=config)
    breaches: list[str] = []
    statuses: defaultdict[str, set[int]] = defaultdict(set)
    for event in from_schema(schema).execute():
        if isinstance(event, FatalError):
            breaches.append(repr(event.exception))
        if isinstance(event, NonFatalError):
            breaches.append(event.info.format())
        if not isinstance(event, ScenarioFinished):
            continue
        for check in (check for checks in event.recorder.checks.values() for check in checks):
            if check.failure_info is not None:
                failure = check.failure_info.failure
                breaches.append(f"{event.label}: {failure.title}: {failure.message}\n{check.failure_info.code_sample}")
        for interaction in event.recorder.interactions.values():
            if interaction.response is not None:
                statuses[event.label or "in sequence"].add(interaction.response.status_code)
    return breaches, statuses


def test_no_call_fails_or_is_answered_other_than_described(hub: Hub) -> None:
    with calling(hub) as api:
        known_person(api)
        headers = {"Authorization": f"Bearer {api.token()}", **PURPOSE}

        breaches, statuses = found(api, settings(headers, EVERYTHING, 15))
        examples = api.call("GET", RECEIPTS, params=[("status", "accepted"), ("since", "3")]).json()["receipts"]

    assert breaches == []
    assert {label: seen for label, seen in statuses.items() if label.startswith("POST")} == {
        "POST /samspar/v1/events": {200, 400, 401, 405, 413, 415, 422},
        "POST /samspar/v1/event-validations": {200, 400, 401, 405, 413, 415, 422},
        "POST /samspar/v1/participant-searches": {200, 400, 401, 405},
        "POST /samspar/v1/participants/{participant_id}/joint-plan-previews": {400, 401, 404, 405, 413},
    }
    assert [receipt["id"] for receipt in examples] == ["jt-participant-registered", "jt-enrolment-opened"]
    assert len(statuses) == len(api.description.document["paths"]) + 1


def test_without_a_token_every_call_but_those_about_the_service_is_refused_as_described(hub: Hub) -> None:
    with calling(hub) as api:
        breaches, statuses = found(api, settings(PURPOSE, ONE_BY_ONE, 5))

    assert breaches == []
    assert statuses == {
        f"{method.upper()} {path}": {200} if f"{method.upper()} {path}" in WITHOUT_TOKEN else {401}
        for path, methods in api.description.document["paths"].items()
        for method in methods
    }
