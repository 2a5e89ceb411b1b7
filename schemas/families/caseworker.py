"""Who works with the person: roles assigned to named officials and released."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, End, Label, Start, Text
from schemas.vocabulary import DataClass, Domain

Role = Annotated[CodeText, Code("caseworker_role")]


class Assigned(EventData):
    """An official has this role towards the person. `process_owner` is held by one agency at a time."""

    role: Role
    name: Label | None = None
    phone: Label | None = None
    email: Label | None = None
    from_: Start = None
    to: End = None
    unit: Label | None = None
    note: Text | None = None


class Released(EventData):
    """The official no longer has the role; `to` is the last day."""

    role: Role
    name: Label | None = None
    to: End = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="caseworker",
    title_sv="handläggare",
    title_en="a caseworker",
    data_class=DataClass.CONTACT,
    domain=Domain.ENR,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("assigned", "Handläggare utsedd", "Caseworker assigned", model=Assigned),
    FAMILY.event("released", "Handläggare avslutad", "Caseworker released", model=Released),
)
