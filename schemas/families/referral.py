"""A referral from one agency to another: sent, received, asked about, answered, accepted or not."""

from typing import Annotated

from pydantic import Field

from schemas.corrections import Target
from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import AgencyCode, CodeText, Day, Key, Label, Text
from schemas.vocabulary import DataClass, Domain


class Referral(EventData):
    """`key` is one name for the referral on both sides, so that an answer finds its question."""

    key: Key | None = None
    from_agency: AgencyCode | None = None
    to: AgencyCode | None = None
    receiving_unit: Label | None = None
    due: Day | None = None
    direction: Text | None = None
    purpose: Text | None = None
    label: Label | None = None
    attached: Annotated[tuple[Target, ...], Field(max_length=100)] | None = None
    legal_basis: Label | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


class Refused(Referral):
    """Not taken over, and why."""

    decline_reason: Annotated[CodeText, Code("decline_reason")] | None = None


class Asked(Referral):
    """The receiver asks before deciding; the clock stands still."""

    question: Text | None = None


class Answered(Referral):
    """The sender answers the receiver's question."""

    answer: Text | None = None


FAMILY = Family(
    name="referral",
    title_sv="remiss",
    title_en="a referral",
    data_class=DataClass.PLAN,
    domain=Domain.ENR,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("sent", "Remiss skickad", "Referral sent", model=Referral),
    FAMILY.event("received", "Remiss framme", "Referral received", model=Referral),
    FAMILY.event("accepted", "Remiss mottagen", "Referral accepted", model=Referral),
    FAMILY.event("declined", "Remiss avböjd", "Referral declined", model=Refused),
    FAMILY.event("returned", "Remiss returnerad", "Referral returned", model=Refused),
    FAMILY.event("information_requested", "Remiss: fråga ställd", "Referral: question asked", model=Asked),
    FAMILY.event("answered", "Remiss: fråga besvarad", "Referral: question answered", model=Answered),
    FAMILY.event("expired", "Remiss obesvarad i tid", "Referral expired", model=Referral),
)
