"""The joint assessment (gemensam bedömning, D10, D11): called, held, decided."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import AgencyCode, CodeText, Day, Key, Label, Text
from schemas.vocabulary import DataClass, Domain


class Assessment(EventData):
    """`assessors` are the organisations that assess together with the person."""

    key: Key | None = None
    assessors: Annotated[tuple[AgencyCode, ...], Field(max_length=20)] | None = None
    employer: Label | None = None
    participant_voice: Text | None = None
    label: Label | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


class Decided(Assessment):
    """What they came to, and by when the next step shall be taken."""

    outcome: Annotated[CodeText, Code("assessment_outcome")]
    next_step_due: Day | None = None
    rationale: Text | None = None


FAMILY = Family(
    name="joint_assessment",
    title_sv="gemensam bedömning",
    title_en="a joint assessment",
    data_class=DataClass.PLAN,
    domain=Domain.PLAN,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("called", "Gemensam bedömning: kallelse", "Joint assessment called", model=Assessment),
    FAMILY.event("held", "Gemensam bedömning genomförd", "Joint assessment held", model=Assessment),
    FAMILY.event("decided", "Gemensam bedömning: beslut", "Joint assessment decided", model=Decided),
)
