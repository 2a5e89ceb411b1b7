"""The municipality that received the person."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Day, Label, Municipality, Text
from schemas.vocabulary import DataClass, Domain


class MunicipalityReceived(EventData):
    """A municipality received the person, in assigned or own housing."""

    municipality: Municipality
    received_on: Day | None = None
    settlement_kind: Annotated[CodeText, Code("settlement_kind")] | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="settlement",
    title_sv="bosättning",
    title_en="a settlement",
    data_class=DataClass.MIGRATION,
    domain=Domain.MIG,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "municipality_received",
        "Mottagen i kommun",
        "Received by a municipality",
        model=MunicipalityReceived,
    ),
)
