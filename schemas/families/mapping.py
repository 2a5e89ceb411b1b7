"""A mapping (kartläggning) of the person's background, abilities and goals.

The family's data class is the strictest of what it may carry: a mapping of health is health data.
"""

from typing import Annotated

from pydantic import Field

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import AgencyCode, Label, LineName, MappingLevel, Number, Text
from schemas.undertaking import MappingDomains
from schemas.vocabulary import DataClass, Domain


class TrackRelevance(EventData):
    """How well a local track suits the person (B13)."""

    track: Label
    score: Number | None = None


class Mapping(EventData):
    """`line` is the plan line that the mapping carries out, `reuse_of` an earlier mapping that it builds on."""

    level: MappingLevel | None = None
    domains: MappingDomains | None = None
    line: LineName | None = None
    reuse_of: LineName | None = None
    label: Label | None = None
    place: Label | None = None
    method: Label | None = None
    participant_voice: Text | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    legal_basis: Label | None = None
    note: Text | None = None


class Completed(Mapping):
    """The mapping is done, with what it found."""

    result: Text | None = None
    track_relevance: Annotated[tuple[TrackRelevance, ...], Field(max_length=50)] | None = None


class Shared(Mapping):
    """The mapping was given to others, so that nobody has to do it again."""

    recipients: Annotated[tuple[AgencyCode, ...], Field(max_length=20)] | None = None


FAMILY = Family(
    name="mapping",
    title_sv="kartläggning",
    title_en="a mapping",
    data_class=DataClass.HEALTH,
    domain=Domain.PLAN,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("started", "Kartläggning påbörjad", "Mapping started", model=Mapping),
    FAMILY.event("completed", "Kartläggning klar", "Mapping completed", model=Completed),
    FAMILY.event("shared", "Kartläggning delad", "Mapping shared", model=Shared),
)
