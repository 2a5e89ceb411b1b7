"""A source line: what one agency's plan or activity says that the person shall do, and its state on a day (RULES 1.1)."""

import re
from calendar import monthrange
from collections.abc import Hashable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from projections.joint_plan.settings import Settings
from projections.joint_plan.spells import Item
from projections.joint_plan.weeks import Span, spans
from projections.timeline.spells import Pause
from schemas.days import read_day
from schemas.event_type import Json
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.order import OrderKey
from schemas.vocabulary import State

MAPPING: Final = "kartlaggning"
MEETING: Final = "uppfoljning"
MUST: Final = "must"
SHOULD: Final = "should"
VOLUNTARY: Final = "voluntary"
STRENGTH: Final = (VOLUNTARY, SHOULD, MUST)
_VOLUNTARY: Final = frozenset(("sprakcafe", "natverk", "mentor"))
_CLASSES: Final = {
    "praktik": "praktik",
    "arbetstraning": "praktik",
    "coachning": "coachning",
    "jobbsok_verkstad": "coachning",
    "komvux_grund": "komvux",
    "komvux_gy": "komvux",
    "yrkesvux": "komvux",
}
_ONE_DAY = timedelta(days=1)
_SFI = re.compile(r"(?:SFIKU([A-D])9|[1-3]?([A-D]))", re.IGNORECASE)
COMPLETED: Final = "completed"
INTERRUPTED: Final = "interrupted"
PAUSED: Final = "paused"
PROPOSED: Final = "proposed"
ACTIVE: Final = "active"
AGREED: Final = "agreed"


@lean(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """Periods are inclusive days; `to` None is open ended, a `to` before `from_` an empty period. Hours are per week.

    `plan` is what the line belongs to; an activity that carries out no line is a plan of its own.
    `values` are the fields given, `said` which event gave each; `ended` is the day of completion or interruption.
    """

    item: Item
    agency: str
    plan: Hashable
    place: OrderKey
    seen: date
    values: Mapping[str, Json]
    said: Mapping[str, RecordedEvent]
    activity: str
    class_: str
    responsible: str
    obligation: str
    from_: date
    to: date | None
    ended: date | None
    closing: State | None
    pauses: tuple[Pause, ...]
    proposed: bool
    week: tuple[Span, ...]
    course: str | None
    occupation: str | None
    provider: str | None
    location: str | None
    domains: frozenset[str]

    @property
    def events(self) -> tuple[RecordedEvent, ...]:
        """The events that gave its values, each once, in the order of their positions."""
        found = {event.uid: event for event in self.said.values()}
        return tuple(sorted(found.values(), key=lambda event: event.position))

    @property
    def label(self) -> str | None:
        """What its agency calls it."""
        return None if self.values.get("label") is None else str(self.values["label"])

    @property
    def called(self) -> list[Json]:
        """What sentences call it by: its label, else its activity."""
        return [self.label, self.activity]

    @property
    def specificity(self) -> int:
        """How many of course, occupation, provider, place and week are given."""
        return sum(bool(value) for value in (self.course, self.occupation, self.provider, self.location, self.week))

    @property
    def dated(self) -> date:
        """The day of a mapping: when it was completed, else when it is planned."""
        return self.ended if self.ended is not None and self.closing is State.COMPLETED else self.from_

    def state_on(self, day: date) -> str:
        """Completed, interrupted, paused, proposed, active or agreed."""
        if self.ended is not None and self.ended <= day:
            return COMPLETED if self.closing is State.COMPLETED else INTERRUPTED
        if self.is_paused(day):
            return PAUSED
        if self.proposed:
            return PROPOSED
        return ACTIVE if self.from_ <= day else AGREED

    def is_paused(self, day: date) -> bool:
        """Whether it stands still."""
        return any(begins <= day and (ends is None or day <= ends) for begins, ends in self.pauses)

    def is_past(self, day: date, settings: Settings) -> bool:
        """Over: done, broken off, or after its last day. A completed mapping can be reused for some months (E03)."""
        if self.ended is not None and self.ended <= day:
            reusable = self.class_ == MAPPING and self.closing is State.COMPLETED
            return not (reusable and day < months_after(self.ended, settings.mapping_months))
        return self.to is not None and self.to < day

    def turning_days(self, settings: Settings) -> Iterator[date]:
        """The days on which its state or its being past may change."""
        yield self.from_
        if self.to is not None:
            yield self.to + _ONE_DAY
        if self.ended is not None:
            yield self.ended
            if self.class_ == MAPPING:
                yield months_after(self.ended, settings.mapping_months)
        for begins, ends in self.pauses:
            yield begins
            if ends is not None:
                yield ends + _ONE_DAY


@lean(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a line's course was changed by events: its end, its pauses, and whether it was started."""

    ended: date | None = None
    closing: State | None = None
    pauses: tuple[Pause, ...] = ()
    started: bool = False


def source_line(  # noqa: PLR0913 - what a line is made of
    *,
    item: Item,
    agency: str,
    plan: Hashable,
    place: OrderKey,
    seen: date,
    since: date,
    values: Mapping[str, Json],
    said: Mapping[str, RecordedEvent],
    ending: Ending,
) -> SourceLine:
    """A line out of what was given; `since` is its first day when none was given."""
    activity = str(values.get("activity") or "other")
    ends = [end for end in (read_day(values.get("to")), ending.ended) if end is not None]
    return SourceLine(
        item=item,
        agency=agency,
        plan=plan,
        place=place,
        seen=seen,
        values=values,
        said=said,
        activity=activity,
        class_=_CLASSES.get(activity, activity),
        responsible=str(values.get("responsible") or agency),
        obligation=str(values.get("obligation") or (VOLUNTARY if activity in _VOLUNTARY else MUST)),
        from_=read_day(values.get("from")) or since,
        to=min(ends, default=None),
        ended=ending.ended,
        closing=ending.closing,
        pauses=ending.pauses,
        proposed=values.get("state") == PROPOSED and not ending.started,
        week=spans(tuple(values.get("week") or ())),
        course=course_of(activity, values.get("course")),
        occupation=None if not values.get("occupation") else str(values["occupation"])[:3],
        provider=_plain(values.get("provider")),
        location=_plain(values.get("place")),
        domains=frozenset(values.get("domains") or ()),
    )


def course_of(activity: str, course: Json) -> str | None:
    """A course as it is compared: of sfi the letter, so that 1B, B and SFIKUB9 are one; else without case."""
    text = _plain(course)
    if text is not None and activity == "sfi" and (found := _SFI.fullmatch(text)):
        return (found[1] or found[2]).casefold()
    return text


def months_after(day: date, months: int) -> date:
    """The same day of the month some months later, or the last one that the month has."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _plain(value: Json) -> str | None:
    return (str(value).strip().casefold() or None) if value is not None else None
