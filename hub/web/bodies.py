"""From an HTTP call to deliveries: one event, a batch, or binary mode with its attributes in `ce-` headers."""

import re
from dataclasses import dataclass
from email.message import Message
from urllib.parse import unquote_to_bytes

import orjson
from starlette.datastructures import Headers

from hub.intake.reading import CallRefused, Content, Unreadable, read_batch, read_single
from schemas.reasons import problem

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PLAIN = "application/json"
_CE = "ce-"
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a body held. `batch`: the answer is a list of receipts."""

    contents: list[Content]
    batch: bool


def media_type(headers: Headers) -> str | CallRefused:
    """Which of the three forms a call has, before its body is read."""
    parsed = Message()
    parsed["content-type"] = headers.get("content-type", "")
    stated, charset = parsed.get_content_type(), parsed.get_content_charset("utf-8")
    binary = stated == PLAIN and any(name.startswith(_CE) for name in headers)
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        return _unsupported("a compressed body")
    if charset != "utf-8":
        return _unsupported("another charset")
    if stated not in (SINGLE, BATCH) and not binary:
        return _unsupported("application/json without ce- headers" if stated == PLAIN else "another content type")
    return stated


def read_body(stated: str, headers: Headers, body: bytes) -> Sent | CallRefused:
    """The elements of a body in the order sent."""
    if stated == BATCH:
        batch = read_batch(body)
        return batch if isinstance(batch, CallRefused) else Sent(contents=batch, batch=True)
    content = read_single(body) if stated == SINGLE else _read_binary(headers, body)
    return content if isinstance(content, CallRefused) else Sent(contents=[content], batch=False)


def _read_binary(headers: Headers, body: bytes) -> CallRefused | Content:
    """Attributes from the headers around the body as data; the body is checked by itself before it is put in place."""
    alone = read_single(body)
    if isinstance(alone, CallRefused):
        return alone
    pairs: list[bytes] = []
    broken: list[str] = []
    for raw_name, raw_value in headers.raw:
        name = raw_name.decode("latin-1").lower()
        if name.startswith(_CE):
            value = _decoded(raw_value)
            attribute = name.removeprefix(_CE)
            if value is None:
                broken.append(attribute)
            else:
                pairs.append(orjson.dumps(attribute) + b":" + orjson.dumps(value))
    if broken:
        problems = tuple(
            problem("attribute_invalid", f"/{name}", found="percent-encoding that is not UTF-8")
            for name in sorted(broken)
        )
        return Unreadable(problems=problems, raw=body)
    pairs += [b'"datacontenttype":"application/json"', b'"data":' + body]
    return read_single(b"{" + b",".join(pairs) + b"}")


def _decoded(raw: bytes) -> str | None:
    """A header's value: unquoted, then percent-decoded; None when that is not UTF-8."""
    text = raw.decode("latin-1").strip()
    if _QUOTED.fullmatch(text):
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    try:
        return unquote_to_bytes(text.encode("latin-1")).decode()
    except UnicodeDecodeError:
        return None


def _unsupported(found: str) -> CallRefused:
    return CallRefused(problem=problem("content_type_unsupported", None, found=found))
