"""The target groups that the person is judged to belong to. They tell of disability, so they are health data."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Label, Text
from schemas.vocabulary import DataClass, Domain


class Assigned(EventData):
    """All groups as of now; a later statement of the agency replaces them."""

    target_groups: Annotated[
        tuple[Annotated[CodeText, Code("target_group")], ...],
        Field(min_length=1, max_length=20),
    ]
    unit: Label | None = None
    legal_basis: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="target_group",
    title_sv="målgrupp",
    title_en="a target group",
    data_class=DataClass.HEALTH,
    domain=Domain.HLT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("assigned", "Målgrupp bedömd", "Target group assigned", model=Assigned),
)
