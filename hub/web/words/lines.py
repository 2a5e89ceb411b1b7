"""Timeline entries as lines of the page: by day, with period, state, struck-out versions, group and sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from hub.run.answers import entry_id
from hub.web.words import swedish
from hub.web.words.facts import CodeLists, Fact, code_lists, facts_of
from projections.timeline.chains import Struck, said_by
from projections.timeline.entries import Entry
from projections.timeline.fold import groups_of
from projections.timeline.spells import day_of
from projections.timeline.titles import title
from schemas import codes
from schemas.catalogue import latest
from schemas.event_type import JsonObject
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
    "opener_missing": "Starten har inte kommit till navet",
    "changed_after_close": "Ändrad efter avslutet",
    "overlap": "Två samtidigt hos samma organisation",
    "past_planned_end": "Planerat slut har passerat",
    "ends_before_start": "Slutar före start",
    "late": "Kom mer än 30 dagar efteråt",
    "registration_retracted": "Registreringen är återkallad",
}
_MAIN = (
    "week hours scope course occupation programme provider place employer to due absence_reason reason outcome note text"
    " close_reason end_reason interrupt_reason answer summary words name role"
).split()
_SHOWN_FACTS = 4


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
    struck: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as it stands on the page."""

    anchor: str
    clock: str
    machine_time: str
    agency: str
    title: str
    state: str
    tone: str
    period: str
    details: Sequence[str]
    flags: Sequence[str]
    corrections: Sequence[Correction]
    group: Sequence[tuple[str, str]]
    facts: Sequence[Fact]
    events: Sequence[SourceEvent]
    unit: str | None
    legal_basis: str | None
    purpose: str | None
    domains: str
    retracted: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day."""

    heading: str
    lines: Sequence[Line]


def days_of(entries: Sequence[Entry], everything: Sequence[Entry], today: date) -> list[Day]:
    """The page's entries by the day of their first event, in their order."""
    groups = groups_of(everything)
    shown = {entry_id(entry) for entry in entries}
    return [
        Day(
            swedish.heading_day(day, today),
            [_line(entry, groups.get(entry.group or "", []), shown, today) for entry in listed],
        )
        for day, listed in groupby(entries, key=lambda entry: day_of(entry.time))
    ]


def _line(entry: Entry, group: Sequence[Entry], shown: set[str], today: date) -> Line:
    lists = code_lists({event.name for event in (*entry.events, *(struck.event for struck in entry.struck))})
    facts = facts_of(entry.fields, lists, today)
    word, tone = _STATES.get(entry.state, ("", ""))
    return Line(
        anchor=entry_id(entry),
        clock=swedish.clock(entry.time),
        machine_time=swedish.machine_time(entry.time),
        agency=entry.agency,
        title=title(entry) + (f", omgång {entry.episode}" if entry.episode and entry.episode > 1 else ""),
        state=word,
        tone=tone,
        period=_period(entry, today),
        details=_details(entry, facts, lists, today),
        flags=[_FLAGS.get(flag, flag) for flag in sorted(entry.flags)],
        corrections=[_correction(struck, entry, lists, today) for struck in entry.struck],
        group=[
            (entry_id(other) if entry_id(other) in shown else "", f"{title(other)} ({_agency(other.agency)})")
            for other in group
            if entry_id(other) != entry_id(entry)
        ],
        facts=facts,
        events=_events(entry, today),
        unit=entry.unit,
        legal_basis=codes.title("legal_basis", entry.legal_basis) if entry.legal_basis else None,
        purpose=codes.title("purpose", entry.purpose) if entry.purpose else None,
        domains=swedish.listed([codes.title("domain", domain.value) for domain in sorted(entry.domains)]),
        retracted=entry.state is State.RETRACTED,
    )


def _period(entry: Entry, today: date) -> str:
    said = [swedish.period(entry.from_, entry.to, today)]
    if entry.to is None and entry.planned_to is not None:
        said = [swedish.period(entry.from_, None, today), f"planerat till {swedish.short_day(entry.planned_to, today)}"]
    said += [
        f"paus {swedish.period(begins, ends, today) if ends else 'från ' + swedish.short_day(begins, today)}"
        for begins, ends in entry.pauses
    ]
    return ", ".join(each for each in said if each)


def _details(entry: Entry, facts: Sequence[Fact], lists: CodeLists, today: date) -> list[str]:
    """The few facts that the line itself tells; all stand under `Underlag`."""
    main = {name: entry.fields[name] for name in _MAIN if name in entry.fields}
    told = facts_of(main, lists, today)
    said = [f"{fact.label}: {fact.value}" for fact in told if fact.value and fact.value not in title(entry)]
    rows = [fact for fact in facts if fact.rows]
    return [
        *said[:_SHOWN_FACTS],
        *(f"{fact.label}: {swedish.counted(len(fact.rows), 'en', 'stycken')}" for fact in rows),
    ]


def _correction(struck: Struck, entry: Entry, lists: CodeLists, today: date) -> Correction:
    """What changed: only the fields that differ, or the whole when nothing took its place."""
    before = said_by(struck.event)
    current = next((event for event in entry.events if event.root == struck.event.root), None)
    if current is None:
        return Correction(before=_told(before, lists, today) or _title(struck.event), now="", reason=struck.reason)
    now = said_by(current)
    differing = {name for name in (*before, *now) if before.get(name) != now.get(name)}
    return Correction(
        before=_told({name: before.get(name) for name in differing}, lists, today) or "ingen uppgift",
        now=_told({name: now.get(name) for name in differing}, lists, today) or "ingen uppgift",
        reason=struck.reason,
    )


def _told(content: JsonObject, lists: CodeLists, today: date) -> str:
    return ", ".join(
        f"{fact.label.lower()} {fact.value or '; '.join(fact.rows)}" for fact in facts_of(content, lists, today)
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
            struck=struck,
        )
        for event, struck in sorted(every, key=lambda pair: pair[0].position)
    ]


def _title(event: RecordedEvent) -> str:
    event_type = latest(event.name)
    return event.name if event_type is None else event_type.title_sv


def _agency(code: str) -> str:
    return codes.title("agency", code)
