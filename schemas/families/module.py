"""A module of the individual process (D07 to D13): entered and left."""

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import Key, Label, Module, Text, Whole
from schemas.vocabulary import DataClass, Domain


class Entered(EventData):
    """`normal_days` is the frame for this person, `deviation_reason` why it may take longer."""

    key: Key
    module: Module
    normal_days: Whole | None = None
    deviation_reason: Text | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


class Exited(EventData):
    """The person left the module."""

    key: Key
    module: Module | None = None
    result: Text | None = None
    deviation_reason: Text | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="module",
    title_sv="modul",
    title_en="a module",
    data_class=DataClass.PLAN,
    domain=Domain.PLAN,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("entered", "Modul påbörjad", "Module entered", model=Entered),
    FAMILY.event("exited", "Modul avslutad", "Module exited", model=Exited),
)
