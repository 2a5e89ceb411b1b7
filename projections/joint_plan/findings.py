"""Findings over time: what each rule says of every day, as episodes with the days on which they are true (RULES 2)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID, uuid5

from projections.joint_plan.composition import Composing, Composition
from projections.joint_plan.rules.c1 import c1
from projections.joint_plan.rules.c2 import c2
from projections.joint_plan.rules.c3 import c3
from projections.joint_plan.rules.c4 import c4
from projections.joint_plan.rules.c5 import c5
from projections.joint_plan.rules.c6 import c6
from projections.joint_plan.rules.c7 import c7
from projections.joint_plan.rules.c8 import c8
from projections.joint_plan.rules.c9 import c9
from projections.joint_plan.rules.c10 import c10
from projections.joint_plan.rules.c11 import c11
from projections.joint_plan.rules.c12 import c12
from projections.joint_plan.rules.m1 import m1
from projections.joint_plan.rules.m2 import m2
from projections.joint_plan.rules.m3 import m3
from projections.joint_plan.rules.m4 import m4
from projections.joint_plan.rules.m5 import m5
from projections.joint_plan.rules.m6 import m6
from projections.joint_plan.rules.m7 import m7
from projections.joint_plan.rules.m8 import m8
from projections.joint_plan.rules.m9 import m9
from projections.joint_plan.rules.truth import Truth
from projections.joint_plan.spells import Item
from projections.joint_plan.workdays import working_days_after
from schemas.event_type import Json
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.vocabulary import ParticipantId

Rule = Callable[[Composition], Iterable[Truth]]
_ONE_DAY: Final = timedelta(days=1)
RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.__name__.upper(): rule
        for rule in (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, m1, m2, m3, m4, m5, m6, m7, m8, m9)
    }
)
SEVERITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("C1", "C5", "C6", "M2", "M6"), "high"),
        **dict.fromkeys(("C2", "C3", "C4", "C7", "C10", "C12", "M1", "M3", "M4", "M7", "M8", "M9"), "medium"),
        **dict.fromkeys(("C8", "C9", "C11", "M5"), "low"),
    }
)


@lean(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is so from one day to another, in one episode. `to` None: as far as can be said, for ever.

    `opened` is the first day of the episode, which may have earlier parts with other values or another resolver.
    """

    finding_id: UUID
    rule: str
    participant: ParticipantId
    items: tuple[Item, ...]
    severity: str
    resolver: str
    opened: date
    due: date
    from_: date
    to: date | None
    events: tuple[RecordedEvent, ...]
    values: Mapping[str, Json]

    def is_true(self, day: date) -> bool:
        """Whether it is open on a day."""
        return self.from_ <= day and (self.to is None or day <= self.to)


Part = tuple[date, date | None, Truth]


@lean(frozen=True, slots=True)
class Named:
    """Whose finding of which rule, and its identity."""

    participant: ParticipantId
    rule: str
    finding_id: UUID


def all_findings(composing: Composing) -> list[Finding]:
    """Every finding of every day, by rule and items, the oldest part first."""
    parts: defaultdict[tuple[str, tuple[Item, ...]], list[Part]] = defaultdict(list)
    for plan in composing.stretches():
        for name, rule in RULES.items():
            for found in rule(plan):
                first = max(found.from_ or plan.day, plan.day)
                ends = [end for end in (found.to, plan.until) if end is not None]
                last = min(ends, default=None)
                if last is None or first <= last:
                    parts[name, found.items].append((first, last, found))
    return [
        finding
        for (rule_name, _), listed in sorted(parts.items(), key=lambda each: _name(*each[0]))
        for finding in _episodes(composing.participant, rule_name, listed)
    ]


def findings_on(composing: Composing, day: date) -> list[Finding]:
    """The findings that are open on a day."""
    return [finding for finding in all_findings(composing) if finding.is_true(day)]


def findings_now(plan: Composition, opened: Mapping[UUID, date]) -> list[Finding]:
    """What is true on the day of one composition; what was not open before is opened on it."""
    found: list[Finding] = []
    for name, rule in RULES.items():
        for said in rule(plan):
            if (said.from_ or plan.day) <= plan.day <= (said.to or plan.day):
                named = Named(plan.participant, name, finding_id_of(plan.participant, name, said.items))
                first = opened.get(named.finding_id, plan.day)
                found.append(_finding(named, said, first, (plan.day, plan.day)))
    return found


def finding_id_of(participant: ParticipantId, rule: str, items: Iterable[Item]) -> UUID:
    """The same finding has the same id in every episode and every rebuild (DESIGN 10)."""
    return uuid5(participant, " ".join([rule, *sorted(item.name for item in items)]))


def _name(rule: str, items: tuple[Item, ...]) -> tuple[str, ...]:
    return (rule, *(item.name for item in items))


def _episodes(participant: ParticipantId, rule: str, parts: Iterable[Part]) -> Iterator[Finding]:
    """Parts that follow each other without a day between are one episode; equal ones become one part."""
    listed = list(parts)
    named = Named(participant, rule, finding_id_of(participant, rule, listed[0][2].items))
    opened: date | None = None
    pending: Finding | None = None
    for first, last, found in _clipped(listed):
        goes_on = pending is not None and pending.to is not None and first == pending.to + _ONE_DAY
        if opened is None or not goes_on:
            opened = first
        finding = _finding(named, found, opened, (first, last))
        if pending is not None and goes_on and _says_the_same(pending, finding):
            finding = _finding(named, found, opened, (pending.from_, last))
        elif pending is not None:
            yield pending
        pending = finding
    if pending is not None:
        yield pending


def _clipped(parts: Iterable[Part]) -> Iterator[Part]:
    """In order, and no day twice: of two truths about one day the earlier part holds."""
    after: date | None = date.min
    for first, last, found in sorted(parts, key=lambda part: (part[0], part[1] or date.max)):
        if after is None:
            return
        begins = max(first, after)
        if last is None or begins <= last:
            yield begins, last, found
            after = None if last is None or last == date.max else last + _ONE_DAY


def _finding(named: Named, found: Truth, opened: date, days: tuple[date, date | None]) -> Finding:
    known = max(opened, found.seen)
    planned = found.planned is not None and found.planned > known
    return Finding(
        finding_id=named.finding_id,
        rule=named.rule,
        participant=named.participant,
        items=found.items,
        severity=SEVERITIES[named.rule],
        resolver=found.resolver,
        opened=opened,
        due=found.planned if planned and found.planned is not None else working_days_after(known, found.working_days),
        from_=days[0],
        to=days[1],
        events=found.events,
        values=found.values,
    )


def _says_the_same(one: Finding, other: Finding) -> bool:
    return (one.resolver, one.due, one.values, [event.uid for event in one.events]) == (
        other.resolver,
        other.due,
        other.values,
        [event.uid for event in other.events],
    )
