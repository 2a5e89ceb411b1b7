"""How much the front door takes in at once: a bounded number of calls and bytes, and few threads that judge them.

Whoever comes beyond that is asked to come back (429), before anything of the body is kept.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from anyio import CapacityLimiter, fail_after
from starlette.requests import ClientDisconnect, Request

from hub.intake.reading import MAX_BODY_BYTES, CallRefused
from hub.web.problems import CallRefusedError
from schemas.reasons import problem

_THREADS = 4  # the decisions are serial under the intake lock; more threads would only wait for it
_CALLS = 100
_BYTES = 96 * 1024 * 1024
_BODY_SECONDS = 60


@dataclass(slots=True)
class Admission:
    """Calls that are being read or judged now."""

    calls: int = 0
    held_bytes: int = 0
    limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(_THREADS))

    @asynccontextmanager
    async def place(self) -> AsyncIterator["Place"]:
        """A place for one call, for as long as the block lasts."""
        if self.calls >= _CALLS:
            raise CallRefusedError("too_many_calls")
        self.calls += 1
        taken = Place(self)
        try:
            yield taken
        finally:
            self.calls -= 1
            self.held_bytes -= taken.held_bytes


@dataclass(slots=True)
class Place:
    """One call's share."""

    admission: Admission
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
                    self.held_bytes += len(chunk)
                    self.admission.held_bytes += len(chunk)
                    if self.held_bytes > MAX_BODY_BYTES:
                        return _too_large()
                    if self.admission.held_bytes > _BYTES:
                        raise CallRefusedError("too_many_calls")
                    chunks.append(chunk)
        except TimeoutError as error:
            raise CallRefusedError("body_too_slow") from error
        except ClientDisconnect as error:
            raise CallRefusedError("body_too_slow") from error  # nobody is there to read the answer
        return b"".join(chunks)


def _too_large() -> CallRefused:
    return CallRefused(problem=problem("body_too_large", None, found=f"more than {MAX_BODY_BYTES} bytes"))
