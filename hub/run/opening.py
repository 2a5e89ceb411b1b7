"""Opening what is kept about one person: by whom, why, as of which day and instant; and the read row for it.

The policy decides, and the read row is committed before anything is answered. Unknown, protected and not permitted
come back as the same `Refused`, after the same number of queries.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from hub import telemetry
from hub.access.policy import Reader, Refused
from hub.access.visibility import Visible, visible
from hub.audit.reads import Read, record_read
from hub.intake.protection import NONE
from hub.intake.registry import Registry
from hub.run.access import Access
from hub.run.hub import Hub
from hub.run.person import Person, load_person, load_timeline
from hub.store.database import one_snapshot
from hub.store.progress import SourceState, source_states, source_states_at
from projections.timeline.entries import Entry
from projections.timeline.fold import Folding
from schemas.days import day_of
from schemas.vocabulary import ParticipantId

DEFAULT_LIMIT = 20
_NOTHING_KNOWN = datetime(1970, 1, 1, tzinfo=UTC)  # before it as at it, and spans can be taken off it
_CONTACT = "participant.contact_updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked about a participant. `kinds` empty: all; a kind is a spell kind, an event name or a family.

    `agencies` narrow too; `corrected` keeps what was struck out. `action` is the word for it in the read log.
    """

    participant_id: ParticipantId
    purpose: str | None
    as_of: date | None = None
    known_at: datetime | None = None
    kinds: Collection[str] = ()
    agencies: Collection[str] = ()
    corrected: bool = False
    page: int = 1
    limit: int = DEFAULT_LIMIT
    action: str = "timeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the read log says about an answer: the domains shown, or what was searched by."""

    outcome: str = "allowed"
    domains: Sequence[str] = ()
    entries: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """What an answer is made of: one moment of the person and of the sources."""

    person: Person
    timeline: Folding
    sources: Sequence[SourceState]


def open_person(hub: Hub, reader: Reader, question: Question) -> Opened | Refused:
    """The person as this reader may see them now, or a refusal, which is in the read log when this returns.

    Events are opened between the transactions: a long timeline keeps no connection from others.
    Whoever answers calls `log_read` first.
    """
    access = access_of(hub, reader, question.purpose)
    with hub.database.transaction() as connection:
        one_snapshot(connection)
        person = load_person(connection, question.participant_id)
        refused = access.refused_unopened(person)
        opened = load_timeline(connection, hub.ring, person, closed=refused is not None)
        sources = _completeness(hub, connection, access.registry, question)
    timeline = opened()
    decision = refused or access.decided(person, timeline)
    if isinstance(decision, Refused):
        log_read(hub, reader, question, person, Served(outcome=decision.reason))
        return decision
    return Opened(person, timeline, sources)


def access_of(hub: Hub, reader: Reader, purpose: str | None) -> Access:
    """What decides about this reader today."""
    return Access(reader=reader, purpose=purpose, today=day_of(hub.now()), registry=hub.registry())


def seen_by(hub: Hub, reader: Reader, question: Question, opened: Opened) -> tuple[Visible, date, bool]:
    """What the reader may see, as of which day, and whether that day was moved.

    The day is today. In development it is HUB_TODAY, moved to the day of the latest event that the reader may see.
    """

    def seen(day: date) -> Visible:
        return visible_to(opened, reader, day, question.known_at)

    if question.as_of is not None:
        return seen(question.as_of), question.as_of, False
    day = hub.settings.today
    if day is None:
        return seen(day_of(hub.now())), day_of(hub.now()), False
    whole = seen(date.max)
    latest = max((day_of(event.time) for entry in whole.entries for event in entry.events), default=day)
    return (seen(latest), latest, True) if latest > day else (seen(day), day, False)


def visible_to(opened: Opened, reader: Reader, day: date, known_at: datetime | None = None) -> Visible:
    """What the reader may see; how a protected person is reached, only the agency that wrote it down."""
    entries = opened.timeline.on(day, known_at)
    if opened.person.protection != NONE:
        entries = [entry for entry in entries if entry.kind != _CONTACT or entry.agency == reader.agency]
    return visible(entries, reader.agency)


def _completeness(hub: Hub, connection: Connection, registry: Registry, question: Question) -> list[SourceState]:
    if question.known_at is None:
        return source_states(connection, registry, hub.now())
    return source_states_at(connection, registry, max(question.known_at, _NOTHING_KNOWN))


def domains_of(entries: Iterable[Entry]) -> Sequence[str]:
    """The domains that are shown, for the read log."""
    return sorted({domain.value for entry in entries for domain in entry.domains})


def log_read(hub: Hub, reader: Reader, question: Question, person: Person, read: Served) -> None:
    """Commit the read row. Whoever answers calls this first: when it raises, nothing is served."""
    row = Read(
        read_at=hub.now(),
        channel=reader.channel,
        agency=reader.agency,
        unit=reader.unit,
        reader=reader.name,
        purpose=question.purpose,
        action=question.action,
        outcome=read.outcome,
        participant_id=person.participant_id if person.bound_sources else None,
        fields=read.domains,
        entries=read.entries,
        position=person.position,
    )
    with hub.database.transaction() as connection:
        record_read(connection, row)
    telemetry.READS.labels(agency=reader.agency, outcome=read.outcome).inc()
