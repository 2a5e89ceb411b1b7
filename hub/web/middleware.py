"""Around every call: the headers that protect the reader, an id for the call, a bound, and what operators count."""

from collections.abc import Collection
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub import telemetry

CONTENT_SECURITY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
REQUEST_ID = "X-Request-Id"
_NO_ROUTE = "unmatched"
_LARGEST_BODY = 64 * 1024  # of all calls but those of the front door, which has a limit of its own
_TOO_LARGE = 413
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class EveryAnswer:
    """ASGI middleware: sets headers, counts and times by route template, never by the path somebody sent."""

    def __init__(self, app: ASGIApp, front_door: Collection[str]) -> None:
        self._app = app
        self._front_door = front_door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on and look at the beginning of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        method = scope["method"] if scope["method"] in METHODS else "OTHER"

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers[REQUEST_ID] = request_id
                route = getattr(scope.get("route"), "path", _NO_ROUTE)
                telemetry.HTTP_REQUESTS.labels(method=method, route=route, status=message["status"]).inc()
                telemetry.HTTP_SECONDS.labels(method=method, route=route).observe(perf_counter() - began)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive if scope["path"] in self._front_door else _bounded(receive), note)


def _bounded(receive: Receive) -> Receive:
    """Ends a call as soon as more of its body has come than any but the front door takes."""
    size = 0

    async def next_message() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > _LARGEST_BODY:
            raise HTTPException(_TOO_LARGE)
        return message

    return next_message
