"""What a rule answers: that a finding is true, of which things, from and to which days, who must act and by when (RULES 2)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from projections.joint_plan.spells import Item
from schemas.event_type import Json
from schemas.events import RecordedEvent
from schemas.lean import lean


class Named(Protocol):
    """What a finding can be about: a line, a plan, an enrolment, a point event."""

    @property
    def item(self) -> Item: ...
    @property
    def seen(self) -> date: ...
    @property
    def events(self) -> Sequence[RecordedEvent]: ...


@lean(frozen=True, slots=True, kw_only=True)
class Truth:
    """`from_` and `to` bound the days on which it is true within the composition that was asked; None: unbounded.

    `seen` is the latest day on which the hub first heard of one of the items; `working_days` are given to act, or it
    is due on `planned` when that is later. `values` fill the sentence.
    """

    items: tuple[Item, ...]
    seen: date
    resolver: str
    working_days: int
    events: tuple[RecordedEvent, ...]
    from_: date | None = None
    to: date | None = None
    planned: date | None = None
    values: Mapping[str, Json]


def truth(  # noqa: PLR0913 - what a truth is made of
    things: Iterable[Named],
    *,
    resolver: str,
    working_days: int,
    from_: date | None = None,
    to: date | None = None,
    planned: date | None = None,
    events: Iterable[RecordedEvent] = (),
    **values: Json,
) -> Truth:
    """A truth about some things; `events` are evidence beside theirs."""
    listed = list(things)
    evidence = {event.uid: event for thing in listed for event in thing.events} | {event.uid: event for event in events}
    return Truth(
        items=tuple(sorted((thing.item for thing in listed), key=lambda item: item.name)),
        seen=max(thing.seen for thing in listed),
        resolver=resolver,
        working_days=working_days,
        events=tuple(sorted(evidence.values(), key=lambda event: event.position)),
        from_=from_,
        to=to,
        planned=planned,
        values=values,
    )
