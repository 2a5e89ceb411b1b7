"""Faust as the hub uses it: one event for a chunk of records, the database's position, nothing declared, served or kept.

All that is known of Faust's ways, with measurements, is in docs/decisions/0013.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import ConsumerMessage

from hub.run import tolerant_records
from hub.run.faust_thread import LOOK_SECONDS, ReadingThread
from hub.run.pipeline import Chunk
from hub.settings import Settings
from hub.store.streams import Partition

REQUEST_SECONDS = 40.0
_SESSION_SECONDS, _HEARTBEAT_SECONDS, _REBALANCE_SECONDS = 10.0, 1.0, 30.0
_FETCH_BYTES = 4 << 20
_CHUNK = 1000
_CHUNKS_BUFFERED = 64
_MESSAGE_AND_SUSPENSION = 2  # what Faust waits for when it hands out a message


class ChunkConsumer(driver.Consumer):  # type: ignore[misc]  # Faust is untyped
    """Hands out chunks, and begins where the database says."""

    claimed: ClassVar[Callable[["ChunkConsumer"], Awaitable[None]]]

    def _new_consumer_thread(self) -> ReadingThread:
        return ReadingThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """The last step before records flow; any earlier seek would be overwritten by Faust."""
        await type(self).claimed(self)

    async def begin_at(self, offsets: dict[Any, int]) -> None:  # partitions of Faust
        """Seek, whatever Kafka holds of the group: Faust would drop what lies before that, or wait for ever until it is done."""
        self._read_offset.update(dict.fromkeys(offsets))
        self._committed_offset.update(offsets)
        await self.seek_wait(offsets)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[Any, Any]]:  # noqa: ASYNC109  # as Faust calls it
        """One message for each chunk, the partitions in turns. What is dropped here is read again: reading resumes with a seek."""
        # Faust waits a whole second when every buffer is full, and tells nobody when there is room again.
        while self.flow_active and not self.should_stop and not self._get_active_partitions():  # noqa: ASYNC110 - so we look
            await asyncio.sleep(LOOK_SECONDS)
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        for each, chunk in _chunks(records):
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            if active is None or each in active or each in self._buffered_partitions:
                last: Any = chunk.records[-1]  # of aiokafka
                yield (
                    each,
                    ConsumerMessage(
                        each.topic,
                        each.partition,
                        last.offset,
                        last.timestamp / 1000,
                        last.timestamp_type,
                        headers=None,
                        key=None,
                        value=chunk,
                        checksum=None,
                        tp=each,
                        generation_id=generation,
                    ),
                )

    async def wait_first(self, *waiting: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109  # as Faust calls it
        """Without four tasks for every message, as long as nothing is to be waited for but the message."""
        plain = timeout is None and self.flow_active and self.app.flow_control.is_active()
        if plain and len(waiting) == _MESSAGE_AND_SUSPENSION:
            waiting[1].close()
            await waiting[0]
            return None
        return await super().wait_first(*waiting, timeout=timeout)


def _chunks(records: Mapping[Any, tuple[int, Sequence[Any]]]) -> list[tuple[Any, Chunk]]:
    """The records of partitions in chunks, the partitions in turns."""
    found: list[tuple[int, Any, Chunk]] = []
    for each, (begins, read) in records.items():
        for place in range(0, len(read), _CHUNK):
            part = read[place : place + _CHUNK]
            behind = begins if place == 0 else read[place - 1].offset + 1
            found.append((place, each, Chunk(Partition(each.topic, each.partition), behind, part)))
    return [(each, chunk) for _, each, chunk in sorted(found, key=lambda made: made[:2])]


class Whole(faust.Schema):  # type: ignore[misc]  # Faust is untyped
    """A message's value is the chunk as it was read."""

    def loads_key(self, app: Any, message: Any, **_more: Any) -> None:  # as Faust calls it
        """Chunks have no key."""

    def loads_value(self, app: Any, message: Any, **_more: Any) -> Any:  # noqa: ARG002  # as Faust calls it
        """The records."""
        return message.value


def application(
    settings: Settings, group: str, instance: str | None, claimed: Callable[[ChunkConsumer], Awaitable[None]]
) -> Any:  # Faust is untyped
    """An application that declares nothing, serves nothing and keeps nothing."""
    tolerant_records.install()
    consumer = type("Consumer", (ChunkConsumer,), {"claimed": staticmethod(claimed)})
    app = faust.App(
        group,
        broker=[f"kafka://{each}" for each in (settings.kafka_bootstrap_servers or "").split(",")],
        broker_credentials=_credentials(settings),
        env_prefix="SAMSPAR_FAUST_",
        web_enabled=False,
        store="memory://",
        datadir=settings.data_dir / "faust",
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        agent_supervisor="mode.CrashingSupervisor",
        consumer_auto_offset_reset="none",  # where to go on says the database, and nobody else
        consumer_group_instance_id=instance,
        consumer_max_fetch_size=_FETCH_BYTES,
        stream_buffer_maxsize=_CHUNKS_BUFFERED,
        broker_commit_interval=1.0,
        broker_session_timeout=_SESSION_SECONDS,
        broker_heartbeat_interval=_HEARTBEAT_SECONDS,
        broker_rebalance_timeout=_REBALANCE_SECONDS,
        broker_request_timeout=REQUEST_SECONDS,
        broker_max_poll_interval=300.0,
    )
    transport = type("Transport", (driver.Transport,), {"Consumer": consumer})
    app.transport = transport(app.conf.broker_consumer, app)
    return app


def _credentials(settings: Settings) -> Any:  # Faust is untyped
    """How Faust signs in; None: nobody asks."""
    encrypted = (
        ssl.create_default_context(cafile=settings.kafka_ca_file) if "SSL" in settings.kafka_security_protocol else None
    )
    if settings.kafka_username is not None:
        return faust.SASLCredentials(
            username=settings.kafka_username,
            password=settings.kafka_password,
            mechanism=settings.kafka_sasl_mechanism,
            ssl_context=encrypted,
        )
    return None if encrypted is None else faust.SSLCredentials(encrypted)
