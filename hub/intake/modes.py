"""The content modes of CloudEvents, whichever way they come: what a body is said to be, and binary mode put together.

HTTP and Kafka say the same in headers of their own: `ce-` and percent-encoded there, `ce_` and plain UTF-8 here.
"""

from collections.abc import Iterable
from email.message import Message

import orjson

from hub.intake.reading import CallRefused, Content, Unreadable, read_single
from hub.intake.strict_json import escape
from hub.intake.telling import tellable
from schemas.reasons import problem

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PLAIN = "application/json"
_NOT_COMPRESSED = ("", "identity")


def media_type(content_type: str, content_encoding: str = "") -> str | CallRefused:
    """What a body is said to be. Refused where it is said to be compressed, or written in anything but UTF-8."""
    if content_encoding.strip().lower() not in _NOT_COMPRESSED:
        return unsupported("a compressed body")
    parsed = Message()
    parsed["content-type"] = content_type
    try:
        charset = parsed.get_content_charset("utf-8")
    except ValueError:  # a parameter as RFC 2231 has them, whose charset or number Python cannot take
        charset = None
    return parsed.get_content_type() if charset == "utf-8" else unsupported("another charset")


def unsupported(found: str) -> CallRefused:
    """The refusal of a body that is none of the forms we take."""
    return CallRefused(problem=problem("content_type_unsupported", None, found=found))


def read_binary(
    attributes: Iterable[tuple[str, str | None]], body: bytes, *, undecodable: str
) -> CallRefused | Content:
    """Attributes from headers around the body as data; the body is checked by itself before it is put in place.

    An attribute that is None could not be decoded: `undecodable` says what was found instead.
    """
    alone = read_single(body)
    if isinstance(alone, CallRefused):
        return alone
    pairs: list[bytes] = []
    broken: list[str] = []
    for name, value in attributes:
        if value is None:
            broken.append(name)
        else:
            pairs.append(orjson.dumps(name) + b":" + orjson.dumps(value))
    if broken:
        invalid = (problem("attribute_invalid", f"/{escape(name)}", found=undecodable) for name in broken)
        return Unreadable(problems=tellable(invalid), raw=body)
    pairs += [b'"datacontenttype":"application/json"', b'"data":' + body]
    return read_single(b"{" + b",".join(pairs) + b"}")
