"""Absence from an activity. The reason never names an illness: that would be health data."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import Activity, CodeText, End, Hours, Key, Label, Start, Text
from schemas.vocabulary import DataClass, Domain


class Reported(EventData):
    """Hours missed from `from` to `to`."""

    activity_key: Key | None = None
    activity: Activity | None = None
    label: Label | None = None
    from_: Start = None
    to: End = None
    hours: Hours | None = None
    absence_reason: Annotated[CodeText, Code("absence_reason")] | None = None
    notified: bool | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="absence",
    title_sv="frånvaro",
    title_en="an absence",
    data_class=DataClass.ACTIVITY,
    domain=Domain.ACT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("reported", "Frånvaro rapporterad", "Absence reported", model=Reported),
)
