"""What the API says about itself, whether it is well, what it counts for this machine, and addresses that are none."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import anyio
import httpx
import pytest

from hub.run.hub import Hub
from hub.settings import Settings
from hub.store.database import connect
from hub.web.app import create_app
from tests.integration.web.calling import EVENTS, PURPOSE, RECEIPTS, Api, calling
from tests.unit.intake.builders import registration

EMPTY_ADDRESS = "postgresql+psycopg://hub_app:x@127.0.0.1:1/nothing"


def test_the_api_says_what_it_is_without_a_token(module_api: Api) -> None:
    answer = module_api.client.get("/samspar/api-info")

    assert module_api.description.faults(answer) == []
    assert {**answer.json(), "api_version": "", "api_released": ""} == {
        "api_name": "Samspår",
        "api_version": "",
        "api_released": "",
        "api_documentation": "/samspar/v1/openapi.json",
        "api_status": "alpha",
    }


def test_the_description_names_every_call_of_the_api_and_no_page(module_api: Api) -> None:
    document = module_api.description.document

    assert document["openapi"].startswith("3.1")
    assert {(method, path) for path, methods in document["paths"].items() for method in methods} >= {
        ("post", "/samspar/v1/events"),
        ("post", "/samspar/v1/event-validations"),
        ("get", "/samspar/v1/receipts"),
        ("get", "/samspar/v1/receipts/{receipt_id}"),
        ("post", "/samspar/v1/participant-searches"),
        ("get", "/samspar/v1/participants/{participant_id}/timeline-entries"),
        ("get", "/samspar/api-info"),
        ("get", "/health/live"),
        ("get", "/health/ready"),
    }
    assert all(path.startswith(("/samspar/", "/health/")) for path in document["paths"])


def test_every_call_on_persons_or_events_is_described_with_its_token_and_its_refusals(module_api: Api) -> None:
    for path, methods in module_api.description.document["paths"].items():
        for operation in methods.values():
            if path.startswith("/samspar/v1/"):
                assert operation["security"] == [{"token": []}]
                assert {"401", "403", "500", "503"} <= operation["responses"].keys()


def test_names_in_answers_and_parameters_are_in_snake_case(module_api: Api) -> None:
    document = module_api.description.document
    shapes = document["components"]["schemas"].values()
    fields = {name for shape in shapes for name in shape.get("properties", {})}
    parameters = {
        parameter["name"]
        for methods in document["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", [])
    }

    assert [name for name in sorted(fields) if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []
    assert [name for name in sorted(parameters) if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == ["Purpose"]


def test_a_hub_that_is_well_says_so(module_api: Api) -> None:
    answers = [module_api.call("GET", path) for path in ("/health/live", "/health/ready")]

    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"status": "live"}),
        (200, {"status": "ready"}),
    ]


@contextmanager
def without_database(hub: Hub) -> Iterator[Api]:
    """The API of a hub whose database has gone."""
    hub.registry()
    gone = connect(EMPTY_ADDRESS, pool_size=1)
    with calling(replace(hub, database=gone)) as api:
        yield api
    gone.close()


def test_a_hub_without_its_database_lives_but_is_not_ready_and_asks_to_come_back(hub: Hub) -> None:
    with without_database(hub) as api:
        headers = {"Authorization": f"Bearer {api.token()}", **PURPOSE}
        person = "/samspar/v1/participants/00000000-0000-0000-0000-000000000000/timeline-entries"
        event = {"headers": {**headers, "Content-Type": "application/cloudevents+json"}, "json": registration()}
        alive = api.client.get("/health/live")
        answers = [
            api.client.get("/health/ready"),
            api.client.get(RECEIPTS, headers=headers),
            api.client.get(person, headers=headers),
            api.client.post(EVENTS, **event),  # type: ignore[arg-type]  # the two of the call by name
        ]

    assert alive.status_code == 200
    assert [(answer.status_code, answer.json()["reason"], answer.headers["retry-after"]) for answer in answers] == [
        (503, "store_unavailable", "2")
    ] * 4
    assert [api.description.faults(answer) for answer in answers] == [[]] * 4


def metrics_for(hub: Hub, host: str, **headers: str) -> httpx.Response:
    """What a collector at that address gets."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(hub), client=(host, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return await client.get("/metrics", headers=headers)

    return anyio.run(ask)


def test_metrics_are_for_this_machine_only(module_hub: Hub) -> None:
    asked = {
        "this machine": metrics_for(module_hub, "127.0.0.1"),
        "this machine, IPv6": metrics_for(module_hub, "::1"),
        "another": metrics_for(module_hub, "10.0.0.7"),
        "another behind a proxy here": metrics_for(module_hub, "127.0.0.1", **{"X-Forwarded-For": "10.0.0.7"}),
    }

    assert {who: answer.status_code for who, answer in asked.items()} == {
        "this machine": 200,
        "this machine, IPv6": 200,
        "another": 404,
        "another behind a proxy here": 404,
    }


def test_metrics_have_a_port_of_their_own_when_one_is_set(module_hub: Hub) -> None:
    stated = {**module_hub.settings.model_dump(exclude_unset=True), "metrics_port": 9000}

    answer = metrics_for(replace(module_hub, settings=Settings(**stated)), "127.0.0.1")

    assert answer.status_code == 404


def test_metrics_count_calls_by_their_route_and_hold_nothing_that_a_caller_wrote(module_api: Api) -> None:
    module_api.call("GET", "/samspar/v1/participants/19860101-2381/timeline-entries", headers=PURPOSE)
    module_api.client.get("/19860101-2381")
    module_api.client.request("AMINA", "/health/live")

    counted = module_api.client.get("/metrics").text

    route = "/samspar/v1/participants/{participant_id}/timeline-entries"
    assert f'samspar_http_requests_total{{method="GET",route="{route}",status="404"}}' in counted
    assert 'method="OTHER"' in counted
    assert not any(written in counted for written in ("19860101", "AMINA"))


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/samspar/v1/nothing", (404, "not_found")),
        ("GET", "/samspar/v1/events/", (404, "not_found")),
        ("GET", "/samspar/v1/events", (405, "method_not_allowed")),
        ("DELETE", "/samspar/v1/receipts", (405, "method_not_allowed")),
        ("PUT", "/samspar/api-info", (405, "method_not_allowed")),
        ("GET", "/samspar/v1/%00", (404, "not_found")),
        ("GET", "/static/%2e%2e/%2e%2e/settings.py", (404, "not_found")),
    ],
)
def test_an_address_or_method_that_is_none_is_told_as_a_problem(
    module_api: Api, method: str, path: str, expected: tuple[int, str]
) -> None:
    answer = module_api.call(method, path)

    assert (answer.status_code, answer.json()["reason"]) == expected
    assert answer.headers["content-type"] == "application/problem+json"
    assert sorted(answer.json()) == ["detail", "instance", "reason", "status", "title", "type"]


def test_every_answer_has_a_number_and_says_that_nobody_may_keep_it(module_api: Api) -> None:
    answers = [
        module_api.call("GET", RECEIPTS),
        module_api.post(b"{"),
        module_api.call("GET", "/samspar/v1/nothing"),
        module_api.client.get("/metrics"),
    ]

    assert {(answer.headers["cache-control"], answer.headers["x-content-type-options"]) for answer in answers} == {
        ("no-store", "nosniff")
    }
    assert len({answer.headers["x-request-id"] for answer in answers}) == 4
