"""Who calls: the bearer token of a system, and the scope that the call needs."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Header, Request

from hub.access.tokens import Caller, TokenCheck, TokenRefused
from hub.run.hub import Hub
from hub.web.problems import CallRefusedError

_BEARER = "bearer"
_CHALLENGE = "WWW-Authenticate"


async def hub_of(request: Request) -> Hub:
    """The hub that this application serves. Asynchronous, as what never waits: the others cost a thread each."""
    hub: Hub = request.app.state.hub
    return hub


HubOf = Annotated[Hub, Depends(hub_of)]


def caller(
    request: Request, hub: HubOf, authorization: Annotated[str | None, Header(include_in_schema=False)] = None
) -> Caller:
    """The caller of a valid token; 401 otherwise, with nothing but the kind of fault."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != _BEARER or not token:
        raise CallRefusedError("token_missing", headers={_CHALLENGE: "Bearer"})
    check: TokenCheck = request.app.state.tokens
    found = check.caller(token.strip(), hub.now(), hub.registry().keys)
    if isinstance(found, TokenRefused):
        raise CallRefusedError("token_invalid", headers={_CHALLENGE: 'Bearer error="invalid_token"'})
    return found


def with_scope(scope: str) -> Callable[[Caller], Awaitable[Caller]]:
    """A dependency: the caller, if its token has the scope."""

    async def permitted(found: Annotated[Caller, Depends(caller)]) -> Caller:
        if scope not in found.scopes:
            challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
            raise CallRefusedError("scope_missing", headers={_CHALLENGE: challenge})
        return found

    return permitted


Sender = Annotated[Caller, Depends(with_scope("events:write"))]
ReceiptReader = Annotated[Caller, Depends(with_scope("receipts:read"))]
TimelineReader = Annotated[Caller, Depends(with_scope("timeline:read"))]
PlanReader = Annotated[Caller, Depends(with_scope("plan:read"))]
