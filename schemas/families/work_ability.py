"""An assessed work ability: health data, visible to its own agency only."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, End, Label, Percent, Start, Text
from schemas.vocabulary import DataClass, Domain


class Assessed(EventData):
    """How much the person is judged to be able to work, and what it takes."""

    scope: Percent | None = None
    from_: Start = None
    to: End = None
    adaptations: Annotated[tuple[Annotated[CodeText, Code("adaptation")], ...], Field(max_length=20)] | None = None
    method: Label | None = None
    assessed_by: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="work_ability",
    title_sv="bedömd arbetsförmåga",
    title_en="an assessed work ability",
    data_class=DataClass.HEALTH,
    domain=Domain.HLT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("assessed", "Arbetsförmåga bedömd", "Work ability assessed", model=Assessed),
)
