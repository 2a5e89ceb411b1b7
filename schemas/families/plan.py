"""One agency's plan for the person: goals and lines, made, revised, approved and closed."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Day, End, Key, Label, Occupation, Start, Text
from schemas.undertaking import Undertaking
from schemas.vocabulary import Action, DataClass, Domain, SpellKind, State

PlanType = Annotated[CodeText, Code("plan_type")]


class Line(Undertaking):
    """One line of a plan. A key that is kept through revisions is the same line."""

    state: Annotated[CodeText, Code("line_state")] | None = None
    note: Text | None = None


class Goal(EventData):
    """Where the plan leads, in the short or the long run."""

    key: Key
    horizon: Annotated[CodeText, Code("horizon")]
    occupation: Occupation | None = None
    label: Label | None = None


class Revised(EventData):
    """The plan as it is from now on: lists of goals and lines are replaced whole."""

    key: Key
    plan_type: PlanType | None = None
    from_: Start = None
    to: End = None
    goals: Annotated[tuple[Goal, ...], Field(max_length=100)] | None = None
    lines: Annotated[tuple[Line, ...], Field(max_length=300)] | None = None
    followup_dates: Annotated[tuple[Day, ...], Field(max_length=100)] | None = None
    participant_voice: Text | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    label: Label | None = None
    legal_basis: Label | None = None
    note: Text | None = None


class Created(Revised):
    """The agency made a plan with the person."""

    plan_type: PlanType


class Approved(EventData):
    """The plan was approved, by whom and when."""

    key: Key
    approved_on: Day | None = None
    approved_by: Label | None = None
    participant_voice: Text | None = None
    unit: Label | None = None
    note: Text | None = None


class Closed(EventData):
    """The plan no longer holds; it has no lines any more. `to` is its last day."""

    key: Key
    to: End = None
    close_reason: Annotated[CodeText, Code("plan_close_reason")] | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="plan",
    title_sv="plan",
    title_en="a plan",
    data_class=DataClass.PLAN,
    domain=Domain.PLAN,
    spell=SpellKind.PLAN,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "created",
        "Plan upprättad",
        "Plan created",
        model=Created,
        action=Action.OPEN,
        state=State.ACTIVE,
    ),
    FAMILY.event("revised", "Plan reviderad", "Plan revised", model=Revised, action=Action.CHANGE),
    FAMILY.event("approved", "Plan godkänd", "Plan approved", model=Approved, action=Action.CHANGE),
    FAMILY.event(
        "closed",
        "Plan avslutad",
        "Plan closed",
        model=Closed,
        action=Action.CLOSE,
        state=State.CLOSED,
    ),
)
