"""A conversation with the person: the first one, a three-party one, any other."""

from typing import Annotated

from schemas.attendees import Attendees
from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Label, Module, Text
from schemas.vocabulary import DataClass, Domain


class Held(EventData):
    """The conversation took place at the event's `time`."""

    kind: Annotated[CodeText, Code("conversation_kind")] | None = None
    label: Label | None = None
    place: Label | None = None
    participants: Attendees | None = None
    interpreter_used: bool | None = None
    participant_voice: Text | None = None
    module: Module | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="conversation",
    title_sv="samtal",
    title_en="a conversation",
    data_class=DataClass.PLAN,
    domain=Domain.PLAN,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("held", "Samtal hållet", "Conversation held", model=Held),
)
