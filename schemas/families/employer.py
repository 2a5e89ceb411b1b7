"""An employer was contacted for a person (C11, E13)."""

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import Label, Occupation, OrgNumber, Text
from schemas.vocabulary import DataClass, Domain


class Contacted(EventData):
    """Which employer; a sole trader is sent without number: it is a personal number."""

    employer: Label
    employer_number: OrgNumber | None = None
    occupation: Occupation | None = None
    label: Label | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="employer",
    title_sv="arbetsgivarkontakt",
    title_en="a contact with an employer",
    data_class=DataClass.ACTIVITY,
    domain=Domain.EMP,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("contacted", "Arbetsgivare kontaktad", "Employer contacted", model=Contacted),
)
