"""What the person can: declared, assessed or validated."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, Label, Occupation, Text, Whole
from schemas.vocabulary import DataClass, Domain


class Recorded(EventData):
    """A competence, formal or informal. `concept` is a code of `system`, `label` its words."""

    label: Label
    system: Annotated[CodeText, Code("competence_system")] | None = None
    concept: Label | None = None
    occupation: Occupation | None = None
    kind: Annotated[CodeText, Code("competence_kind")] | None = None
    evidence: Annotated[CodeText, Code("competence_evidence")] | None = None
    months: Whole | None = None
    unit: Label | None = None
    note: Text | None = None


class Validated(Recorded):
    """The competence was tried against the demands of a trade or an education."""

    result: Annotated[CodeText, Code("validation_result")] | None = None
    provider: Label | None = None


FAMILY = Family(
    name="competence",
    title_sv="kompetens",
    title_en="a competence",
    data_class=DataClass.PLAN,
    domain=Domain.PLAN,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("recorded", "Kompetens registrerad", "Competence recorded", model=Recorded),
    FAMILY.event("validated", "Kompetens validerad", "Competence validated", model=Validated),
)
