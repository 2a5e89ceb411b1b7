"""Who looks at the pages: a demo persona in a signed cookie, with the stated purpose and a token against forged posts."""

import csv
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated
from urllib.parse import parse_qsl

import orjson
from fastapi import Depends, Request
from starlette.responses import Response

from hub.access.policy import Reader
from hub.run.hub import Hub
from hub.web.callers import HubOf
from hub.web.problems import CallRefusedError

COOKIE = "samspar_session"
DEFAULT_PURPOSE = "planning"
PURPOSES = (DEFAULT_PURPOSE, "followup", "referral")
_PERSONAS = Path(__file__).with_name("personas.csv")
_HOURS = timedelta(hours=8)
_LARGEST_FORM = 16 * 1024
_LARGEST_COOKIE = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """An invented caseworker of the demo."""

    code: str
    name: str
    agency: str
    unit: str
    role_sv: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What the cookie holds. `persona` None: nobody has been chosen yet."""

    csrf: str
    until: int
    persona: str | None = None
    purpose: str = DEFAULT_PURPOSE

    @property
    def who(self) -> Persona | None:
        """The chosen persona."""
        return personas().get(self.persona or "")


@cache
def personas() -> dict[str, Persona]:
    """The personas of the demo, by code."""
    with _PERSONAS.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: Persona(**row) for row in csv.DictReader(lines)}


def session_of(request: Request, hub: HubOf) -> Session:
    """The session of a sound cookie, or a fresh one; without a persona where there is no demo."""
    found = _read(request.cookies.get(COOKIE, ""), hub)
    fresh = Session(csrf=token_urlsafe(16), until=_ends(hub.now()))
    session = found or fresh
    return session if hub.settings.is_development else replace(session, persona=None)


SessionOf = Annotated[Session, Depends(session_of)]


def reader_of(session: Session) -> Reader:
    """The reader behind the session; without one the entrance is the only page."""
    who = session.who
    if who is None:
        raise CallRefusedError("session_missing")
    return Reader(agency=who.agency, name=who.name, unit=who.unit, channel="page")


def keep(session: Session, response: Response, hub: Hub) -> Response:
    """Put the session into the answer's cookie."""
    content = orjson.dumps([session.csrf, session.until, session.persona, session.purpose])
    signed = f"{_text(content)}.{_text(_signature(content, hub))}"
    secure = not hub.settings.is_development
    response.set_cookie(
        COOKIE, signed, max_age=int(_HOURS.total_seconds()), httponly=True, samesite="lax", secure=secure
    )
    return response


async def posted(request: Request, session: SessionOf) -> dict[str, str]:
    """The fields of a posted form that carries the session's token; anything else is refused."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            raise CallRefusedError("body_too_large")
    try:
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError as error:  # more fields than any of our forms has
        raise CallRefusedError("parameter_invalid") from error
    if not hmac.compare_digest(form.pop("csrf", "").encode(), session.csrf.encode()):
        raise CallRefusedError("form_outdated")
    return form


Posted = Annotated[dict[str, str], Depends(posted)]


def _read(cookie: str, hub: Hub) -> Session | None:
    content, _, signature = cookie.partition(".")
    if not signature or len(cookie) > _LARGEST_COOKIE:
        return None
    try:
        stated, signed = _bytes(content), _bytes(signature)
    except ValueError:
        return None
    if not hmac.compare_digest(signed, _signature(stated, hub)):
        return None
    csrf, until, persona, purpose = orjson.loads(stated)
    session = Session(csrf=csrf, until=until, persona=persona, purpose=purpose)
    return session if hub.now().timestamp() < session.until else None


def _signature(content: bytes, hub: Hub) -> bytes:
    """Under a key derived from the one outside the database, so that every process of the hub accepts it."""
    return hmac.digest(hub.ring.hasher.fingerprint(b"samspar session cookie"), content, "sha256")


def _ends(now: datetime) -> int:
    return int((now + _HOURS).timestamp())


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
