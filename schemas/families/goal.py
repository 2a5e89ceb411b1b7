"""A goal of the person, apart from any plan: set, changed, reached."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Day, Key, Label, Occupation, Text
from schemas.vocabulary import DataClass, Domain


class Goal(EventData):
    """`key` is the sender's name for the goal; `plan` the key of the plan it belongs to, if any."""

    key: Key
    horizon: Annotated[CodeText, Code("horizon")] | None = None
    occupation: Occupation | None = None
    label: Label | None = None
    plan: Key | None = None
    deadline: Day | None = None
    participant_voice: Text | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="goal",
    title_sv="mål",
    title_en="a goal",
    data_class=DataClass.PLAN,
    domain=Domain.PLAN,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("set", "Mål satt", "Goal set", model=Goal),
    FAMILY.event("changed", "Mål ändrat", "Goal changed", model=Goal),
    FAMILY.event("reached", "Mål nått", "Goal reached", model=Goal),
)
