"""The joint plan of one participant on a day: a pure function of the events, the day and the thresholds (RULES 1)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from projections.joint_plan.agreement import Agreement, agreement, open_plans
from projections.joint_plan.drawn import Drawn
from projections.joint_plan.equivalence import are_equivalent
from projections.joint_plan.grouping import Declarations, Group, declarations, groups_of
from projections.joint_plan.joint import Change, JointLine, change_of, joint_line, state_on
from projections.joint_plan.lines import MEETING, SourceLine
from projections.joint_plan.names import Finder
from projections.joint_plan.reach import FIRST, LAST, within_reach
from projections.joint_plan.settings import Settings, Thresholds
from projections.joint_plan.slots import Slot, slots_of
from projections.joint_plan.spells import Folded, Spell, Standing
from projections.joint_plan.tenures import Tenure, owner_on, tenures
from projections.timeline.chains import Chain, place, resolve
from schemas.days import day_of
from schemas.events import RecordedEvent
from schemas.vocabulary import ParticipantId, SpellKind

_ONE_DAY: Final = timedelta(days=1)
_BY_DEFAULT: Final = "af"
_FAMILIES: Final = frozenset(
    "activity benefit caseworker civic_orientation employer enrolment intensive_year joint_assessment joint_plan komvux"
    " mapping match module outcome permit placement plan referral sfi track".split()
)
"""What plans and findings rest on; of the rest a participant has most."""
_LASTING: Final = (SpellKind.ENROLMENT, SpellKind.PLAN, SpellKind.BENEFIT, SpellKind.PERMIT, SpellKind.PLACEMENT)

Altered = Callable[[Sequence[SourceLine], date], Sequence[SourceLine]]


@dataclass(frozen=True, kw_only=True)
class Composition:
    """The joint plan on a day, and on every day until `until` (None: for ever) unless something more is said.

    `lines` are all source lines, `live` and `past` the joint ones, `meetings` take a place in the week and are no lines.
    """

    participant: ParticipantId
    day: date
    until: date | None
    settings: Settings
    standing: Standing
    lines: Sequence[SourceLine]
    finder: Finder[SourceLine]
    said: Declarations
    agreement: Agreement
    live: Sequence[JointLine]
    past: Sequence[JointLine]
    meetings: Sequence[SourceLine]

    @cached_property
    def calendar(self) -> list[JointLine]:
        """The joint lines that take a place in the week, now or later."""
        return [line for line in self.live if line.is_calendar]

    @cached_property
    def live_sources(self) -> list[SourceLine]:
        """The source lines that are live, those within others too."""
        items = {item for line in self.live for item in line.items}
        return [line for line in self.lines if line.item in items]

    @cached_property
    def plans(self) -> list[Spell]:
        """The plans that are not closed."""
        return open_plans(self.standing, self.day)

    @cached_property
    def enrolments(self) -> list[Spell]:
        """Every enrolment there was, open or closed."""
        return self.standing.spells(SpellKind.ENROLMENT)

    @cached_property
    def tenures(self) -> list[Tenure]:
        """Who owned the process when."""
        return tenures(self.standing)

    @cached_property
    def resolver(self) -> str:
        """Who must resolve what nobody else must: the process owner, else the earliest open enrolment's agency, else af (B12)."""
        owner = owner_on(self.tenures, self.day)
        if owner is not None:
            return owner
        return self.open_enrolments[0].agency if self.open_enrolments else _BY_DEFAULT

    @cached_property
    def slots(self) -> list[Slot]:
        """What takes a place in the week: calendar lines and meetings."""
        return slots_of(self.calendar, self.meetings, self.day, self.settings)

    @cached_property
    def open_enrolments(self) -> list[Spell]:
        """Those that are open on the day, the earliest first."""
        found = [each for each in self.enrolments if each.is_open(self.day)]
        return sorted(found, key=lambda each: (each.from_, each.place))


