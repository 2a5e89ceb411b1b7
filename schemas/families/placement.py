"""A place at an employer: practice, work training or employment, from agreement to end."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import (
    CodeText,
    End,
    Funding,
    Hours,
    Key,
    Label,
    LineName,
    Municipality,
    Occupation,
    OrgNumber,
    Percent,
    Start,
    Text,
    Week,
)
from schemas.vocabulary import Action, DataClass, Domain, SpellKind, State

PlacementKind = Annotated[CodeText, Code("placement_kind")]


class Placement(EventData):
    """A place as one agency knows it. A sole trader is sent without number: it is a personal number."""

    key: Key
    kind: PlacementKind | None = None
    employer: Label | None = None
    employer_number: OrgNumber | None = None
    occupation: Occupation | None = None
    label: Label | None = None
    from_: Start = None
    to: End = None
    week: Week | None = None
    hours: Hours | None = None
    scope: Percent | None = None
    place: Label | None = None
    municipality: Municipality | None = None
    supervisor: Label | None = None
    funding: Funding | None = None
    line: LineName | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    legal_basis: Label | None = None
    note: Text | None = None


class Agreed(Placement):
    """Employer, agency and person agree on a place that has not begun."""

    kind: PlacementKind


class Ended(EventData):
    """`to` is the last day."""

    key: Key
    to: End = None
    end_reason: Annotated[CodeText, Code("placement_end_reason")] | None = None
    result: Text | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="placement",
    title_sv="plats",
    title_en="a placement",
    data_class=DataClass.ACTIVITY,
    domain=Domain.ACT,
    spell=SpellKind.PLACEMENT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "agreed",
        "Plats överenskommen",
        "Placement agreed",
        model=Agreed,
        action=Action.OPEN,
        state=State.PLANNED,
    ),
    FAMILY.event(
        "started",
        "Plats påbörjad",
        "Placement started",
        model=Placement,
        action=Action.OPEN,
        state=State.ACTIVE,
    ),
    FAMILY.event("extended", "Plats förlängd", "Placement extended", model=Placement, action=Action.CHANGE),
    FAMILY.event(
        "ended",
        "Plats avslutad",
        "Placement ended",
        model=Ended,
        action=Action.CLOSE,
        state=State.CLOSED,
    ),
)
