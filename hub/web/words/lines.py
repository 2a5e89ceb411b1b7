"""Timeline entries as lines of the page: by day, with period, state, struck-out versions, group and sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from hub.run.answers import entry_id
from hub.web.words import swedish
from hub.web.words.facts import Fact, Vocabulary, facts_of, vocabulary_of
from hub.web.words.telling import Things, details_of, heading_of, said, things_of
from projections.timeline.chains import Struck, said_by
from projections.timeline.entries import Entry
from projections.timeline.fold import LATE_AFTER_DAYS, groups_of
from schemas import codes
from schemas.catalogue import latest
from schemas.days import day_of
from schemas.events import RecordedEvent
from schemas.vocabulary import State

_STATES: Mapping[State, tuple[str, str]] = {
    State.PROPOSED: ("Föreslagen", "warn"),
    State.PLANNED: ("Planerad", "info"),
    State.ACTIVE: ("Pågår", "ok"),
    State.PAUSED: ("Pausad", "warn"),
    State.COMPLETED: ("Genomförd", ""),
    State.INTERRUPTED: ("Avbruten", "warn"),
    State.REJECTED: ("Avslagen", "warn"),
    State.CLOSED: ("Avslutad", ""),
    State.RETRACTED: ("Återkallad", "clash"),
}
_FLAGS = {
    "opener_missing": "Starten har inte kommit till Samspår",
    "changed_after_close": "Ändrad efter avslutet",
    "overlap": "Två samtidigt hos samma organisation",
    "past_planned_end": "Planerat slut har passerat",
    "ends_before_start": "Slutar före start",
    "registration_retracted": "Registreringen är återkallad",
}
_SAID_ABOVE = ("unit", "legal_basis")
_LATE = "late"
_NOTHING = "ingen uppgift"
_LATE_AFTER = timedelta(days=LATE_AFTER_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A version that counts no longer. `now` is empty when nothing took its place."""

    before: str
    now: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEvent:
    """One event behind a line, for `Underlag`."""

    title: str
    id: str
    source: str
    happened: str
    recorded: str
    late: bool
    struck: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as it stands on the page. `clock` is empty when the sender gave only a day."""

    anchor: str
    clock: str
    machine_time: str
    day: str
    agency: str
    title: str
    state: str
    tone: str
    details: str
    voice: str
    flags: Sequence[str]
    corrections: Sequence[Correction]
    group: Sequence[tuple[str, str, str]]
    facts: Sequence[Fact]
    events: Sequence[SourceEvent]
    unit: str | None
    legal_basis: str | None
    purpose: str | None
    domains: str
    retracted: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day. `after`: the source reported it only after newer facts, so it stands among them."""

    heading: str
    after: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """What every line of a page needs to know about the others."""

    today: date
    shown: frozenset[str]
    groups: Mapping[str, Sequence[Entry]]
    things: Things
    late_is_told: bool


def days_of(entries: Sequence[Entry], everything: Sequence[Entry], today: date) -> list[Day]:
    """The page's entries by the day of their first event, in their order."""
    on_page = _Page(
        today=today,
        shown=frozenset(entry_id(entry) for entry in entries),
        groups=groups_of(everything),
        things=things_of(everything, today, _words),
        late_is_told=not is_late_as_a_rule(everything),
    )
    days = []
    for (day, place), listed in groupby(entries, key=lambda entry: (day_of(entry.time), day_of(entry.place[0]))):
        after = "" if place <= day else swedish.short_day(place, today)
        days.append(Day(swedish.heading_day(day, today), after, [_line(entry, on_page) for entry in listed]))
    return days


def title_of(entry: Entry | None, everything: Sequence[Entry], today: date) -> str:
    """What the line of an entry is called; empty when there is none."""
    return "" if entry is None else heading_of(entry, things_of(everything, today, _words), _words(entry), today)


def is_late_as_a_rule(everything: Sequence[Entry]) -> bool:
    """Whether most facts came long after they happened: then it is said once, not on every line."""
    return sum(_LATE in entry.flags for entry in everything) * 2 > len(everything)


