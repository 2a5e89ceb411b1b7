"""The residence permit: granted, extended, changed. It ends by its own date, with or without an event."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, End, Key, Label, Start, Text
from schemas.vocabulary import Action, DataClass, Domain, SpellKind, State


class Permit(EventData):
    """`to` is the legal end; without it the permit is permanent."""

    key: Key
    ground: Annotated[CodeText, Code("permit_ground")] | None = None
    from_: Start = None
    to: End = None
    work_right: bool | None = None
    unit: Label | None = None
    note: Text | None = None


class Expired(EventData):
    """The permit came to its end, or was withdrawn on that day."""

    key: Key
    to: End = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="permit",
    title_sv="uppehållstillstånd",
    title_en="a residence permit",
    data_class=DataClass.MIGRATION,
    domain=Domain.MIG,
    spell=SpellKind.PERMIT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "granted",
        "Uppehållstillstånd beviljat",
        "Residence permit granted",
        model=Permit,
        action=Action.OPEN,
        state=State.ACTIVE,
    ),
    FAMILY.event(
        "extended",
        "Uppehållstillstånd förlängt",
        "Residence permit extended",
        model=Permit,
        action=Action.CHANGE,
    ),
    FAMILY.event(
        "changed",
        "Uppehållstillstånd ändrat",
        "Residence permit changed",
        model=Permit,
        action=Action.CHANGE,
    ),
    FAMILY.event(
        "expired",
        "Uppehållstillstånd upphört",
        "Residence permit expired",
        model=Expired,
        action=Action.CLOSE,
        state=State.CLOSED,
    ),
)
