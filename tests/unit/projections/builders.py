"""Builders of recorded events and of what their timeline says, in short."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from itertools import count
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from projections.timeline.entries import Entry
from projections.timeline.fold import fold_timeline
from schemas.catalogue import latest
from schemas.event_type import Json, JsonObject
from schemas.events import RecordedEvent
from schemas.uids import event_uid
from schemas.vocabulary import BindingId, EventUid, ParticipantId, Position

JOBBTORG = "urn:samspar:source:jobbtorg:verksamhetssystem"
AF = "urn:samspar:source:af:ais"
SFI = "urn:samspar:source:sfi:elevsystem"
MIGRATION = "urn:samspar:source:migrationsverket:central"
PARTICIPANT = ParticipantId(UUID(int=1))
BINDING = BindingId(UUID(int=2))
TODAY = date(2026, 11, 20)
_STOCKHOLM = ZoneInfo("Europe/Stockholm")
_NUMBERS = count(1)


def at(when: str) -> datetime:
    """An instant: a day (9 o'clock in Stockholm), or a local time."""
    local = datetime.fromisoformat(when)
    if len(when) == len("2026-11-20"):
        local = datetime.combine(local, time(9))
    return local.replace(tzinfo=_STOCKHOLM).astimezone(UTC)


def said(  # noqa: PLR0913 - everything that an event may differ in
    name: str,
    when: str,
    data: JsonObject | None = None,
    *,
    key: str = "k",
    source: str = JOBBTORG,
    sequence: int | None = None,
    recorded: str | None = None,
    group: str | None = None,
    binding: BindingId = BINDING,
    event_id: str | None = None,
) -> RecordedEvent:
    """An event as recorded, by default when it happened; `key` is the sender's key where the event has one."""
    number = next(_NUMBERS)
    event_type = latest(name)
    assert event_type is not None
    event_id = event_id or f"e{number}"
    uid = event_uid(source, event_id)
    spell = event_type.spell
    return RecordedEvent(
        position=Position(number),
        recorded_at=at(recorded or when),
        received_at=at(recorded or when),
        uid=uid,
        root=uid,
        thing=uuid5(NAMESPACE_URL, f"{source} {spell} {key}") if spell else uid,
        participant_id=PARTICIPANT,
        binding=binding,
        agency=source.split(":")[3],
        source=source,
        id=event_id,
        name=name,
        time=at(when),
        subject="J1",
        data={"key": key, **(data or {})} if spell else data or {},
        sequence=sequence,
        correlationid=group,
    )


def corrected(
    target: RecordedEvent, when: str, data: JsonObject, *, reason: str = "mistake", sequence: int | None = None
) -> RecordedEvent:
    """A correction of an event, or of another correction, with the whole data in its place."""
    root_name = str(target.data.get("event", target.name))
    key = target.data.get("replacement", target.data).get("key")
    replacement = data if key is None else {"key": key, **data}
    return _about(target, "corrected", when, sequence, reason, {"event": root_name, "replacement": replacement})


def retracted(
    target: RecordedEvent, when: str, *, reason: str = "never happened", sequence: int | None = None
) -> RecordedEvent:
    """A retraction of an event or of a correction."""
    return _about(target, "retracted", when, sequence, reason, {})


def lines(events: Sequence[RecordedEvent], as_of: date = TODAY, known_at: str | None = None) -> list[str]:
    """A timeline in words, newest first."""
    return [in_words(entry) for entry in entries(events, as_of, known_at)]


def entries(events: Sequence[RecordedEvent], as_of: date = TODAY, known_at: str | None = None) -> list[Entry]:
    """A timeline, newest first."""
    return fold_timeline(events, as_of=as_of, known_at=at(known_at) if known_at else None)


def in_words(entry: Entry) -> str:
    """`active from 2026-03-02, planned to 2026-12-31, paused 2026-06-15 to 2026-08-02 (late)`."""
    said_of_it = [entry.state.value]
    if entry.episode is not None and entry.state != "retracted":
        said_of_it[0] += f" from {entry.from_ or '?'}" + (f" to {entry.to}" if entry.to else "")
    if entry.at:
        said_of_it[0] += f" at {entry.at}"
    if entry.planned_to:
        said_of_it.append(f"planned to {entry.planned_to}")
    said_of_it += [f"paused {begins} to {ends or '?'}" for begins, ends in entry.pauses]
    return ", ".join(said_of_it) + (f" ({' '.join(sorted(entry.flags))})" if entry.flags else "")


def fields(entry: Entry, *names: str) -> list[Json]:
    """Some of an entry's fields."""
    return [entry.fields.get(name) for name in names]


def _about(
    target: RecordedEvent, verb: str, when: str, sequence: int | None, reason: str, more: JsonObject
) -> RecordedEvent:
    family = target.name.partition(".")[0]
    data = {"replaces": {"source": target.source, "id": target.id}, "reason": reason, **more}
    event = said(f"{family}.{verb}", when, source=target.source, sequence=sequence, binding=target.binding or BINDING)
    return replace(event, data=data, root=EventUid(target.root), thing=target.thing)
