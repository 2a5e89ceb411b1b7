"""The thread in which Faust's consumer runs aiokafka, made to read only what is ours, from where we sought, and all of it.

All that is known of Faust's ways, with measurements, is in docs/decisions/0013.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from aiokafka.errors import OffsetOutOfRangeError
from faust.transport.drivers import aiokafka as driver

from hub.store.streams import Partition
from schemas.errors import StreamGap

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.005
_COMMIT_SECONDS = 5
_FETCH_WAIT_MS = 50


class ReadingThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc]  # Faust is untyped
    """Reads what is committed, and survives a Kafka commit that fails: it is a hint.

    aiokafka reads new partitions from where Kafka says before Faust seeks, and Faust drops what arrives between the seek
    and its own resumption. So nothing is taken of the client but while Faust flows and has sought in the assignment.
    """

    _begins: dict[Any, int]  # partitions of Faust -> the offset behind what was read
    _sought: Any = None  # the assignment of aiokafka, an object of its own for each, that was sought in

    async def _seek_wait(self, consumer: Any, partitions: Any) -> None:  # of Faust and aiokafka
        self._sought = _assignment(consumer)
        self._begins = dict(partitions)
        await super()._seek_wait(consumer, partitions)

    async def _fetch_records(self, consumer: Any, active: Any, **named: Any) -> dict[Any, Any]:  # of Faust and aiokafka
        """Of each partition what was read, and the offset at which it begins.

        Looking and taking are one step of this thread's loop: a wait that spans a rebalance must not end with records.
        """
        loop, fetcher = asyncio.get_running_loop(), consumer._fetcher  # noqa: SLF001  # aiokafka only waits and takes in one
        until = loop.time() + named["timeout"]
        while self._may_take(consumer):
            records = await self._taken(consumer, active, named)
            left = until - loop.time()
            if records or left <= 0:
                found = {each: (self._begins[each], read) for each, read in records.items()}
                self._begins |= {each: read[-1].offset + 1 for each, read in records.items()}
                return found
            arrival = fetcher._create_fetch_waiter()  # noqa: SLF001  # the same
            await asyncio.wait([arrival], timeout=left)
            arrival.cancel()
        await asyncio.sleep(LOOK_SECONDS)
        return {}

    async def _taken(self, consumer: Any, active: Any, named: Mapping[str, Any]) -> dict[Any, Any]:  # the same
        """What is there. Raises StreamGap where the topic no longer holds what is next: aiokafka must not choose another."""
        try:
            found: dict[Any, Any] = await super()._fetch_records(consumer, active, **{**named, "timeout": 0})
        except OffsetOutOfRangeError as error:
            places = ", ".join(
                f"offset {offset} of {each.topic}/{each.partition}" for each, offset in error.args[0].items()
            )
            message = (
                f"expected {places}, found that the topic does not hold it any more: see docs/operations.md, Kafka"
            )
            raise StreamGap(message) from error
        return found

    async def left(self, consumer: Any) -> dict[Partition, int]:  # of aiokafka
        """Up to where there is something to take, in this thread; a transaction's marker at the end of a topic is nothing."""
        ends = await consumer.end_offsets(list(consumer.assignment()))
        read = {each: self._begins.get(each, 0) for each in ends}
        return {
            Partition(each.topic, each.partition): read[each] if await consumer.position(each) >= end else end
            for each, end in ends.items()
        }

    def _may_take(self, consumer: Any) -> bool:  # of aiokafka
        """Whether Faust would hand out what is read, and it is what was sought."""
        subscription = consumer._subscription  # noqa: SLF001  # aiokafka shows the partitions only
        flows = self.consumer.flow_active and not subscription.reassignment_in_progress
        return flows and _assignment(consumer) is self._sought

    def _create_worker_consumer(self, transport: Any) -> Any:  # of Faust and aiokafka
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = _FETCH_WAIT_MS  # noqa: SLF001  # Faust has no setting for it
        consumer._isolation_level = "read_committed"  # noqa: SLF001  # the same
        return consumer

    async def _commit(self, offsets: Any) -> bool:  # of Faust
        now = asyncio.get_running_loop().time()
        self.tp_last_committed_at.update(dict.fromkeys(offsets, now))
        mine = {
            driver.ensure_aiokafka_TP(each): driver.OffsetAndMetadata(offset, "")
            for each, offset in offsets.items()
            if each in self.assignment()
        }
        try:
            await asyncio.wait_for(self._ensure_consumer().commit(mine), _COMMIT_SECONDS)
        except Exception as error:  # noqa: BLE001  # whatever it was: the position that counts is elsewhere
            log.warning("kafka_commit_failed", error=type(error).__name__)
            return False
        return True


def _assignment(consumer: Any) -> Any:  # of aiokafka
    """Which partitions it has, as an object that no other assignment shares."""
    subscription = consumer._subscription.subscription  # noqa: SLF001  # aiokafka shows the partitions only
    return None if subscription is None else subscription.assignment
