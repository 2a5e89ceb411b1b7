"""The organisations of the region: registered, renamed, merged, closed. The subject is the organisation."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Day, End, Label, Municipality, OrgNumber, Start, Text
from schemas.vocabulary import About, DataClass, Domain

Units = Annotated[tuple[Label, ...], Field(max_length=500)]


class Registered(EventData):
    """An organisation exists from `from`."""

    name: Label
    kind: Annotated[CodeText, Code("organisation_kind")] | None = None
    municipality: Municipality | None = None
    units: Units | None = None
    from_: Start = None
    to: End = None
    note: Text | None = None


class Renamed(EventData):
    """The organisation has another name, or its units have, from `from`."""

    name: Label
    units: Units | None = None
    from_: Start = None
    note: Text | None = None


class Merged(EventData):
    """The organisation went into another one."""

    successor_number: OrgNumber
    name: Label | None = None
    from_: Start = None
    note: Text | None = None


class Closed(EventData):
    """The organisation ended; `closed_on` is its last day."""

    closed_on: Day | None = None
    successor_number: OrgNumber | None = None
    note: Text | None = None


FAMILY = Family(
    name="organisation",
    title_sv="organisation",
    title_en="an organisation",
    data_class=DataClass.IDENTITY,
    domain=Domain.ID,
    about=About.ORGANISATION,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("registered", "Organisation registrerad", "Organisation registered", model=Registered),
    FAMILY.event("renamed", "Organisation har bytt namn", "Organisation renamed", model=Renamed),
    FAMILY.event("merged", "Organisation sammanslagen", "Organisation merged", model=Merged),
    FAMILY.event("closed", "Organisation avslutad", "Organisation closed", model=Closed),
)
