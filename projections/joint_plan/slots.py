"""What takes a place in the week, as the rules of clashing times see it: joint calendar lines and meetings."""

from collections.abc import Iterable, Sequence
from datetime import date

from projections.joint_plan.joint import JointLine
from projections.joint_plan.lines import ACTIVE, AGREED, PROPOSED, SourceLine
from projections.joint_plan.settings import Settings
from projections.joint_plan.spells import Item
from projections.joint_plan.weeks import Span
from schemas.event_type import Json
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.order import OrderKey


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

    @property
    def called(self) -> list[Json]:
        """What sentences call it by: its label, else its activity."""
        return [self.label, self.activity]


def slots_of(
    calendar: Iterable[JointLine], meetings: Iterable[SourceLine], day: date, settings: Settings
) -> list[Slot]:
    """Calendar lines, and the meetings of a day and later that are not over and do not stand still."""
    met = (
        line
        for line in meetings
        if not line.is_past(day, settings) and line.state_on(day) in (ACTIVE, AGREED, PROPOSED)
    )
    return [*map(_of_line, calendar), *map(_of_meeting, met)]


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
