"""The participant's activity report to the Public Employment Service: submitted and reviewed."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Day, End, Label, Start, Text, Whole
from schemas.vocabulary import DataClass, Domain


class Submitted(EventData):
    """The report for the period from `from` to `to`."""

    from_: Start = None
    to: End = None
    submitted_on: Day | None = None
    jobs_applied: Whole | None = None
    unit: Label | None = None
    note: Text | None = None


class Reviewed(EventData):
    """The agency has read the report."""

    from_: Start = None
    to: End = None
    reviewed_on: Day | None = None
    result: Annotated[CodeText, Code("review_result")] | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="activity_report",
    title_sv="aktivitetsrapport",
    title_en="an activity report",
    data_class=DataClass.ACTIVITY,
    domain=Domain.ACT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("submitted", "Aktivitetsrapport inlämnad", "Activity report submitted", model=Submitted),
    FAMILY.event("reviewed", "Aktivitetsrapport granskad", "Activity report reviewed", model=Reviewed),
)
