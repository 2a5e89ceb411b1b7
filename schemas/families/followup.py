"""A follow-up with the person and those involved."""

from typing import Annotated

from schemas.attendees import Attendees
from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Day, Key, Label, Text
from schemas.vocabulary import DataClass, Domain


class Held(EventData):
    """The follow-up took place at the event's `time`."""

    kind: Annotated[CodeText, Code("followup_kind")] | None = None
    label: Label | None = None
    activity_key: Key | None = None
    plan: Key | None = None
    place: Label | None = None
    participants: Attendees | None = None
    interpreter_used: bool | None = None
    participant_voice: Text | None = None
    result: Text | None = None
    next_followup: Day | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="followup",
    title_sv="uppföljning",
    title_en="a follow-up",
    data_class=DataClass.PLAN,
    domain=Domain.PLAN,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("held", "Uppföljning hållen", "Follow-up held", model=Held),
)
