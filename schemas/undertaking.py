"""What a person does or shall do: the fields that a plan's lines and activities share (NOTATION.md)."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import EventData
from schemas.fields import (
    Activity,
    AgencyCode,
    Duty,
    End,
    Funding,
    Hours,
    Key,
    Label,
    LineName,
    MappingDomain,
    MappingLevel,
    Module,
    Obligation,
    Occupation,
    OrgNumber,
    Percent,
    Start,
    Text,
    Week,
)

MappingDomains = Annotated[tuple[MappingDomain, ...], Field(max_length=20)]


class Undertaking(EventData):
    """Who shall do what, when, how much, and on what ground. `key` is the sender's name for it."""

    key: Key
    activity: Activity | None = None
    label: Label | None = None
    course: Label | None = None
    occupation: Occupation | None = None
    obligation: Obligation | None = None
    from_: Start = None
    to: End = None
    deadline: End = None
    week: Week | None = None
    hours: Hours | None = None
    scope: Percent | None = None
    after: LineName | None = None
    part_of: LineName | None = None
    parallel: bool | None = None
    movable: bool | None = None
    duty: Duty | None = None
    excludes: Duty | None = None
    legal_basis: Label | None = None
    responsible: AgencyCode | None = None
    provider: Label | None = None
    provider_number: OrgNumber | None = None
    place: Label | None = None
    module: Module | None = None
    funding: Funding | None = None
    domains: MappingDomains | None = None
    level: MappingLevel | None = None
    reuse_of: LineName | None = None
    conditions: Text | None = None
