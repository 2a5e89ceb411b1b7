"""What became of it: the person's occupation some days after the end."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Label, Occupation, Text, Whole
from schemas.vocabulary import DataClass, Domain


class Registered(EventData):
    """`days` after the end: 0, 90 or 180."""

    outcome: Annotated[CodeText, Code("outcome")]
    days: Whole | None = None
    occupation: Occupation | None = None
    label: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="outcome",
    title_sv="resultat",
    title_en="an outcome",
    data_class=DataClass.PLAN,
    domain=Domain.ENR,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("registered", "Resultat registrerat", "Outcome registered", model=Registered),
)
