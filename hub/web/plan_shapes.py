"""The shapes of joint plans, findings and previews, for the API description; a test holds the real answers against them."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hub.web.shapes import HiddenShape, Shape, SourceShape, Text
from schemas.families.joint_plan import Change
from schemas.families.plan import Line

_MANY = 300


class PlanQuery(BaseModel):
    """As of which day of the world, and what was known when (an instant with offset, or a day)."""

    as_of: date | None = None
    known_at: str | None = Field(default=None, max_length=40)


class ItemShape(Shape):
    """A thing that an agency sent, by its own key."""

    kind: str
    source: str
    key: str


class LineSourceShape(ItemShape):
    """A line of an agency's plan, or an activity; `plan` is the key of the plan."""

    agency: str
    plan: str | None


class SaidShape(Shape):
    """An event that said a value."""

    source: str
    id: str
    time: datetime


class ValueShape(Shape):
    """A value, the source line that it comes from, and the event that said it; null: it is only tried."""

    value: Any  # as the contract of its field says
    source: str
    key: str
    event: SaidShape | None


class LineShape(Shape):
    """One line of the joint plan. What comes from a source that the reader may not see is null."""

    line_id: UUID
    sources: list[LineSourceShape]
    activity: str
    responsible: str | None
    takes_part: list[str]
    obligation: Literal["must", "should", "voluntary"]
    parallel: bool
    state: str | None
    perspective: Literal["past", "present", "future"] | None
    from_: date | None = Field(alias="from")
    to: date | None
    week: list[str] | None
    hours: float | None
    data: dict[str, Any]  # as the contract of a line says
    values: dict[str, ValueShape]
    differs: dict[str, list[ValueShape]]


class FindingShape(Shape):
    """What clashes or is missing: in words, with what it rests on, who must act and by when."""

    finding_id: UUID
    rule: str
    participant_id: UUID
    participant_references: list[str]
    severity: Literal["high", "medium", "low"]
    title: str
    title_en: str
    text: str
    text_en: str
    items: list[ItemShape]
    evidence: list[str] = Field(description="ids of the events that it rests on")
    resolver: str
    opened: date
    due: date
    true_to: date | None
    status: Literal["open"]


class AnswerShape(Shape):
    """What a party said of a line of a version."""

    party: str | None
    line: str | None
    answer: str | None
    words: str | None


class VersionShape(Shape):
    """The version that is proposed or adopted."""

    number: int
    state: Literal["proposed", "adopted", "superseded", "closed"]
    proposed: date
    proposed_by: str
    adopted: date | None
    answers: list[AnswerShape]


class GoalShape(Shape):
    """A goal that one or more plans have."""

    sources: list[ItemShape]
    horizon: str
    label: str | None
    occupation: str | None
    agencies: list[str]


class MeetingShape(ItemShape):
    """A booked meeting: it takes a place in the week and is no line."""

    agency: str
    label: str | None
    from_: date = Field(alias="from")
    to: date | None
    week: list[str] | None


class SourcePlanShape(ItemShape):
    """An agency's own plan."""

    agency: str
    plan_type: str | None
    from_: date = Field(alias="from")
    lines: int


class PlanShape(Shape):
    """The joint plan of a day."""

    participant_id: UUID
    as_of: date
    known_at: datetime | None
    composition: str = Field(description="hash of the events that the lines rest on")
    version: VersionShape | None
    lines: list[LineShape]
    past_lines: list[LineShape]
    goals: list[GoalShape]
    meetings: list[MeetingShape]
    plans: list[SourcePlanShape]
    findings: list[FindingShape]
    hidden: HiddenShape
    sources: list[SourceShape]


class FindingsShape(Shape):
    """The findings that are open on a day."""

    participant_id: UUID
    as_of: date
    known_at: datetime | None
    findings: list[FindingShape]
    hidden: HiddenShape
    sources: list[SourceShape]


class MoveShape(Shape):
    """New weekly times of one line, with a sentence."""

    line: ItemShape
    responsible: str
    before: list[str]
    after: list[str]
    text: str
    text_en: str


class CountsShape(Shape):
    """As it is, and as it would be."""

    before: float
    after: float


class SmallestShape(Shape):
    """The smallest change that removes clashes and fills the week; `is_smallest`: every other was seen."""

    moves: list[MoveShape]
    clashes: CountsShape
    missing_hours: CountsShape
    minutes_moved: int
    is_smallest: bool


class SuggestionShape(Shape):
    """A proposal, never applied by itself; null: nothing better is to be had by moving times."""

    participant_id: UUID
    as_of: date
    suggestion: SmallestShape | None


class PreviewShape(BaseModel):
    """What to try: fields by the name of a line, lines to add, names of lines to leave out."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    as_of: date | None = None
    changed: list[Change] = Field(default=[], max_length=_MANY)
    added: list[Line] = Field(default=[], max_length=_MANY)
    removed: list[Text] = Field(default=[], max_length=_MANY)
