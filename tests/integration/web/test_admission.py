"""How much the front door takes in at once: whoever comes beyond that is asked to come back, and nobody is lost."""

import json
from collections.abc import AsyncIterator

import anyio
import httpx

from hub.access.tokens import mint
from hub.run.hub import Hub
from hub.web.app import create_app
from hub.web.bodies import SINGLE
from tests.integration.web.calling import EVENTS, RECEIPTS
from tests.unit.intake.builders import registration

PLACES = 100


def test_a_call_beyond_the_hundredth_is_asked_to_come_back_and_those_inside_are_answered(hub: Hub) -> None:
    token = mint(hub.settings, "jobbtorg", ["events:write", "receipts:read"], now=hub.now())
    headers = {"Authorization": f"Bearer {token}", "Content-Type": SINGLE}
    answered: list[httpx.Response] = []

    async def fill_and_try() -> list[httpx.Response]:
        rest = anyio.Event()
        inside = anyio.Semaphore(0)
        transport = httpx.ASGITransport(create_app(hub))
        async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=headers) as client:

            async def slowly(place: int) -> AsyncIterator[bytes]:
                body = json.dumps(registration(f"r{place}", subject=f"R{place}")).encode()
                yield body[:10]
                inside.release()
                await rest.wait()
                yield body[10:]

            async def send(place: int) -> None:
                answered.append(await client.post(EVENTS, content=slowly(place)))

            async with anyio.create_task_group() as group:
                for place in range(PLACES):
                    group.start_soon(send, place)
                for _ in range(PLACES):
                    await inside.acquire()
                outside = [await client.post(EVENTS, json=registration("late")), await client.get(RECEIPTS)]
                rest.set()
            return [*outside, await client.post(EVENTS, json=registration("late"), headers=headers)]

    refused, other, afterwards = anyio.run(fill_and_try)

    assert (refused.status_code, refused.json()["reason"], refused.headers["retry-after"]) == (
        429,
        "too_many_calls",
        "1",
    )
    assert other.status_code == 200
    assert sorted(answer.status_code for answer in answered) == [201] * PLACES
    assert afterwards.status_code == 201
