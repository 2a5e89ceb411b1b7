"""The intensive year (intensivår, A01 to A12) of one person."""

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import Key, Label, Occupation, Text
from schemas.vocabulary import DataClass, Domain


class IntensiveYear(EventData):
    """`occupation` is the one that the year leads to."""

    key: Key
    occupation: Occupation | None = None
    label: Label | None = None
    reason: Text | None = None
    result: Text | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="intensive_year",
    title_sv="intensivår",
    title_en="an intensive year",
    data_class=DataClass.ACTIVITY,
    domain=Domain.ACT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("started", "Intensivår påbörjat", "Intensive year started", model=IntensiveYear),
    FAMILY.event("completed", "Intensivår klart", "Intensive year completed", model=IntensiveYear),
    FAMILY.event("aborted", "Intensivår avbrutet", "Intensive year aborted", model=IntensiveYear),
)
