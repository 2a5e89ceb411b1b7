"""Whether the person lives on an own income."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Label, Start, Text, Whole
from schemas.vocabulary import DataClass, Domain


class SelfSupport(EventData):
    """Reached or lost from `from`, this many months after arrival in Sweden (E18)."""

    from_: Start = None
    kind: Annotated[CodeText, Code("self_support_kind")] | None = None
    months_since_arrival: Whole | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="self_support",
    title_sv="egenförsörjning",
    title_en="self-support",
    data_class=DataClass.PLAN,
    domain=Domain.ENR,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("reached", "Egenförsörjning nådd", "Self-support reached", model=SelfSupport),
    FAMILY.event("lost", "Egenförsörjning upphört", "Self-support lost", model=SelfSupport),
)
