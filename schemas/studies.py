"""The fields that one course has, whichever form of education it belongs to."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.fields import (
    CodeText,
    End,
    Hours,
    Key,
    Label,
    Language,
    Municipality,
    OrgNumber,
    Percent,
    Start,
    Text,
    Week,
)

Grade = Annotated[CodeText, Code("grade")]


class Studies(EventData):
    """One course of one person at one provider. `to` is the planned end until it is closed."""

    key: Key
    label: Label | None = None
    from_: Start = None
    to: End = None
    week: Week | None = None
    hours: Hours | None = None
    scope: Percent | None = None
    language: Language | None = None
    municipality: Municipality | None = None
    provider: Label | None = None
    provider_number: OrgNumber | None = None
    place: Label | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    legal_basis: Label | None = None
    note: Text | None = None


class StudiesEnded(EventData):
    """The end of a course; `to` is the last day."""

    key: Key
    to: End = None
    unit: Label | None = None
    note: Text | None = None
