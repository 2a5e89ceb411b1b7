"""What a worker takes of Kafka's client around a rebalance: nothing that Faust would drop."""

import asyncio
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from types import SimpleNamespace

from hub.run.faust_thread import ReadingThread

PARTITION = ("participant.events", 4)


@dataclass(frozen=True, slots=True)
class Read:
    """A record, as far as it matters here."""

    offset: int


@dataclass
class KafkasFetcher:
    """As aiokafka's: hands out what has arrived, and lets wait for it."""

    held: dict[object, list[Read]] = field(default_factory=dict)
    waiters: list[asyncio.Future[None]] = field(default_factory=list)
    waited: asyncio.Event = field(default_factory=asyncio.Event)
    _closed: bool = False
    _subscriptions: object = field(default_factory=lambda: SimpleNamespace(fetch_context=nullcontext))

    async def fetched_records(self, _partitions: object, **named: object) -> Mapping[object, list[Read]]:
        assert named == {"timeout": 0, "max_records": None}
        held, self.held = self.held, {}
        return held

    def _create_fetch_waiter(self) -> asyncio.Future[None]:
        self.waiters.append(asyncio.get_running_loop().create_future())
        self.waited.set()
        return self.waiters[-1]

    def arrive(self, offset: int) -> None:
        self.held = {PARTITION: [Read(offset)]}
        for waiter in self.waiters:
            waiter.set_result(None)


@dataclass
class Scene:
    """A worker's thread that has sought to offset 7, and the client that it reads of."""

    fetcher: KafkasFetcher = field(default_factory=KafkasFetcher)
    faust: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(flow_active=True))

    def __post_init__(self) -> None:
        assigned = SimpleNamespace(assignment=object())
        self.subscription = SimpleNamespace(subscription=assigned, reassignment_in_progress=False)
        self.client = SimpleNamespace(_fetcher=self.fetcher, _subscription=self.subscription, _closed=False)
        self.thread = object.__new__(ReadingThread)
        self.thread.__dict__.update(consumer=self.faust, _sought=assigned.assignment, _begins={PARTITION: 7})

    async def reads(self) -> "asyncio.Task[dict[object, tuple[int, list[Read]]]]":
        """A read that waits for what comes."""
        reading = asyncio.ensure_future(self.thread._fetch_records(self.client, {PARTITION}, timeout=5))  # noqa: SLF001  # Faust calls it so
        await self.fetcher.waited.wait()
        return reading


def test_what_arrives_is_taken_with_the_offset_at_which_it_begins() -> None:
    async def scene() -> dict[object, tuple[int, list[Read]]]:
        worker = Scene()
        reading = await worker.reads()
        worker.fetcher.arrive(9)
        return await reading

    assert asyncio.run(scene()) == {PARTITION: (7, [Read(9)])}


def test_a_wait_that_spans_a_rebalance_leaves_the_client_what_arrived_after_the_seek() -> None:
    async def scene() -> tuple[object, list[object]]:
        worker = Scene()
        reading = await worker.reads()
        worker.faust.flow_active = False
        worker.fetcher.arrive(7)
        return await reading, list(worker.fetcher.held)

    assert asyncio.run(scene()) == ({}, [PARTITION])


def test_nothing_is_taken_of_an_assignment_in_which_nobody_has_sought() -> None:
    async def scene() -> tuple[object, list[object]]:
        worker = Scene()
        reading = await worker.reads()
        worker.subscription.subscription = SimpleNamespace(assignment=object())
        worker.fetcher.arrive(7)
        return await reading, list(worker.fetcher.held)

    assert asyncio.run(scene()) == ({}, [PARTITION])
