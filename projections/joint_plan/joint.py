"""A joint line: the values of its source lines, ranked, and what an adopted version changed (RULES 1.4)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from projections.joint_plan.grouping import Group
from projections.joint_plan.lines import (
    ACTIVE,
    AGREED,
    MAPPING,
    PROPOSED,
    STRENGTH,
    SourceLine,
)
from projections.joint_plan.names import line_id_of
from projections.joint_plan.spells import Item
from projections.joint_plan.weeks import Span, hours, spans
from schemas.days import read_day
from schemas.event_type import Json
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.vocabulary import ParticipantId, State

_OF_THE_LEAD: Final = frozenset(("from", "to", "responsible", "state", "key"))
_OF_THE_LOAD: Final = ("week", "hours", "scope")
_BY_RULE: Final = frozenset((*_OF_THE_LEAD, *_OF_THE_LOAD, "obligation", "parallel", "part_of"))
_NOT_TOLD: Final = frozenset(("label", "legal_basis", "state", "from", "to", "key", "part_of"))


@lean(frozen=True, slots=True, kw_only=True)
class Value:
    """A value of a joint line, which source line it comes from, and the event that said it; None: it is only tried."""

    value: Json
    item: Item
    event: RecordedEvent | None


@lean(frozen=True, slots=True, kw_only=True)
class Change:
    """What an adopted version says of a line, over all its sources."""

    fields: Mapping[str, Json]
    event: RecordedEvent


@lean(frozen=True, slots=True, kw_only=True)
class JointLine:
    """One line of the joint plan on a day. `members` are ranked, the first is the lead; `parts` lie within one.

    `key` names it, `values` say what holds and whence, `differs` lists the values that its sources give otherwise.
    """

    line_id: UUID
    members: tuple[SourceLine, ...]
    parts: tuple[SourceLine, ...]
    load_source: SourceLine
    values: Mapping[str, Value]
    differs: Mapping[str, Sequence[Value]]
    activity: str
    class_: str
    responsible: str
    obligation: str
    state: str
    parallel: bool
    from_: date
    to: date | None
    week: tuple[Span, ...]
    load: float
    events: tuple[RecordedEvent, ...]

    @property
    def lead(self) -> SourceLine:
        """The first in rank."""
        return self.members[0]

    @property
    def items(self) -> tuple[Item, ...]:
        """Its source lines, those within others last."""
        return tuple([line.item for line in (*self.members, *self.parts)])

    @property
    def label(self) -> str | None:
        """What it is called."""
        return str(self.values["label"].value) if "label" in self.values else None

    @property
    def called(self) -> list[Json]:
        """What sentences call it by: its label, else its activity."""
        return [self.label, self.activity]

    @property
    def is_calendar(self) -> bool:
        """Whether it takes a place in the week, now or later: live, not done and not standing still."""
        return self.state in (ACTIVE, AGREED, PROPOSED)


def state_on(line: JointLine, day: date) -> str:
    """The lead's state on a day; an adopted change may begin the line on another day."""
    state = line.lead.state_on(day)
    return (ACTIVE if line.from_ <= day else AGREED) if state in (ACTIVE, AGREED) else state


def change_of(group: Group, changes: Mapping[Item, Change]) -> Change | None:
    """What an adopted version changed in the line of a group."""
    if not changes:
        return None
    ranked = (*sorted(group.members, key=_rank), *group.parts)
    return next((changes[line.item] for line in ranked if line.item in changes), None)


def joint_line(participant: ParticipantId, group: Group, full_week_hours: float, change: Change | None) -> JointLine:
    """The joint line of a group; `state_on` says the state of a day."""
    members = tuple(sorted(group.members, key=_rank))
    lead, source = members[0], _load_source(members)
    changed = {} if change is None else change.fields
    values = _values(members, source)
    if change is not None:
        if any(name in changed for name in _OF_THE_LOAD):
            values = {name: value for name, value in values.items() if name not in _OF_THE_LOAD}
        values |= {name: Value(value=value, item=lead.item, event=change.event) for name, value in changed.items()}
    week = spans(tuple(changed["week"] or ())) if "week" in changed else source.week
    first = min((*members, *group.parts), key=lambda line: (line.place, line.item.name))
    from_ = read_day(changed.get("from")) or lead.from_
    to = read_day(changed.get("to")) or lead.to
    return JointLine(
        line_id=line_id_of(participant, first.item),
        members=members,
        parts=tuple(group.parts),
        load_source=source,
        values=values,
        differs=_differing(members),
        activity=lead.activity,
        class_=lead.class_,
        responsible=str(changed.get("responsible") or lead.responsible),
        obligation=str(changed.get("obligation") or max((line.obligation for line in members), key=STRENGTH.index)),
        state="",
        parallel=_is_parallel(members),
        from_=from_,
        to=to,
        week=week,
        load=_load(values, week, full_week_hours),
        events=_events(members, change),
    )


def _rank(line: SourceLine) -> tuple[object, ...]:
    """Completed mapping, sender = responsible, gives week, hours, scope, then the canonical order."""
    return (
        not (line.class_ == MAPPING and line.closing is State.COMPLETED),
        line.agency != line.responsible,
        not line.week,
        line.values.get("hours") is None,
        line.values.get("scope") is None,
        line.place,
        line.item.name,
    )


def _load_source(members: Sequence[SourceLine]) -> SourceLine:
    """The first that gives times, else hours, else a scope."""
    for name in _OF_THE_LOAD:
        for line in members:
            if line.values.get(name) not in (None, []):
                return line
    return members[0]


def _values(members: Sequence[SourceLine], source: SourceLine) -> dict[str, Value]:
    """Every value that holds, with its source."""
    found: dict[str, Value] = {}
    for line in members:
        for name, value in line.values.items():
            if name not in _BY_RULE and name not in found:
                found[name] = Value(value=value, item=line.item, event=line.said.get(name))
    for name in _OF_THE_LEAD:
        if name in members[0].values:
            found[name] = Value(value=members[0].values[name], item=members[0].item, event=members[0].said.get(name))
    for name in _OF_THE_LOAD:
        if name in source.values:
            found[name] = Value(value=source.values[name], item=source.item, event=source.said.get(name))
    return found


def _differing(members: Sequence[SourceLine]) -> dict[str, Sequence[Value]]:
    """Values that the sources give and that are not the same."""
    given: dict[str, list[Value]] = {}
    for line in members:
        for name, value in line.values.items():
            if name not in _NOT_TOLD:
                given.setdefault(name, []).append(Value(value=value, item=line.item, event=line.said.get(name)))
    return {name: listed for name, listed in given.items() if any(each.value != listed[0].value for each in listed[1:])}


def _is_parallel(members: Sequence[SourceLine]) -> bool:
    said = [line.values.get("parallel") for line in members]
    return True in said and False not in said


def _load(values: Mapping[str, Value], week: Sequence[Span], full_week_hours: float) -> float:
    if "hours" in values:
        return float(values["hours"].value)
    if week:
        return hours(week)
    return float(values["scope"].value) * full_week_hours / 100 if "scope" in values else 0.0


def _events(members: Sequence[SourceLine], change: Change | None) -> tuple[RecordedEvent, ...]:
    found = {event.uid: event for line in members for event in line.events}
    if change is not None:
        found[change.event.uid] = change.event
    return tuple(sorted(found.values(), key=lambda event: event.position))
