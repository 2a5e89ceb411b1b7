"""Reading about a person: find one by an identifier, and open one timeline. API, pages and commands ask here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from hub.access.policy import Reader, Refused
from hub.intake.numbers import NumberRefused, read_identifier
from hub.intake.protection import NONE
from hub.run.hub import Hub
from hub.run.opening import (
    Opened,
    Question,
    Served,
    access_of,
    domains_of,
    log_read,
    open_person,
    seen_by,
    visible_to,
)
from hub.run.person import NOBODY, load_person, load_timeline
from hub.store.database import one_snapshot
from hub.store.identity import find_participants
from hub.store.progress import SourceState
from projections.timeline.entries import Entry
from schemas.days import STOCKHOLM
from schemas.vocabulary import Domain, ParticipantId, Position

MAX_LIMIT = 500


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


def open_timeline(hub: Hub, reader: Reader, question: Question) -> Timeline | Refused:
    """The timeline as this reader may see it now, or a refusal; either is in the read log when this returns."""
    opened = open_person(hub, reader, question)
    if isinstance(opened, Refused):
        return opened
    answer = _answer(hub, reader, question, opened)
    served = answer.entries if reader.channel == "api" else (*answer.everything, *answer.present)
    log_read(hub, reader, question, opened.person, Served(domains=domains_of(served), entries=len(answer.entries)))
    return answer


def find_participant(
    hub: Hub, reader: Reader, identifier_type: str, identifier: str, purpose: str | None
) -> ParticipantId | Refused:
    """The participant whom an identifier means, when this reader may open the timeline; protected persons never."""
    access = access_of(hub, reader, purpose)
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
    log_read(hub, reader, question, person, Served(outcome=outcome, domains=(identifier_type,), entries=len(found)))
    return decision if isinstance(decision, Refused) else person.participant_id


def end_of_day(day: date) -> datetime:
    """The last instant of a Stockholm day: what a date as known_at means."""
    return datetime.combine(day, time.max, STOCKHOLM)


def _answer(hub: Hub, reader: Reader, question: Question, opened: Opened) -> Timeline:
    seen, as_of, shifted = seen_by(hub, reader, question, opened)
    cut = question.as_of is not None or question.known_at is not None
    present = visible_to(opened, reader, date.max) if cut else seen
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


def _fits(entry: Entry, question: Question) -> bool:
    names = {entry.kind, entry.kind.partition(".")[0]}
    return (
        (not question.kinds or not names.isdisjoint(question.kinds))
        and (not question.agencies or entry.agency in question.agencies)
        and (not question.corrected or bool(entry.struck))
    )
