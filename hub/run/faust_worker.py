"""The runtime of a worker: Faust reads, a Sink decides what is done, PostgreSQL's position says where to go on (DESIGN 3).

Faust acknowledges what failed, and takes 75 us for an event. So one Faust event is a chunk of records of one partition,
nothing is acknowledged before it is committed, and whatever is not a database that is away ends the process: a supervisor
starts it afresh. All that is known of Faust's ways, with measurements, is in docs/decisions/0013.
"""

import asyncio
import faulthandler
import logging
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NoReturn

import structlog

from hub.run.faust_chunks import REQUEST_SECONDS, ChunkConsumer, Whole, application
from hub.run.hub import Hub
from hub.run.pipeline import EXIT_BUG, EXIT_STORE, EXIT_STREAM, Ended, Pipeline, ended_by
from hub.run.runner import Runner, Work
from hub.run.worker import Patience, Reading, Sink, check_range
from hub.store.streams import Claim, Partition, claim
from hub.streams.sending import TopicState, topic_states
from schemas.errors import Misconfigured, StoreUnavailable, StreamGap

log = structlog.get_logger(__name__)

_CLAIM_SECONDS = (
    REQUEST_SECONDS / 2
)  # longer, and Faust takes the seek for a stop: it owns partitions and reads nothing
_LOOK_SECONDS = 2.0
_BLOCKED_SECONDS = 60  # an event loop that stands still: faulthandler ends the process with 1
_LEAVE_SECONDS = 3.0
_TOPICS_SECONDS = 10.0
_SILENT_BROKER = 3  # times the watchdog's patience


def run(hub: Hub, sink: Sink, beside: Sequence[Work], name: str, *, static: bool) -> NoReturn:
    """Work until a signal or until something ends the worker; the process ends with the code that says what (operations.md).

    `beside`: what one of the group's workers also leads. `name` is told as the owner of its partitions; when it is
    `static`, it stays the same over restarts, and others do not take its partitions over meanwhile.
    """
    topics = topic_states(hub.settings, sink.topics)
    if missing := sorted(set(sink.topics) - set(topics)):
        message = f"expected the topics of the register, found none called {', '.join(missing)}; run: hub topics apply"
        raise Misconfigured(message)
    asyncio.run(_Worker(hub, sink, topics, name, static=static).run(beside))
    raise AssertionError


