"""The only two ways to read about a person: find one by an identifier, and open one timeline.

The policy decides, the visibility matrix filters, and the read row is committed before anything is answered.
API, pages and commands ask here; unknown, protected and not permitted come back as the same `Refused`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import Connection

from hub import telemetry
from hub.access.policy import Allowed, Reader, Refused, Relation, decide, relation_of
from hub.access.visibility import visible
from hub.audit.reads import Read, record_read
from hub.intake.numbers import NumberRefused, read_identifier
from hub.intake.protection import NONE
from hub.log.entries import position_of_head
from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.project import live_version
from hub.store.database import rows
from hub.store.identity import find_participants
from hub.store.progress import SourceState, source_states, source_states_at
from projections.timeline.entries import Entry
from projections.timeline.fold import fold_timeline
from projections.timeline.rows import read_participant
from projections.timeline.spells import STOCKHOLM, day_of
from schemas.events import RecordedEvent
from schemas.vocabulary import Domain, ParticipantId, Position

MAX_LIMIT = 500
DEFAULT_LIMIT = 20
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked about a participant. `kinds` empty: all; a kind is a spell kind, an event name or a family."""

    participant_id: ParticipantId
    purpose: str | None
    as_of: date | None = None
    known_at: datetime | None = None
    kinds: Collection[str] = ()
    sources: Collection[str] = ()
    page: int = 1
    limit: int = DEFAULT_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """An opened timeline: a page of `entries`, newest first, out of `total` that fit the question.

    `everything` holds all visible entries whatever the question asked for; `shifted` says that the demo's day was
    moved to the person's latest event.
    """

    participant_id: ParticipantId
    entries: Sequence[Entry]
    everything: Sequence[Entry]
    total: int
    hidden: Sequence[Domain]
    sources: Sequence[SourceState]
    protection: str | None
    as_of: date
    known_at: datetime | None
    shifted: bool
    position: Position
    parked_since: datetime | None


def open_timeline(hub: Hub, reader: Reader, question: Question) -> Timeline | Refused:
    """The timeline as this reader may see it now, or a refusal; either is in the read log when this returns."""
    with hub.database.transaction() as connection:
        known, bound, protection = _registered(connection, hub, reader, question.participant_id)
        events = _events(connection, hub, question.participant_id) if known else []
        today = day_of(hub.now())
        full = fold_timeline(events, as_of=today)
        relation = relation_of(reader, full, known=known, bound=bound, protection=protection)
        decision = _decided(reader, question.purpose, relation, today)
        position = position_of_head(connection)
        if isinstance(decision, Refused):
            _log(connection, hub, reader, question, position, decision.reason, (), 0)
            return decision
        answer = _answer(connection, hub, reader, question, events, protection, position)
        domains = sorted({domain.value for entry in answer.entries for domain in entry.domains})
        _log(connection, hub, reader, question, position, "allowed", domains, len(answer.entries))
    return answer


def find_participant(
    hub: Hub, reader: Reader, identifier_type: str, identifier: str, purpose: str | None
) -> ParticipantId | Refused:
    """The participant whom an identifier means, when this reader may open the timeline; protected persons never."""
    today = day_of(hub.now())
    read = read_identifier(identifier_type, identifier, today)
    with hub.database.transaction() as connection:
        index = b"" if isinstance(read, NumberRefused) else hub.ring.hasher.index(read.type, read.value)
        found = find_participants(connection, identifier_type, index)
        participant_id = found[0] if found else ParticipantId(_NOBODY)
        known, bound, protection = _registered(connection, hub, reader, participant_id)
        events = _events(connection, hub, participant_id)
        relation = relation_of(
            reader, fold_timeline(events, as_of=today), known=known, bound=bound, protection=protection
        )
        decision = _decided(reader, purpose, relation, today)
        if isinstance(decision, Allowed) and protection != NONE:
            decision = Refused("protected")
        outcome = decision.reason if isinstance(decision, Refused) else "allowed"
        question = Question(participant_id=participant_id, purpose=purpose)
        position = position_of_head(connection)
        _log(connection, hub, reader, question, position, outcome, (identifier_type,), len(found), action="search")
    return decision if isinstance(decision, Refused) else participant_id


