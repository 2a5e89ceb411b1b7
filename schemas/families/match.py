"""A person proposed to an employer: proposed, accepted, rejected, withdrawn (C12)."""

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import Key, Label, Occupation, OrgNumber, Text
from schemas.vocabulary import DataClass, Domain


class Match(EventData):
    """`key` is the sender's name for the proposal, in every event about it."""

    key: Key
    employer: Label | None = None
    employer_number: OrgNumber | None = None
    occupation: Occupation | None = None
    label: Label | None = None
    reason: Text | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="match",
    title_sv="matchning",
    title_en="a match",
    data_class=DataClass.ACTIVITY,
    domain=Domain.EMP,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("proposed", "Matchning föreslagen", "Match proposed", model=Match),
    FAMILY.event("accepted", "Matchning godtagen", "Match accepted", model=Match),
    FAMILY.event("rejected", "Matchning avböjd", "Match rejected", model=Match),
    FAMILY.event("withdrawn", "Matchning återtagen", "Match withdrawn", model=Match),
)
