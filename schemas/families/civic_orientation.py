"""Civic orientation (samhällsorientering) in the person's own language."""

from schemas.family import Family
from schemas.fields import Label, Whole
from schemas.studies import Studies, StudiesEnded
from schemas.vocabulary import Action, DataClass, Domain, SpellKind, State


class Started(Studies):
    """The course began."""

    course: Label | None = None
    total_hours: Whole | None = None


class Completed(StudiesEnded):
    """The course is done, with the hours attended."""

    course: Label | None = None
    total_hours: Whole | None = None


FAMILY = Family(
    name="civic_orientation",
    title_sv="samhällsorientering",
    title_en="civic orientation",
    data_class=DataClass.EDUCATION,
    domain=Domain.EDU,
    spell=SpellKind.EDUCATION,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "started",
        "Samhällsorientering påbörjad",
        "Civic orientation started",
        model=Started,
        action=Action.OPEN,
        state=State.ACTIVE,
    ),
    FAMILY.event(
        "completed",
        "Samhällsorientering avklarad",
        "Civic orientation completed",
        model=Completed,
        action=Action.CLOSE,
        state=State.COMPLETED,
    ),
)
