"""What takes a place in the week, as the rules of clashing times see it: joint calendar lines and meetings."""

from collections.abc import Sequence
from datetime import date, timedelta

from projections.joint_plan.composition import Composition
from projections.joint_plan.joint import JointLine
from projections.joint_plan.lines import ACTIVE, AGREED, PROPOSED, SourceLine
from projections.joint_plan.spells import Item
from projections.joint_plan.weeks import Span
from schemas.event_type import Json
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.order import OrderKey

_ONE_DAY = timedelta(days=1)


@lean(frozen=True, slots=True, kw_only=True)
class Slot:
    """A line by its load source, or a meeting. Periods are inclusive days."""

    item: Item
    seen: date
    events: Sequence[RecordedEvent]
    place: OrderKey
    activity: str
    label: str | None
    responsible: str
    obligation: str
    proposed: bool
    movable: bool | None
    from_: date
    to: date | None
    week: tuple[Span, ...]
    load: float

    def holds(self, day: date) -> bool:
        """Whether its period holds a day."""
        return self.from_ <= day and (self.to is None or day <= self.to)

    @property
    def called(self) -> list[Json]:
        """What sentences call it by: its label, else its activity."""
        return [self.label, self.activity]


def slots(plan: Composition) -> list[Slot]:
    """Calendar lines and meetings that are not over and do not stand still."""
    return [*(_of_line(line) for line in plan.calendar), *meetings(plan)]


def meetings(plan: Composition) -> list[Slot]:
    """The meetings of a day and later."""
    return [
        _of_meeting(line)
        for line in plan.meetings
        if not line.is_past(plan.day, plan.settings) and line.state_on(plan.day) in (ACTIVE, AGREED, PROPOSED)
    ]


def shared_period(one: Slot | JointLine | SourceLine, other: Slot | JointLine | SourceLine) -> tuple[date, date | None]:
    """First and last day of both; the last may lie before the first: they share none."""
    ends = [end for end in (one.to, other.to) if end is not None]
    return max(one.from_, other.from_), min(ends, default=None)


def last_shared(one: JointLine | SourceLine, other: JointLine | SourceLine, day: date) -> tuple[bool, date | None]:
    """Whether they share a day on or after `day`, and until which day that can be said."""
    first, last = shared_period(one, other)
    return last is None or (last >= first and last >= day), last


def _of_line(line: JointLine) -> Slot:
    source = line.load_source
    return Slot(
        item=source.item,
        seen=source.seen,
        events=line.events,
        place=source.place,
        activity=line.activity,
        label=line.label,
        responsible=line.responsible,
        obligation=line.obligation,
        proposed=line.state == PROPOSED,
        movable=None if "movable" not in line.values else bool(line.values["movable"].value),
        from_=line.from_,
        to=line.to,
        week=line.week,
        load=line.load,
    )


def _of_meeting(line: SourceLine) -> Slot:
    return Slot(
        item=line.item,
        seen=line.seen,
        events=line.events,
        place=line.place,
        activity=line.activity,
        label=line.label,
        responsible=line.responsible,
        obligation=line.obligation,
        proposed=line.state_on(line.from_) == PROPOSED,
        movable=line.values.get("movable"),
        from_=line.from_,
        to=line.to,
        week=line.week,
        load=0.0,
    )
