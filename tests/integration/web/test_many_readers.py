"""Many readers at once: who waits keeps nothing that others need, and when nothing is left that is told."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import anyio
import httpx
import pytest
from anyio.to_thread import current_default_thread_limiter
from sqlalchemy import create_engine

from hub.access.tokens import mint
from hub.run.hub import Hub
from hub.store.database import Database
from hub.web.app import create_app
from schemas.errors import StoreUnavailable
from tests.databases import FreshDatabase, with_driver
from tests.integration.web.calling import PURPOSE, SEARCHES
from tests.integration.web.people import UNKNOWN

NOBODY = str(uuid4())


@contextmanager
def one_connection(database: FreshDatabase) -> Iterator[Database]:
    """The database with a pool of one connection, for which nobody waits."""
    pool = Database(create_engine(with_driver(database.url), pool_size=1, max_overflow=0, pool_timeout=0))
    yield pool
    pool.close()


def test_when_every_connection_is_taken_callers_are_asked_to_come_back(hub: Hub, database: FreshDatabase) -> None:
    async def ask(crowded: Hub) -> list[httpx.Response]:
        transport = httpx.ASGITransport(create_app(crowded))
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            return [await client.get(path) for path in ("/health/live", "/health/ready")]

    with one_connection(database) as pool, pool.transaction():
        with pytest.raises(StoreUnavailable, match="free connection"), pool.transaction():
            pass
        alive, ready = anyio.run(ask, replace(hub, database=pool))

    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["reason"], ready.headers["retry-after"]) == (503, "store_unavailable", "2")


def test_the_process_says_that_it_lives_when_every_thread_is_busy(hub: Hub) -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(hub))
        threads = current_default_thread_limiter()
        threads.total_tokens = 1
        async with threads, httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            with anyio.fail_after(60):
                return await client.get("/health/live")

    assert anyio.run(ask).json() == {"status": "live"}


def test_when_all_places_for_readers_are_taken_the_next_wait_and_everybody_else_is_answered(hub: Hub) -> None:
    token = mint(hub.settings, "jobbtorg", ["timeline:read"], now=hub.now())
    bearer = {"Authorization": f"Bearer {token}", **PURPOSE}
    app = create_app(hub)
    places = app.state.admission.readers
    taken = [object() for _ in range(int(places.total_tokens))]
    answered: list[int] = []

    async def take_all_and_read() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            (csrf,) = set(re.findall(r'name="csrf" value="([^"]+)"', (await client.get("/")).text))
            await client.post("/persona", data={"csrf": csrf, "persona": "af"})
            for place in taken:
                await places.acquire_on_behalf_of(place)

            async def read(method: str, path: str, **more: Any) -> None:  # what httpx takes
                answered.append((await client.request(method, path, **more)).status_code)

            async with anyio.create_task_group() as group:
                for reading in (
                    lambda: read("GET", f"/samspar/v1/participants/{NOBODY}/timeline-entries", headers=bearer),
                    lambda: read("POST", SEARCHES, headers=bearer, json={"identifier": UNKNOWN}),
                    lambda: read("GET", f"/deltagare/{NOBODY}"),
                    lambda: read("POST", f"/deltagare/{NOBODY}/nummer", data={"csrf": csrf}),
                    lambda: read("POST", "/sok", data={"csrf": csrf, "typ": "personal_number", "nummer": UNKNOWN}),
                ):
                    group.start_soon(reading)
                with anyio.fail_after(60):
                    while places.statistics().tasks_waiting < 5:  # noqa: ASYNC110 - a limiter tells nobody who waits
                        await anyio.sleep(0.001)
                    other = await client.get("/health/ready")
                assert answered == []
                for place in taken:
                    places.release_on_behalf_of(place)
            return other

    assert anyio.run(take_all_and_read).status_code == 200
    assert sorted(answered) == [200, 200, 404, 404, 404]
