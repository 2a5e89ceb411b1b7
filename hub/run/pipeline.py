"""Chunks into a Sink, batch by batch: while one batch is committed, the next one is prepared. Acknowledged after the commit.

Under load the batches grow by themselves; when little comes, an event waits for nobody. A database that is away is waited
for in place, so the partitions wait too; everything else ends the worker.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import structlog

from hub.run.worker import Reading, Record, Sink
from hub.store.streams import Moves, Partition
from schemas.errors import HubError, PositionTaken, StoreUnavailable, StreamGap, StreamUnavailable

log = structlog.get_logger(__name__)

EXIT_STORE, EXIT_BUG, EXIT_STREAM, EXIT_GAP, EXIT_FENCED = 69, 70, 71, 72, 75
_CHUNKS_WAITING = 16  # few: when a partition goes to another worker, all of them are finished first
_STORE_SECONDS = 60.0
_COMMIT_SECONDS = 30.0  # a server that is frozen answers no timeout of its own
_RETRY_SECONDS = 0.3
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Ended(Exception):
    """Why a worker must end, and the exit code for its supervisor (docs/operations.md)."""

    code: int
    why: str


def ended_by(error: Exception) -> Ended:
    """Why what went wrong ends a worker. What is not known is a bug, and told with its traceback."""
    match error:
        case Ended():
            return error
        case StreamGap():
            return Ended(EXIT_GAP, str(error))
        case PositionTaken():
            return Ended(EXIT_FENCED, str(error))
        case StoreUnavailable():
            return Ended(EXIT_STORE, f"expected PostgreSQL to answer, found {error}")
        case StreamUnavailable():
            return Ended(EXIT_STREAM, str(error))
        case HubError():
            return Ended(EXIT_BUG, f"{type(error).__name__}: {error}")
    log.error("worker_failed", exc_info=error)
    return Ended(EXIT_BUG, type(error).__name__)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one partition; `begins` is the offset behind the chunk before it."""

    partition: Partition
    begins: int
    records: Sequence[Record]


class Handed(Protocol):
    """A chunk as the runtime hands it over."""

    @property
    def value(self) -> Chunk: ...

    def ack(self) -> object:
        """It is done."""


@dataclass(slots=True)
class Pipeline:
    """One worker's way from chunks to commits."""

    sink: Sink
    reading: Reading
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    _waiting: asyncio.Queue[Handed] = field(default_factory=lambda: asyncio.Queue(_CHUNKS_WAITING))
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, thread_name_prefix="sink"))

    async def put(self, handed: Handed) -> None:
        """Take a chunk in, when there is room for it."""
        await self._waiting.put(handed)

    async def run(self) -> None:
        """Until something ends the worker, which is raised as Ended."""
        committing: asyncio.Task[None] | None = None
        try:
            while True:
                coming = asyncio.ensure_future(self._next())
                if committing is not None:
                    await asyncio.wait((coming, committing), return_when=asyncio.FIRST_COMPLETED)
                    if committing.done():
                        committing.result()
                batch, prepared, moves = await coming
                if committing is not None:
                    await committing
                committing = asyncio.ensure_future(self._committed(batch, prepared, moves))
        except Exception as error:
            raise ended_by(error) from error

    async def _next(self) -> tuple[list[Handed], Any, Moves]:
        """The next batch, as many of the waiting chunks as it may hold, prepared."""
        batch = [await self._waiting.get()]
        size = len(batch[0].value.records)
        while size < self.sink.batch and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
            size += len(batch[-1].value.records)
        work, moves = self.reading.take(
            [(each.value.partition, each.value.begins, each.value.records) for each in batch]
        )
        prepared = await self._patiently(lambda: self.sink.prepare(work)) if moves else None
        return batch, prepared, moves

    async def _committed(self, batch: Sequence[Handed], prepared: Any, moves: Moves) -> None:  # whatever was prepared
        async with self.busy:
            if moves:
                await self._patiently(lambda: self.sink.write(prepared, moves))
            for each in batch:
                each.ack()

    async def _patiently(self, do: Callable[[], Answer]) -> Answer:
        """The answer, waiting out a database that is away for a while."""
        loop = asyncio.get_running_loop()
        until = loop.time() + _STORE_SECONDS
        while True:
            try:
                return await asyncio.wait_for(loop.run_in_executor(self._threads, do), _COMMIT_SECONDS)
            except StoreUnavailable as error:
                log.warning("store_unavailable", group=self.sink.group, error=str(error))
                if loop.time() > until:
                    raise Ended(EXIT_STORE, f"expected PostgreSQL to answer within {_STORE_SECONDS:.0f} s") from error
                await asyncio.sleep(_RETRY_SECONDS)
            except TimeoutError as error:
                message = f"expected a batch to be committed within {_COMMIT_SECONDS:.0f} s; PostgreSQL may be frozen"
                raise Ended(EXIT_STORE, message) from error
