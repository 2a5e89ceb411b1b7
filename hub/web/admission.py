"""How much the hub does at once: a bounded number of calls and bytes that it takes in, and few threads that judge or read.

Whoever comes to the front door beyond that is asked to come back (429), before anything of the body is kept.
No agency can have more than its share of the places, so that one that sends slowly does not keep the others out.
Whoever reads about persons beyond the few waits for a place, without a thread or a connection.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

from anyio import CapacityLimiter, fail_after
from fastapi import Depends
from starlette.requests import ClientDisconnect, Request

from hub.intake.reading import MAX_BODY_BYTES, CallRefused
from hub.web.problems import CallRefusedError
from schemas.reasons import problem

_THREADS = 4  # the decisions are serial under the intake lock; more threads would only wait for it
_READERS = 8  # a long timeline is opened and folded by the processor; more at once would only be slower each
_CALLS = 100
_BYTES = 96 * 1024 * 1024
_SHARES = 2  # an agency may have this part of the calls and of the bytes
_BODY_SECONDS = 60


@dataclass(slots=True)
class Taken:
    """How much of a bound is in use."""

    calls: int = 0
    held_bytes: int = 0


@dataclass(slots=True)
class Admission:
    """Calls that are being read or judged now, all together and by agency, and the threads for them and for readers."""

    whole: Taken = field(default_factory=Taken)
    shares: dict[str, Taken] = field(default_factory=dict)
    limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_THREADS))
    readers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_READERS))

    @asynccontextmanager
    async def place(self, agency: str) -> AsyncIterator["Place"]:
        """A place for one call of an agency, for as long as the block lasts."""
        share = self.shares.get(agency, Taken())
        if self.whole.calls >= _CALLS or share.calls >= _CALLS // _SHARES:
            raise CallRefusedError("too_many_calls")
        self.shares[agency] = share
        taken = Place(self.whole, share)
        taken.take(calls=1)
        try:
            yield taken
        finally:
            taken.take(calls=-1, held_bytes=-taken.held_bytes)
            if not share.calls:
                del self.shares[agency]


@dataclass(slots=True)
class Place:
    """One call's place, counted in the whole and in its agency's share."""

    whole: Taken
    share: Taken
    held_bytes: int = 0

    async def body(self, request: Request) -> bytes | CallRefused:
        """The whole body, or its refusal as soon as it is known to be too large."""
        stated = request.headers.get("content-length", "0")
        if stated.isdecimal() and int(stated) > MAX_BODY_BYTES:
            return _too_large()
        chunks: list[bytes] = []
        try:
            with fail_after(_BODY_SECONDS):
                async for chunk in request.stream():
                    self.take(held_bytes=len(chunk))
                    if self.held_bytes > MAX_BODY_BYTES:
                        return _too_large()
                    if self.whole.held_bytes > _BYTES or self.share.held_bytes > _BYTES // _SHARES:
                        raise CallRefusedError("too_many_calls")
                    chunks.append(chunk)
        except TimeoutError as error:
            raise CallRefusedError("body_too_slow") from error
        except ClientDisconnect as error:
            raise CallRefusedError("body_too_slow") from error  # nobody is there to read the answer
        return b"".join(chunks)

    def take(self, *, calls: int = 0, held_bytes: int = 0) -> None:
        """Count calls and bytes, or give back those that are negative."""
        self.held_bytes += held_bytes
        for taken in (self.whole, self.share):
            taken.calls += calls
            taken.held_bytes += held_bytes


async def readers_of(request: Request) -> CapacityLimiter:
    """The threads for those who read about persons."""
    admission: Admission = request.app.state.admission
    return admission.readers


ReadersOf = Annotated[CapacityLimiter, Depends(readers_of)]


def _too_large() -> CallRefused:
    return CallRefused(problem=problem("body_too_large", None, found=f"more than {MAX_BODY_BYTES} bytes"))
