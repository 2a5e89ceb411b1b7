"""From a Kafka record to its content, whoever wrote it (CloudEvents Kafka protocol binding 1.0.2).

The content type says the mode, as in the binding; where there is none, `ce_` headers mean binary mode.
`application/json` without `ce_` headers is read as a whole event: libraries put the type of `data` there.
Every record stands alone, and whatever is wrong with it is an answer to its sender.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from hub.intake.modes import BATCH, PLAIN, SINGLE, media_type, read_binary, unsupported
from hub.intake.reading import CallRefused, Content, read_record, standing_alone
from schemas.reasons import problem

Headers = Sequence[tuple[str, bytes | None]]
"""The headers of a record in the order written. Kafka lets a header have no value: it counts as one not sent."""

_CE = "ce_"
_CONTENT_TYPE = "content-type"
_CONTENT_ENCODING = "content-encoding"
_NOT_UTF8 = "bytes that are not UTF-8"
_TAKEN = f"{SINGLE}, or binary mode with {PLAIN}; one event a record; UTF-8; not compressed"


def read_kafka_record(headers: Headers, value: bytes | None) -> Content:
    """What one record holds."""
    if value is None:
        nothing = problem("body_empty", None, found="a record without value")
        return standing_alone(CallRefused(problem=nothing), b"")
    lowered = [(name.lower(), stated) for name, stated in headers if stated is not None]
    stated = _stated(lowered)
    if isinstance(stated, CallRefused):
        return standing_alone(CallRefused(problem=replace(stated.problem, expected=_TAKEN)), value)
    binary = any(name.startswith(_CE) for name, _ in lowered)
    if stated == SINGLE or not binary:
        return read_record(value)
    return standing_alone(read_binary(_attributes(lowered), value, undecodable=_NOT_UTF8), value)


def _stated(headers: Sequence[tuple[str, bytes]]) -> str | CallRefused:
    """Which form the record has: one event, or its data alone."""
    types = {stated for name, stated in headers if name == _CONTENT_TYPE}
    encodings = {stated for name, stated in headers if name == _CONTENT_ENCODING}
    if len(types) > 1 or len(encodings) > 1:
        return unsupported("more than one content type")
    try:
        encoding = b"".join(encodings).decode()
        stated = media_type(b"".join(types).decode() if types else PLAIN, encoding)
    except UnicodeDecodeError:
        return unsupported("a content type that is not UTF-8")
    if stated == BATCH:
        return unsupported("a batch in one record")
    return (
        stated if isinstance(stated, CallRefused) or stated in (SINGLE, PLAIN) else unsupported("another content type")
    )


def _attributes(headers: Sequence[tuple[str, bytes]]) -> Iterator[tuple[str, str | None]]:
    for name, stated in headers:
        if name.startswith(_CE):
            yield name.removeprefix(_CE), _decoded(stated)


def _decoded(stated: bytes) -> str | None:
    try:
        return stated.decode()
    except UnicodeDecodeError:
        return None
