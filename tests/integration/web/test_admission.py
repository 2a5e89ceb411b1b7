"""How much the front door takes in at once: whoever comes beyond that is asked to come back, and nobody is lost."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import anyio
import httpx
from anyio.abc import TaskGroup

from hub.access.tokens import mint
from hub.intake.modes import BATCH
from hub.run.hub import Hub
from hub.web.app import create_app
from tests.integration.web.calling import EVENTS, RECEIPTS
from tests.unit.intake.builders import AF, JOBBTORG, registration

SOURCES = {
    "jobbtorg": JOBBTORG,
    "af": AF,
    "sfi": "urn:samspar:source:sfi:elevregister",
    "socialtjanst": "urn:samspar:source:socialtjanst:verksamhetssystem",
    "fk": "urn:samspar:source:fk:samordning",
}
SHARE = 50
FILLING = ("jobbtorg", "af")
NEARLY_FIVE_MIB = 5 * 1024 * 1024 - 1024


@dataclass(slots=True, kw_only=True)
class Crowd:
    """Senders that have begun and wait in the middle of their bodies, until they may go on."""

    hub: Hub
    client: httpx.AsyncClient
    group: TaskGroup
    may_go_on: anyio.Event = field(default_factory=anyio.Event)
    inside: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(0))
    outside: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(0))
    answered: list[httpx.Response] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    async def enter(self, agency: str, calls: int, *, padding: int = 0) -> None:
        """Begin as many calls of an agency, and come back when the hub has what they have sent so far."""
        for _ in range(calls):
            self.group.start_soon(self._slowly, agency, padding)
        for _ in range(calls):
            await self.inside.acquire()

    async def send(self, agency: str, padding: int = 0) -> httpx.Response:
        """A call that does not wait."""
        return await self._post(agency, b" " * padding + self._batch(agency))

    async def ask(self, agency: str) -> httpx.Response:
        """A call that sends nothing."""
        return await self.client.get(RECEIPTS, headers=self._headers(agency))

    async def _slowly(self, agency: str, padding: int) -> None:
        async def body() -> AsyncIterator[bytes]:
            yield b" " * (padding + 1)
            self.inside.release()
            await self.may_go_on.wait()
            yield self._batch(agency)

        self.answered.append(await self._post(agency, body()))
        self.outside.release()

    async def _post(self, agency: str, body: bytes | AsyncIterator[bytes]) -> httpx.Response:
        return await self.client.post(EVENTS, content=body, headers={**self._headers(agency), "Content-Type": BATCH})

    def _batch(self, agency: str) -> bytes:
        number = next(self.numbers)
        return json.dumps([registration(f"r{number}", subject=f"R{number}", source=SOURCES[agency])]).encode()

    def _headers(self, agency: str) -> dict[str, str]:
        token = mint(self.hub.settings, agency, ["events:write", "receipts:read"], now=self.hub.now())
        return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def crowd(hub: Hub) -> AsyncIterator[Crowd]:
    """Senders to a hub; when the block ends, those who wait go on, and all have been answered afterwards."""
    transport = httpx.ASGITransport(create_app(hub))
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://hub") as client,
        anyio.create_task_group() as group,
    ):
        senders = Crowd(hub=hub, client=client, group=group)
        yield senders
        senders.may_go_on.set()


def told(answer: httpx.Response) -> tuple[int, str | None, str | None]:
    """Status, reason and when to come back."""
    return answer.status_code, answer.json().get("reason"), answer.headers.get("retry-after")


def statuses(answers: Sequence[httpx.Response]) -> list[str]:
    """What became of what the answered have sent."""
    return [receipt["status"] for answer in answers for receipt in answer.json()["receipts"]]


FULL = (429, "too_many_calls", "1")


def test_a_call_beyond_the_hundredth_is_asked_to_come_back_and_those_inside_are_answered(hub: Hub) -> None:
    async def fill_and_try() -> tuple[httpx.Response, httpx.Response, list[httpx.Response]]:
        async with crowd(hub) as senders:
            for agency in FILLING:
                await senders.enter(agency, SHARE)
            refused, other = await senders.send("fk"), await senders.ask("fk")
        return refused, other, senders.answered

    refused, other, answered = anyio.run(fill_and_try)

    assert told(refused) == FULL
    assert other.status_code == 200
    assert statuses(answered) == ["accepted"] * SHARE * len(FILLING)


def test_an_agency_that_sends_slowly_fills_its_own_share_and_keeps_no_other_out(hub: Hub) -> None:
    async def fill_and_try() -> tuple[list[httpx.Response], list[httpx.Response]]:
        async with crowd(hub) as senders:
            await senders.enter("jobbtorg", SHARE)
            tried = [await senders.send("jobbtorg"), await senders.send("af"), await senders.ask("jobbtorg")]
            senders.may_go_on.set()
            for _ in range(SHARE):
                await senders.outside.acquire()
            tried.append(await senders.send("jobbtorg"))
        return tried, senders.answered

    (refused, of_another, other, afterwards), answered = anyio.run(fill_and_try)

    assert told(refused) == FULL
    assert other.status_code == 200
    assert statuses([of_another, afterwards, *answered]) == ["accepted"] * (2 + SHARE)


def test_an_agency_s_share_is_of_bytes_too(hub: Hub) -> None:
    async def fill_and_try() -> tuple[list[httpx.Response], list[httpx.Response]]:
        async with crowd(hub) as senders:
            await senders.enter("jobbtorg", 9, padding=NEARLY_FIVE_MIB)
            tried = [await senders.send(agency, padding=NEARLY_FIVE_MIB) for agency in ("jobbtorg", "af")]
        return tried, senders.answered

    (refused, of_another), answered = anyio.run(fill_and_try)

    assert told(refused) == FULL
    assert statuses([of_another, *answered]) == ["accepted"] * 10
