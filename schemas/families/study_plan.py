"""The school's individual study plan: courses in order."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, End, Label, Start, Text, Whole
from schemas.vocabulary import DataClass, Domain


class PlannedCourse(EventData):
    """A course that the person is to take."""

    course: Label
    course_system: Annotated[CodeText, Code("course_system")] | None = None
    label: Label | None = None
    points: Whole | None = None
    from_: Start = None
    to: End = None


class Updated(EventData):
    """The study plan as it is from now on."""

    label: Label | None = None
    study_path: Annotated[CodeText, Code("sfi_path")] | None = None
    courses: Annotated[tuple[PlannedCourse, ...], Field(max_length=100)] | None = None
    from_: Start = None
    to: End = None
    participant_voice: Text | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="study_plan",
    title_sv="studieplan",
    title_en="a study plan",
    data_class=DataClass.EDUCATION,
    domain=Domain.EDU,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("updated", "Studieplan uppdaterad", "Study plan updated", model=Updated),
)
