"""The shapes of answers, for the API description; a test holds the real answers against them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hub.run.opening import DEFAULT_LIMIT
from hub.run.reading import MAX_LIMIT

Text = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f]+$")]


class Shape(BaseModel):
    """An answer; it has these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class ProblemDetails(Shape):
    """RFC 9457, with a reason of the closed list (docs/reason-codes.md) or of the call itself."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    reason: str
    pointer: str | None = None
    expected: str | None = None
    found: str | None = None
    action: str | None = None


class ProblemShape(Shape):
    """One thing wrong with an event, or a notice; `pointer` is a JSON pointer into the event."""

    reason: str
    pointer: str | None
    expected: str
    found: str
    action: str


class ReceiptShape(Shape):
    """The answer to one delivery. `source` and `id` are null when they could not be read."""

    receipt_id: UUID
    source: str | None
    id: str | None
    status: Literal["accepted", "duplicate", "held", "rejected"]
    participant_id: UUID | None = None
    position: int | None = None
    recorded_at: datetime
    problems: list[ProblemShape]
    notices: list[ProblemShape]


class ReceiptsShape(Shape):
    """Receipts in the order of the events sent."""

    receipts: list[ReceiptShape]


class ReceiptPageShape(ReceiptsShape):
    """Receipts in the order in which they were written or changed; `since` continues after the last one."""

    since: int = Field(description="cursor of the last receipt listed; send it as `since` to go on from there")
    page: int
    limit: int


class ReceiptQuery(BaseModel):
    """Which receipts; `since` is a cursor, 0 means from the beginning."""

    source: Text | None = None
    id: Text | None = None
    status: Literal["accepted", "held", "rejected"] | None = None
    since: int = Field(default=0, ge=0, le=2**62)
    page: int = Field(default=1, ge=1, le=100_000)
    limit: int = Field(default=20, ge=1, le=1000)


class TimelineQuery(BaseModel):
    """Which entries, as of which day of the world, and what was known when (an instant with offset, or a day)."""

    as_of: date | None = None
    known_at: str | None = Field(default=None, max_length=40)
    kind: list[Text] = Field(default=[], max_length=50, description="kinds of spells, event names or families")
    page: int = Field(default=1, ge=1, le=100_000)
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)


class FoundShape(Shape):
    """A participant."""

    participant_id: UUID


class SearchAnswerShape(Shape):
    """None: unknown or not permitted, which look the same."""

    participants: list[FoundShape]


class SearchShape(BaseModel):
    """Whom to look for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    identifier: str = Field(max_length=64)
    identifier_type: Literal["personal_number", "coordination_number", "interim_number", "lma_number"] = (
        "personal_number"
    )
    purpose: str | None = Field(default=None, max_length=64, description="why; or in the header Purpose")


class EventReferenceShape(Shape):
    """An event that an entry rests on."""

    source: str
    id: str
    type: str
    position: int
    time: datetime


class StruckShape(Shape):
    """A version that counts no longer, and why."""

    source: str
    id: str
    type: str
    position: int
    reason: str
    data: dict[str, Any] | None  # as the contract of its type says


class EntryShape(Shape):
    """One line of a timeline: an episode of a spell, or a point event."""

    entry_id: UUID
    thing: UUID
    key: str | None
    kind: str
    title: str
    agency: str
    source: str | None
    unit: str | None
    state: str
    time: datetime | None
    recorded_at: datetime | None
    from_: date | None = Field(alias="from")
    to: date | None
    planned_to: date | None
    at: date | None
    episode: int | None
    pauses: list[tuple[date | None, date | None]]
    flags: list[str]
    domains: list[str]
    legal_basis: str | None
    purpose: str | None
    group: str | None
    data: dict[str, Any]  # as the contract of its type says
    events: list[EventReferenceShape]
    struck: list[StruckShape]


class SourceShape(Shape):
    """How complete a source is."""

    agency: str
    source: str
    state: Literal["never_sent", "silent", "gap", "complete"]
    complete_to: datetime | None
    missing_sequences: list[int]
    held: int
    rejected: int


class HiddenShape(Shape):
    """Domains in which something is not shown to this reader."""

    domains: list[str]


class TimelineShape(Shape):
    """A page of a timeline, newest first."""

    participant_id: UUID
    as_of: date
    known_at: datetime | None
    timeline_entries: list[EntryShape]
    sources: list[SourceShape]
    hidden: HiddenShape
    page: int
    limit: int
    total: int


class ApiInfoShape(Shape):
    """What this API is (Digg's REST profile)."""

    api_name: str
    api_version: str
    api_released: date
    api_documentation: str
    api_status: str


class HealthShape(Shape):
    """Whether the process lives, or can do its work."""

    status: Literal["live", "ready", "not_ready"]