def default_day(hub: Hub, events: Sequence[RecordedEvent]) -> tuple[date, bool]:
    """The day to read as of. In development HUB_TODAY, moved to the person's latest event when that is later."""
    if hub.settings.today is None:
        return day_of(hub.now()), False
    latest = max((day_of(event.time) for event in events), default=hub.settings.today)
    return max(latest, hub.settings.today), latest > hub.settings.today


def end_of_day(day: date) -> datetime:
    """The last instant of a Stockholm day: what a date as known_at means."""
    return datetime.combine(day, time.max, STOCKHOLM)


def _answer(
    connection: Connection,
    hub: Hub,
    reader: Reader,
    question: Question,
    events: Sequence[RecordedEvent],
    protection: str | None,
    position: Position,
) -> Timeline:
    default, shifted = default_day(hub, events)
    as_of = question.as_of or default
    seen = visible(fold_timeline(events, as_of=as_of, known_at=question.known_at), reader.agency)
    fitting = [entry for entry in seen.entries if _fits(entry, question)]
    begins = (question.page - 1) * question.limit
    registry = hub.registry()
    sources = (
        source_states(connection, registry, hub.now())
        if question.known_at is None
        else source_states_at(connection, registry, question.known_at)
    )
    parked = rows(
        connection,
        "SELECT min(parked_at) FROM parked_event WHERE projection = %s AND participant_id = %s",
        (TIMELINE.name, question.participant_id),
    )
    return Timeline(
        participant_id=question.participant_id,
        entries=fitting[begins : begins + question.limit],
        everything=seen.entries,
        total=len(fitting),
        hidden=seen.hidden,
        sources=sources,
        protection=protection,
        as_of=as_of,
        known_at=question.known_at,
        shifted=shifted and question.as_of is None,
        position=position,
        parked_since=parked[0][0],
    )


def _fits(entry: Entry, question: Question) -> bool:
    family = entry.kind.partition(".")[0]
    of_kind = not question.kinds or entry.kind in question.kinds or family in question.kinds
    return of_kind and (not question.sources or entry.agency in question.sources)


def _registered(
    connection: Connection, hub: Hub, reader: Reader, participant_id: ParticipantId
) -> tuple[bool, bool, str | None]:
    """Whether the person is known, bound to a source of the reader's agency, and how protected."""
    found = rows(
        connection,
        "SELECT protection, array(SELECT source FROM reference_binding b WHERE b.participant_id = p.participant_id"
        " AND unbound_at IS NULL) FROM participant p WHERE participant_id = %s",
        (participant_id,),
    )
    if not found:
        return False, False, None
    protection, sources = found[0]
    registered = hub.registry().sources
    bound = any(uri in registered and registered[uri].agency == reader.agency for uri in sources)
    return bool(sources), bound, protection


def _events(connection: Connection, hub: Hub, participant_id: ParticipantId) -> list[RecordedEvent]:
    version = live_version(connection, TIMELINE).version
    return read_participant(connection, hub.ring, participant_id, version)


def _decided(reader: Reader, purpose: str | None, relation: Relation, today: date) -> Allowed | Refused:
    """The policy's decision; a fault inside it denies."""
    try:
        return decide(reader, purpose, relation, today)
    except Exception:  # deny by default: a broken policy opens nothing
        telemetry.READS.labels(agency=reader.agency, outcome="policy_failed").inc()
        return Refused("policy_failed")


def _log(
    connection: Connection,
    hub: Hub,
    reader: Reader,
    question: Question,
    position: Position,
    outcome: str,
    fields: Sequence[str],
    entries: int,
    *,
    action: str = "timeline",
) -> None:
    record_read(
        connection,
        Read(
            read_at=hub.now(),
            channel=reader.channel,
            agency=reader.agency,
            unit=reader.unit,
            reader=reader.name,
            purpose=question.purpose,
            action=action,
            outcome=outcome,
            participant_id=None if question.participant_id == _NOBODY else question.participant_id,
            fields=fields,
            entries=entries,
            position=position,
        ),
    )
    telemetry.READS.labels(agency=reader.agency, outcome=outcome).inc()