class _Worker:
    """One process's share of a group's partitions."""

    def __init__(self, hub: Hub, sink: Sink, topics: Mapping[str, TopicState], name: str, *, static: bool) -> None:
        self._hub = hub
        self._sink = sink
        self._name = name
        self._ending = False
        self._topics = topics  # as they were at the start, and later when their partitions were claimed
        self._reading = Reading(contiguous=sink.contiguous)
        self._patience = Patience(hub.settings.watchdog_seconds)
        self._pipeline = Pipeline(sink, self._reading)
        self._app = application(hub.settings, sink.group, name if static else None, self._claimed)
        self._app.agent(self._app.topic(*sink.topics, schema=Whole()), concurrency=1)(self._take)

    async def run(self, beside: Sequence[Work]) -> None:
        """Until the process ends."""
        loop = asyncio.get_running_loop()

        def failed(why: str) -> None:
            loop.call_soon_threadsafe(lambda: asyncio.ensure_future(self._end(EXIT_BUG, why)))

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, lambda: asyncio.ensure_future(self._stop()))
        for work in beside:
            Runner(self._hub, work, failed).start()
        try:
            watching = asyncio.ensure_future(self._watch())
            await asyncio.wait_for(self._app.start(), _BLOCKED_SECONDS)
            working = asyncio.ensure_future(self._pipeline.run())
            ended = asyncio.ensure_future(self._app.wait_until_stopped())
            await asyncio.wait((watching, working, ended), return_when=asyncio.FIRST_COMPLETED)
            for each in (working, watching):
                if each.done():
                    each.result()
        except Ended as end:
            await self._end(end.code, end.why)
        except Exception as error:  # noqa: BLE001  # told with its kind; a fresh process is the answer to all of them
            await self._end(EXIT_STREAM, f"{type(error).__name__}: {error}")
        stopped = self._stopped()
        await self._end(stopped.code, stopped.why)

    def _stopped(self) -> Ended:
        """Why Faust has."""
        reason = self._app.crash_reason
        return ended_by(reason) if isinstance(reason, StreamGap) else Ended(EXIT_STREAM, f"Faust stopped: {reason!r}")

    async def _take(self, stream: Any) -> None:  # of Faust
        async for event in stream.noack().events():
            await self._pipeline.put(event)

    async def _claimed(self, consumer: ChunkConsumer) -> None:
        """Claim what was assigned, and seek to it."""
        try:
            await asyncio.wait_for(self._claim(consumer), _CLAIM_SECONDS)
        except TimeoutError:
            await self._end(EXIT_STORE, f"expected to claim partitions within {_CLAIM_SECONDS:.0f} s")
        except Exception as error:  # noqa: BLE001  # Faust would go on without having claimed
            ended = ended_by(error)
            await self._end(ended.code, ended.why)

    async def _claim(self, consumer: ChunkConsumer) -> None:
        assigned = {Partition(each.topic, each.partition): each for each in consumer.assignment()}
        self._patience.forgive()
        topics, first, end = await asyncio.gather(
            asyncio.to_thread(topic_states, self._hub.settings, sorted({each.topic for each in assigned})),
            consumer.earliest_offsets(*assigned.values()),
            consumer.highwaters(*assigned.values()),
        )
        ids = {each: _id(topics, each.topic) for each in assigned}
        self._topics = {**self._topics, **topics}
        claims: dict[Partition, Claim] | None = None
        while claims is None:
            try:
                claims = await asyncio.to_thread(self._claims, ids)
            except StoreUnavailable as error:
                log.warning("store_unavailable", group=self._sink.group, error=str(error))
                await asyncio.sleep(0.5)
        for partition, mine in claims.items():
            check_range(partition, mine, first[assigned[partition]], end[assigned[partition]])
        await consumer.begin_at({assigned[partition]: mine.next_offset for partition, mine in claims.items()})
        self._reading.begin(claims)
        log.info("partitions_claimed", group=self._sink.group, owner=self._name, partitions=len(claims))

    def _claims(self, ids: Mapping[Partition, str]) -> dict[Partition, Claim]:
        with self._hub.database.transaction() as connection:
            return claim(connection, self._sink.group, ids, self._name)

    async def _watch(self) -> None:
        """Faust does not ask whether its coordinator is well, and a lag that stays is a hang, whatever its cause (STREAMING 1.5)."""
        loop = asyncio.get_running_loop()
        answered = looked = loop.time()
        while True:
            faulthandler.dump_traceback_later(_BLOCKED_SECONDS, exit=True)
            await asyncio.sleep(_LOOK_SECONDS)
            if self._app.crashed:
                raise self._stopped()
            if getattr(self._app.consumer, "_thread", None) is None:
                continue
            try:
                await asyncio.wait_for(self._in_kafka_thread(_well), 20)
            except Exception as error:
                raise Ended(EXIT_STREAM, f"coordinator: {type(error).__name__}: {error}") from error
            try:
                ends = await asyncio.wait_for(self._in_kafka_thread(self._app.consumer._thread.left), 5)  # noqa: SLF001  # as below
                if loop.time() - looked > _TOPICS_SECONDS:
                    looked = loop.time()
                    await asyncio.wait_for(self._look_at_topics(), _TOPICS_SECONDS)
            except Ended:
                raise
            except Exception as error:  # the broker is away: not our stall, unless it stays so
                log.warning("stream_unavailable", group=self._sink.group, error=type(error).__name__)
                self._patience.forgive()
                if loop.time() - answered > _SILENT_BROKER * self._patience.seconds:
                    raise Ended(EXIT_STREAM, "expected the broker to answer, found none for long") from error
                continue
            answered = loop.time()
            if stalled := self._patience.stalled(ends, self._reading, answered):
                raise Ended(
                    EXIT_STREAM,
                    f"{stalled.topic}/{stalled.part} has records to read and did not move for {self._patience.seconds} s",
                )

    async def _look_at_topics(self) -> None:
        """Whether what we read is what we claimed: a client follows the name, and would go on in the middle of another topic.

        One that dies and comes again may also be read by nobody until the client looks for it again, which takes minutes.
        Whoever claims it next begins it at its beginning; what was read of it meanwhile is known when it comes again.
        """
        claimed = self._topics
        found = await asyncio.to_thread(topic_states, self._hub.settings, sorted(claimed))
        for topic, state in claimed.items():
            if topic not in found:
                log.error("topic_missing", group=self._sink.group, topic=topic)
            elif found[topic].topic_id != state.topic_id:
                raise Ended(EXIT_STREAM, f"expected the topic {topic} that was claimed, found that it was made anew")

    async def _in_kafka_thread(self, ask: Callable[[Any], Awaitable[Any]]) -> Any:  # of Faust and aiokafka
        """Ask the client in its own thread; Faust's queue for that has two workers, and a hung commit blocks them."""
        thread = self._app.consumer._thread  # noqa: SLF001  # Faust has no other way

        async def asked() -> Any:  # whatever is asked for
            return None if thread._consumer is None else await ask(thread._consumer)  # noqa: SLF001  # the same

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asked(), thread.thread_loop))

    async def _stop(self) -> None:
        async with self._pipeline.busy:
            await self._end(0, "told to stop")

    async def _end(self, code: int, why: str) -> NoReturn:
        """Leave the group, or its partitions wait for the end of the session, and end: Faust's own stop may never return."""
        if self._ending:
            await asyncio.Event().wait()
        self._ending = True
        (log.info if code == 0 else log.critical)("worker_ended", group=self._sink.group, code=code, why=why)
        logging.disable()  # what Faust says of a client that is taken away says nothing more
        with suppress(BaseException):
            await asyncio.wait_for(self._in_kafka_thread(lambda client: client.stop()), _LEAVE_SECONDS)
        logging.shutdown()
        os._exit(code)


def _id(topics: Mapping[str, TopicState], topic: str) -> str:
    if topic not in topics:
        raise Ended(EXIT_STREAM, f"expected the topic {topic}, found that it is not there any more")
    return topics[topic].topic_id


async def _well(client: Any) -> None:  # of aiokafka
    client._coordinator.check_errors()  # noqa: SLF001  # raises, and wakes a coordinator that waits for being asked
