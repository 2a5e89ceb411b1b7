"""Calls to the API of a hub that this process serves over HTTP; every answer is held against the API description."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp

from hub.access.tokens import SCOPES, mint
from hub.intake.modes import BATCH, PLAIN, SINGLE
from hub.run.hub import Hub
from hub.web.app import create_app
from schemas.event_type import Json, JsonObject
from tests.integration.web.description import Description
from tests.integration.web.serving import served

EVENTS = "/samspar/v1/events"
VALIDATIONS = "/samspar/v1/event-validations"
RECEIPTS = "/samspar/v1/receipts"
SEARCHES = "/samspar/v1/participant-searches"
PURPOSE = {"Purpose": "planning"}
Body = bytes | Iterable[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The API as a system of an agency calls it: `jobbtorg` with every scope unless the call says otherwise."""

    hub: Hub
    app: FastAPI
    client: httpx.Client
    description: Description

    def token(self, agency: str = "jobbtorg", scopes: Sequence[str] = SCOPES, unit: str | None = None) -> str:
        """A bearer token that is valid now."""
        return mint(self.hub.settings, agency, scopes, unit, now=self.hub.now())

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str | bytes] = MappingProxyType({}),
        params: Sequence[tuple[str, str]] = (),
        body: Body | None = None,
    ) -> httpx.Response:
        """Any call, with the token of jobbtorg when none is given; the answer is as described."""
        bearer = f"Bearer {self.token() if token is None else token}"
        raw = {
            name: value.encode() if isinstance(value, str) else value
            for name, value in {"Authorization": bearer, **headers}.items()
        }
        answer = self.client.request(
            method,
            path,
            headers=[(name.encode(), value) for name, value in raw.items()],
            params=list(params),
            content=body,
        )
        assert self.description.faults(answer) == []
        assert answer.status_code < 500
        return answer

    def post(
        self, body: Body | JsonObject, *, form: str = SINGLE, token: str | None = None, path: str = EVENTS
    ) -> httpx.Response:
        """One event, or what is sent instead of one."""
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        return self.call("POST", path, token=token, headers={"Content-Type": form}, body=content)

    def batch(
        self, events: Sequence[JsonObject] | bytes, *, token: str | None = None, path: str = EVENTS
    ) -> httpx.Response:
        """A batch of events."""
        content = events if isinstance(events, bytes) else json.dumps(events).encode()
        return self.post(content, form=BATCH, token=token, path=path)

    def binary(
        self, attributes: Mapping[str, str | bytes], data: bytes, *, token: str | None = None, path: str = EVENTS
    ) -> httpx.Response:
        """An event in binary mode: attributes in headers, `data` as the body."""
        headers = {"Content-Type": PLAIN, **{f"ce-{name}": value for name, value in attributes.items()}}
        return self.call("POST", path, token=token, headers=headers, body=data)

    def timeline(
        self,
        participant_id: str,
        *params: tuple[str, str],
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """A page of a timeline, with a purpose unless the headers are given."""
        path = f"/samspar/v1/participants/{participant_id}/timeline-entries"
        return self.call("GET", path, token=token, headers=PURPOSE if headers is None else headers, params=params)

    def search(
        self, body: Json, *, token: str | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """A search, with a purpose in the header unless the headers are given."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {"Content-Type": PLAIN, **(PURPOSE if headers is None else headers)}
        return self.call("POST", SEARCHES, token=token, headers=named, body=content)


@contextmanager
def calling(hub: Hub, around: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> Iterator[Api]:
    """The API of a hub, served for as long as the block lasts; `around` puts something between it and the server."""
    app = create_app(hub)
    with served(around(app)) as address, httpx.Client(base_url=address, timeout=60) as client:
        description = Description(client.get("/samspar/v1/openapi.json").json())
        yield Api(hub=hub, app=app, client=client, description=description)


def at_a_standstill(hub: Hub) -> Hub:
    """The hub with its clock stopped now, so that what it remembers for a second does not grow old in a test."""
    now = hub.now()
    still = replace(hub, now=lambda: now)
    still.registry()
    return still


def told(answer: httpx.Response) -> tuple[int, str, str | None, str | None]:
    """An answer about one event or one call in short: HTTP status, verdict, first reason and its pointer."""
    content = answer.json()
    if "receipt_id" in content:
        return (answer.status_code, content["status"], *first_problem(content))
    return answer.status_code, "refused", content["reason"], content.get("pointer")


def told_each(answer: httpx.Response) -> list[tuple[str, str | None, str | None]]:
    """The receipts of a batch in short."""
    assert answer.status_code == 200
    return [(receipt["status"], *first_problem(receipt)) for receipt in answer.json()["receipts"]]


def first_problem(receipt: JsonObject) -> tuple[str | None, str | None]:
    """Reason and pointer of the first problem, or of none."""
    first = receipt["problems"][0] if receipt["problems"] else {"reason": None, "pointer": None}
    return first["reason"], first["pointer"]
