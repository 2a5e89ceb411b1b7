"""From bytes to deliveries: what a body, a line or a record holds, before anybody asks what it means.

A body that is not JSON is refused whole and nothing is recorded; in JSON Lines and Kafka every record stands alone;
legal JSON that the hub cannot hold harms only its own element (DESIGN 10, RULES-TIMELINE 11).
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from hub.intake.strict_json import StrictJson, TextRefusedError, flaws
from hub.intake.telling import MAX_PROBLEMS, tellable
from schemas.event_type import Json, JsonObject
from schemas.lean import lean
from schemas.reasons import problem
from schemas.receipts import Problem
from schemas.vocabulary import EventUid

MAX_BODY_BYTES = 5 * 1024 * 1024
MAX_EVENTS = 1000
MAX_EVENT_BYTES = 256 * 1024
_STATUS_OF_CALL = {"body_too_large": 413, "too_many_events": 413, "content_type_unsupported": 415}
_WHITE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_WIDE = {b"\xff\xfe": "UTF-16 or UTF-32, little endian", b"\xfe\xff": "UTF-16, big endian"}


@lean(frozen=True, slots=True)
class Parsed:
    """An element that is a JSON object whose values the hub can hold."""

    body: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlace:
    """A row of an exported list, or the list as a whole: it names no event, so its mapping says whose it is.

    `uid` is the same for the same row of every list, so that what is refused about it can be settled by a later one.
    """

    source: str
    uid: EventUid


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """An element or record that cannot be taken as an event; `body` is kept where it was at least an object."""

    problems: tuple[Problem, ...]
    raw: bytes = field(repr=False)
    body: JsonObject | None = field(default=None, repr=False)
    place: ListPlace | None = None


Content = Parsed | Unreadable


@lean(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event as it came. `locator` says where: request/index, file:line, topic/partition/offset."""

    agency: str
    channel: str
    locator: str
    received_at: datetime
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRefused:
    """The whole call is refused and nothing is recorded."""

    problem: Problem

    @property
    def http_status(self) -> int:
        """400, 413 or 415."""
        return _STATUS_OF_CALL.get(self.problem.reason, 400)


def read_single(body: bytes) -> CallRefused | Content:
    """One event in structured mode."""
    parsed = _parse(body)
    if isinstance(parsed, CallRefused):
        return parsed
    _, value, suspect, _ = parsed
    return _content(value, body, suspect=suspect)


def read_batch(body: bytes) -> CallRefused | list[Content]:
    """Many events in one JSON array, in the order sent."""
    parsed = _parse(body)
    if isinstance(parsed, CallRefused):
        return parsed
    text, value, suspect, reader = parsed
    if not isinstance(value, list):
        return _refused("batch_not_an_array", json_type(value))
    if len(value) > MAX_EVENTS:
        return _refused("too_many_events", f"{len(value)} events")
    if not suspect and len(body) <= MAX_EVENT_BYTES and all(type(item) is dict for item in value):
        return [Parsed(item) for item in value]
    return [_content(item, piece.encode(), suspect=suspect) for item, piece in reader.elements(text)]


def read_record(record: bytes) -> Content:
    """One line of JSON Lines or one Kafka record: what is refused harms only itself."""
    return standing_alone(read_single(record), record)


def standing_alone(content: CallRefused | Content, record: bytes) -> Content:
    """What refuses a whole call, as what is wrong with one record."""
    if isinstance(content, CallRefused):
        return Unreadable(problems=(content.problem,), raw=record)
    return content


def json_type(value: Json) -> str:
    """The JSON name of a value's type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, list):
        return "array"
    return "object" if isinstance(value, dict) else "number"  # one that cannot be held is one too


def _parse(body: bytes) -> CallRefused | tuple[str, Json, bool, StrictJson]:
    if len(body) > MAX_BODY_BYTES:
        return _refused("body_too_large", f"more than {MAX_BODY_BYTES} bytes")
    if body[:1] in _WHITE and not body.strip(_WHITE):
        return _refused("body_empty", f"{len(body)} bytes")
    if body[:2] in _WIDE or b"\0" in body[:4]:
        return _refused("body_not_utf8", _WIDE.get(body[:2], "UTF-16 or UTF-32"))
    if body.startswith(_BOM):
        return _refused("byte_order_mark", "BOM at offset 0")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        return _refused("body_not_utf8", f"offset {error.start}")
    if (at := body.find(b"\0")) >= 0:
        return _refused("nul_character", f"U+0000 at offset {at}")
    reader = StrictJson()
    try:
        value, suspect = reader.parse(text)
    except TextRefusedError as error:
        return _refused(error.reason, error.found)
    return text, value, suspect, reader


def _refused(reason: str, found: str) -> CallRefused:
    return CallRefused(problem=problem(reason, None, found=found))


def _content(value: Json, raw: bytes, *, suspect: bool) -> Content:
    if not isinstance(value, dict):
        return Unreadable(problems=(problem("event_not_an_object", None, found=json_type(value)),), raw=raw)
    if len(raw) > MAX_EVENT_BYTES:
        too_large = problem("event_too_large", None, found=f"{len(raw)} bytes")
        return Unreadable(problems=(too_large,), raw=raw, body=value)
    if not suspect:
        return Parsed(value)
    found = islice(flaws(value), MAX_PROBLEMS)
    problems = tellable(problem(flaw.reason, flaw.pointer, found=flaw.found) for flaw in found)
    return Unreadable(problems=problems, raw=raw, body=value) if problems else Parsed(value)
