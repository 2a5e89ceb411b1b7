"""Attendance in an activity, reported for a day or a period."""

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import Activity, End, Hours, Key, Label, Start, Text
from schemas.vocabulary import DataClass, Domain


class Reported(EventData):
    """Hours attended and hours planned from `from` to `to`."""

    activity_key: Key | None = None
    activity: Activity | None = None
    label: Label | None = None
    from_: Start = None
    to: End = None
    hours: Hours | None = None
    planned_hours: Hours | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="attendance",
    title_sv="närvaro",
    title_en="an attendance",
    data_class=DataClass.ACTIVITY,
    domain=Domain.ACT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("reported", "Närvaro rapporterad", "Attendance reported", model=Reported),
)