@dataclass
class Composing:
    """One participant's events, to be composed for any day: what does not depend on the day is done once."""

    participant: ParticipantId
    events: Sequence[RecordedEvent]
    thresholds: Thresholds = field(default_factory=Thresholds)
    _folded: Folded = field(default_factory=Folded)
    _drawn: Drawn = field(default_factory=Drawn)
    _equal: dict[tuple[int, int, int], bool] = field(default_factory=dict)
    _grouped: dict[object, list[Group]] = field(default_factory=dict)
    _lines: dict[tuple[int, float, int], JointLine] = field(default_factory=dict)
    _states: dict[tuple[int, str], JointLine] = field(default_factory=dict)

    @cached_property
    def facts(self) -> list[tuple[date, Chain]]:
        """What counts of what plans and findings rest on, in the canonical order of everything, with the days of it."""
        chains = resolve(place(self.events))
        counted = (
            within_reach(chain) for chain in chains if chain.current is not None and chain.type.family in _FAMILIES
        )
        return [(day_of(chain.root.time), chain) for chain in counted]

    def standing(self, day: date) -> Standing:
        """The facts that stand on a day."""
        return Standing((chain for begins, chain in self.facts if begins <= day), self._folded)

    def on(self, day: date, altered: Altered = lambda lines, _: lines) -> Composition:
        """The joint plan on one day, of source lines as they are, or as `altered` makes them. A day too far is brought near."""
        day = min(max(day, FIRST), LAST)
        standing = self.standing(day)
        return self._composed(standing, altered(self._drawn.on(standing, day), day), day, day)

    def stretches(self) -> Iterator[Composition]:
        """Compositions from the first event on, each for as long as nothing in it changes; the last one has no end."""
        days = sorted({begins for begins, _ in self.facts} | set(self.thresholds.changes))
        if not self.facts:
            return
        first = min(begins for begins, _ in self.facts)
        days = [day for day in days if day >= first]
        for at, day in enumerate(days):
            before = days[at + 1] if at + 1 < len(days) else None
            yield from self._within(day, before)

    def _within(self, first: date, before: date | None) -> Iterator[Composition]:
        """Those of the days on which the same facts stand."""
        standing = self.standing(first)
        turns = _spell_turns(standing)
        day: date | None = first
        while day is not None:
            lines = self._drawn.on(standing, day)
            settings = self.thresholds.on(day)
            later = (turn for line in lines for turn in line.turning_days(settings))
            turning = min(
                (turn for turn in (*turns, *later) if turn > day and (before is None or turn < before)), default=before
            )
            yield self._composed(standing, lines, day, None if turning is None else turning - _ONE_DAY)
            day = None if turning is None or turning == before else turning

    def _composed(self, standing: Standing, lines: Sequence[SourceLine], day: date, until: date | None) -> Composition:
        settings = self.thresholds.on(day)
        finder = Finder([(line.item, line) for line in lines], self.participant)
        said = declarations(standing, finder)
        agreed = agreement(standing)
        changes = agreed.changes(finder)
        full = settings.full_week_hours
        live = [line for line in lines if line.activity != MEETING and not line.is_past(day, settings)]
        past = [line for line in lines if line.activity != MEETING and line.is_past(day, settings)]

        def joint(bucket: list[SourceLine]) -> list[JointLine]:
            found = (
                self._on_day(self._joint(group, full, change_of(group, changes)), day)
                for group in self._groups(bucket, said, finder, settings)
            )
            return sorted(found, key=lambda line: (line.from_, line.lead.place, line.lead.item.name))

        return Composition(
            participant=self.participant,
            day=day,
            until=until,
            settings=settings,
            standing=standing,
            lines=lines,
            finder=finder,
            said=said,
            agreement=agreed,
            live=joint(live),
            past=joint(past),
            meetings=[line for line in lines if line.activity == MEETING],
        )

    def _joint(self, group: Group, full_week_hours: float, change: Change | None) -> JointLine:
        """The line of a group, the same object for the same group; its state is of no day yet."""
        name = id(group), full_week_hours, id(None if change is None else change.event)
        found = self._lines.get(name)
        if found is None:
            found = self._lines[name] = joint_line(self.participant, group, full_week_hours, change)
        return found

    def _on_day(self, line: JointLine, day: date) -> JointLine:
        """The line in its state of a day, the same object for the same state."""
        state = state_on(line, day)
        found = self._states.get((id(line), state))
        if found is None:
            found = self._states[id(line), state] = replace(line, state=state)
        return found

    def _groups(
        self, bucket: list[SourceLine], said: Declarations, finder: Finder[SourceLine], settings: Settings
    ) -> list[Group]:
        name = tuple(id(line) for line in bucket), said, id(settings)
        found = self._grouped.get(name)
        if found is None:
            found = self._grouped[name] = groups_of(bucket, said, finder, self._equivalent(settings))
        return found

    def _equivalent(self, settings: Settings) -> Callable[[SourceLine, SourceLine], bool]:
        """As are_equivalent, asked once for each pair."""

        def asked(one: SourceLine, other: SourceLine) -> bool:
            name = id(one), id(other), id(settings)
            found = self._equal.get(name)
            if found is None:
                found = self._equal[name] = are_equivalent(one, other, settings)
            return found

        return asked


def _spell_turns(standing: Standing) -> list[date]:
    """The days on which something that lasts begins or has ended."""
    found: list[date] = []
    for kind in _LASTING:
        for spell in standing.spells(kind):
            found.append(spell.from_)
            if spell.episode.to is not None:
                found += (spell.episode.to, spell.episode.to + _ONE_DAY)
            if spell.episode.planned_to is not None:
                found.append(spell.episode.planned_to + _ONE_DAY)
    for tenure in tenures(standing):
        found.append(tenure.from_)
        if tenure.to is not None:
            found.append(tenure.to + _ONE_DAY)
    return found
