"""From an HTTP call to deliveries: one event, a batch, or binary mode with its attributes in `ce-` headers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers

from hub.intake import modes
from hub.intake.modes import BATCH, PLAIN, SINGLE, read_binary, unsupported
from hub.intake.reading import CallRefused, Content, read_batch, read_single

_CE = "ce-"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_NOT_UTF8 = "percent-encoding that is not UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a body held. `batch`: the answer is a list of receipts."""

    contents: list[Content]
    batch: bool


def media_type(headers: Headers) -> str | CallRefused:
    """Which of the three forms a call has, before its body is read."""
    stated = modes.media_type(headers.get("content-type", ""), headers.get("content-encoding", ""))
    if isinstance(stated, CallRefused) or stated in (SINGLE, BATCH):
        return stated
    if stated != PLAIN:
        return unsupported("another content type")
    if not any(name.startswith(_CE) for name in headers):
        return unsupported("application/json without ce- headers")
    return stated


def read_body(stated: str, headers: Headers, body: bytes) -> Sent | CallRefused:
    """The elements of a body in the order sent."""
    if stated == BATCH:
        batch = read_batch(body)
        return batch if isinstance(batch, CallRefused) else Sent(contents=batch, batch=True)
    binary = stated != SINGLE
    content = read_binary(_attributes(headers), body, undecodable=_NOT_UTF8) if binary else read_single(body)
    return content if isinstance(content, CallRefused) else Sent(contents=[content], batch=False)


def _attributes(headers: Headers) -> Iterator[tuple[str, str | None]]:
    for raw_name, raw_value in headers.raw:
        name = raw_name.decode("latin-1").lower()
        if name.startswith(_CE):
            yield name.removeprefix(_CE), _decoded(raw_value)


def _decoded(raw: bytes) -> str | None:
    """A header's value: unquoted, then percent-decoded; None when that is not UTF-8."""
    text = raw.decode("latin-1").strip()
    if _QUOTED.fullmatch(text):
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeDecodeError:
        return None