def _line(entry: Entry, on_page: _Page) -> Line:
    words, today = _words(entry), on_page.today
    heading = heading_of(entry, on_page.things, words, today)
    word, tone = _STATES.get(entry.state, ("", ""))
    flags = [_FLAGS.get(flag, flag) for flag in sorted(entry.flags - {_LATE})]
    if on_page.late_is_told and _LATE in entry.flags:
        flags.append(f"Kom mer än {LATE_AFTER_DAYS} dagar efteråt")
    return Line(
        anchor=entry_id(entry),
        clock=swedish.clock_or_nothing(entry.time),
        machine_time=swedish.machine_time(entry.time),
        day=swedish.short_day(day_of(entry.time), today),
        agency=entry.agency,
        title=heading,
        state=word,
        tone=tone,
        details=details_of(entry, _period(entry, today), heading, words, today),
        voice=str(entry.fields.get("participant_voice") or ""),
        flags=flags,
        corrections=[_correction(struck, entry, words, today) for struck in entry.struck],
        group=_others(entry, on_page),
        facts=facts_of({name: entry.fields[name] for name in entry.fields if name not in _SAID_ABOVE}, words, today),
        events=_events(entry, today),
        unit=entry.unit,
        legal_basis=codes.title("legal_basis", entry.legal_basis) if entry.legal_basis else None,
        purpose=codes.title("purpose", entry.purpose) if entry.purpose else None,
        domains=swedish.listed([codes.title("domain", domain.value) for domain in sorted(entry.domains)]),
        retracted=entry.state is State.RETRACTED,
    )


def _words(entry: Entry) -> Vocabulary:
    return vocabulary_of(event.name for event in (*entry.events, *(struck.event for struck in entry.struck)))


def _others(entry: Entry, on_page: _Page) -> list[tuple[str, str, str]]:
    """The other entries of the same action: anchor when it is on the page, agency, title."""
    listed = []
    for other in on_page.groups.get(entry.group or "", ()):
        if (anchor := entry_id(other)) != entry_id(entry):
            heading = heading_of(other, on_page.things, _words(other), on_page.today)
            listed.append((anchor if anchor in on_page.shown else "", other.agency, heading))
    return listed


def _period(entry: Entry, today: date) -> str:
    told = [swedish.period(entry.from_, entry.to, today)]
    if entry.to is None and entry.planned_to is not None:
        told = [swedish.period(entry.from_, None, today), f"planerat till {swedish.short_day(entry.planned_to, today)}"]
    told += [f"paus {swedish.period(begins, ends, today)}" for begins, ends in entry.pauses]
    return ", ".join(each for each in told if each)


def _correction(struck: Struck, entry: Entry, words: Vocabulary, today: date) -> Correction:
    """What changed: only the fields that differ, or the whole when nothing took its place."""
    before = said_by(struck.event)
    current = next((event for event in entry.events if event.root == struck.event.root), None)
    if current is None:
        whole = said(before, words, today)
        return Correction(before=whole or _title(struck.event), now="", reason=struck.reason)
    now = said_by(current)
    differing = {name for name in (*before, *now) if before.get(name) != now.get(name)}
    return Correction(
        before=said({name: before[name] for name in before if name in differing}, words, today) or _NOTHING,
        now=said({name: now[name] for name in now if name in differing}, words, today) or _NOTHING,
        reason=struck.reason,
    )


def _events(entry: Entry, today: date) -> list[SourceEvent]:
    every = [(event, False) for event in entry.events] + [(struck.event, True) for struck in entry.struck]
    return [
        SourceEvent(
            title=_title(event),
            id=event.id,
            source=event.source,
            happened=swedish.moment(event.time, today),
            recorded=swedish.moment(event.recorded_at, today),
            late=_is_late(event.time, event.recorded_at),
            struck=struck,
        )
        for event, struck in sorted(every, key=lambda pair: pair[0].position)
    ]


def _is_late(time: datetime, recorded_at: datetime) -> bool:
    return recorded_at - time > _LATE_AFTER


def _title(event: RecordedEvent) -> str:
    event_type = latest(event.name)
    return event.name if event_type is None else event_type.title_sv
