"""The only two ways to read about a person: find one by an identifier, and open one timeline.

The policy decides, the visibility matrix filters, and the read row is committed before anything is answered.
API, pages and commands ask here; unknown, protected and not permitted come back as the same `Refused`,
after the same number of queries.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import Connection

from hub import telemetry
from hub.access.policy import Reader, Refused
from hub.access.visibility import Visible, visible
from hub.audit.reads import Read, record_read
from hub.intake.numbers import NumberRefused, read_identifier
from hub.intake.protection import NONE
from hub.intake.registry import Registry
from hub.run.access import Access
from hub.run.hub import Hub
from hub.run.person import NOBODY, Person, load_person, load_timeline
from hub.store.database import one_snapshot
from hub.store.identity import find_participants
from hub.store.progress import SourceState, source_states, source_states_at
from projections.timeline.entries import Entry
from projections.timeline.fold import Folding
from schemas.days import STOCKHOLM, day_of
from schemas.vocabulary import Domain, ParticipantId, Position

MAX_LIMIT = 500
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
class Timeline:
    """An opened timeline: a page of `entries`, newest first, out of `total` that fit the question.

    `everything` holds all visible entries whatever the question narrowed, `present` those of today as known now,
    whatever day or instant was asked about; `shifted` says that the demo's day was moved to the person's latest event.
    """

    participant_id: ParticipantId
    entries: Sequence[Entry]
    everything: Sequence[Entry]
    present: Sequence[Entry]
    total: int
    hidden: Sequence[Domain]
    sources: Sequence[SourceState]
    protection: str | None
    as_of: date
    known_at: datetime | None
    shifted: bool
    position: Position
    parked_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """What the read log says about an answer: the domains shown, or what was searched by."""

    outcome: str = "allowed"
    domains: Sequence[str] = ()
    entries: int = 0


@dataclass(frozen=True, slots=True)
class _Opened:
    """What an answer is made of: one moment of the person and of the sources."""

    person: Person
    timeline: Folding
    sources: Sequence[SourceState]


def open_timeline(hub: Hub, reader: Reader, question: Question) -> Timeline | Refused:
    """The timeline as this reader may see it now, or a refusal; either is in the read log when this returns.

    Events are opened and folded between the transactions: a long timeline keeps no connection from others.
    """
    access = _access(hub, reader, question.purpose)
    with hub.database.transaction() as connection:
        one_snapshot(connection)
        person = load_person(connection, question.participant_id)
        refused = access.refused_unopened(person)
        opened = load_timeline(connection, hub.ring, person, closed=refused is not None)
        sources = _completeness(hub, connection, access.registry, question)
    timeline = opened()
    decision = refused or access.decided(person, timeline)
    if isinstance(decision, Refused):
        _log(hub, reader, question, person, _Served(outcome=decision.reason))
        return decision
    answer = _answer(hub, reader, question, _Opened(person, timeline, sources))
    served = answer.entries if reader.channel == "api" else (*answer.everything, *answer.present)
    _log(hub, reader, question, person, _Served(domains=_domains(served), entries=len(answer.entries)))
    return answer


def find_participant(
    hub: Hub, reader: Reader, identifier_type: str, identifier: str, purpose: str | None
) -> ParticipantId | Refused:
    """The participant whom an identifier means, when this reader may open the timeline; protected persons never."""
    access = _access(hub, reader, purpose)
    read = read_identifier(identifier_type, identifier, access.today)
    index = b"" if isinstance(read, NumberRefused) else hub.ring.hasher.index(read.type, read.value)
    with hub.database.transaction() as connection:
        one_snapshot(connection)
        found = find_participants(connection, identifier_type, index)
        person = load_person(connection, found[0] if found else NOBODY)
        refused = access.refused_unopened(person)
        if refused is None and person.protection != NONE:
            refused = Refused("protected")
        opened = load_timeline(connection, hub.ring, person, closed=refused is not None)
    decision = refused or access.decided(person, opened())
    outcome = decision.reason if isinstance(decision, Refused) else "allowed"
    question = Question(participant_id=person.participant_id, purpose=purpose, action="search")
    _log(hub, reader, question, person, _Served(outcome=outcome, domains=(identifier_type,), entries=len(found)))
    return decision if isinstance(decision, Refused) else person.participant_id


def end_of_day(day: date) -> datetime:
    """The last instant of a Stockholm day: what a date as known_at means."""
    return datetime.combine(day, time.max, STOCKHOLM)


def _access(hub: Hub, reader: Reader, purpose: str | None) -> Access:
    return Access(reader=reader, purpose=purpose, today=day_of(hub.now()), registry=hub.registry())


def _answer(hub: Hub, reader: Reader, question: Question, opened: _Opened) -> Timeline:
    seen, as_of, shifted = _seen(hub, reader, question, opened)
    cut = question.as_of is not None or question.known_at is not None
    present = _visible(opened, reader, date.max) if cut else seen
    fitting = [entry for entry in seen.entries if _fits(entry, question)]
    begins = (question.page - 1) * question.limit
    return Timeline(
        participant_id=question.participant_id,
        entries=fitting[begins : begins + question.limit],
        everything=seen.entries,
        present=present.entries,
        total=len(fitting),
        hidden=seen.hidden,
        sources=opened.sources,
        protection=opened.person.protection,
        as_of=as_of,
        known_at=question.known_at,
        shifted=shifted,
        position=opened.person.position,
        parked_since=opened.person.parked_since,
    )


def _seen(hub: Hub, reader: Reader, question: Question, opened: _Opened) -> tuple[Visible, date, bool]:
    """What the reader may see, as of which day, and whether that day was moved.

    The day is today. In development it is HUB_TODAY, moved to the day of the latest event that the reader may see.
    """

    def seen(day: date) -> Visible:
        return _visible(opened, reader, day, question.known_at)

    if question.as_of is not None:
        return seen(question.as_of), question.as_of, False
    day = hub.settings.today
    if day is None:
        return seen(day_of(hub.now())), day_of(hub.now()), False
    whole = seen(date.max)
    latest = max((day_of(event.time) for entry in whole.entries for event in entry.events), default=day)
    return (seen(latest), latest, True) if latest > day else (seen(day), day, False)


def _visible(opened: _Opened, reader: Reader, day: date, known_at: datetime | None = None) -> Visible:
    """What the reader may see; how a protected person is reached, only the agency that wrote it down."""
    entries = opened.timeline.on(day, known_at)
    if opened.person.protection != NONE:
        entries = [entry for entry in entries if entry.kind != _CONTACT or entry.agency == reader.agency]
    return visible(entries, reader.agency)


def _fits(entry: Entry, question: Question) -> bool:
    names = {entry.kind, entry.kind.partition(".")[0]}
    return (
        (not question.kinds or not names.isdisjoint(question.kinds))
        and (not question.agencies or entry.agency in question.agencies)
        and (not question.corrected or bool(entry.struck))
    )


def _completeness(hub: Hub, connection: Connection, registry: Registry, question: Question) -> list[SourceState]:
    if question.known_at is None:
        return source_states(connection, registry, hub.now())
    return source_states_at(connection, registry, max(question.known_at, _NOTHING_KNOWN))


def _domains(entries: Sequence[Entry]) -> Sequence[str]:
    return sorted({domain.value for entry in entries for domain in entry.domains})


def _log(hub: Hub, reader: Reader, question: Question, person: Person, read: _Served) -> None:
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
