"""Swedish for immigrants: one course from application to end. A next course is a spell of its own."""

from typing import Annotated

from schemas.event_type import Code
from schemas.family import Family
from schemas.fields import CodeText, Label
from schemas.studies import Grade, Studies, StudiesEnded
from schemas.vocabulary import Action, DataClass, Domain, SpellKind, State

SfiCourse = Annotated[CodeText, Code("sfi_course")]
SfiPath = Annotated[CodeText, Code("sfi_path")]


class Sfi(Studies):
    """A course A to D on study path 1 to 3."""

    course: SfiCourse | None = None
    study_path: SfiPath | None = None


class Completed(StudiesEnded):
    """The course is done, with its grade."""

    course: SfiCourse | None = None
    grade: Grade | None = None


class Interrupted(StudiesEnded):
    """The person left the course."""

    course: SfiCourse | None = None
    interrupt_reason: Label | None = None


FAMILY = Family(
    name="sfi",
    title_sv="sfi",
    title_en="sfi",
    data_class=DataClass.EDUCATION,
    domain=Domain.EDU,
    spell=SpellKind.EDUCATION,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "application_received",
        "Sfi: ansökan mottagen",
        "Sfi application received",
        model=Sfi,
        action=Action.OPEN,
        state=State.PROPOSED,
    ),
    FAMILY.event("admitted", "Sfi: antagen", "Sfi admitted", model=Sfi, action=Action.OPEN, state=State.PLANNED),
    FAMILY.event(
        "course_started",
        "Sfi: kurs påbörjad",
        "Sfi course started",
        model=Sfi,
        action=Action.OPEN,
        state=State.ACTIVE,
    ),
    FAMILY.event("path_changed", "Sfi: studieväg ändrad", "Sfi path changed", model=Sfi, action=Action.CHANGE),
    FAMILY.event(
        "course_completed",
        "Sfi: kurs avklarad",
        "Sfi course completed",
        model=Completed,
        action=Action.CLOSE,
        state=State.COMPLETED,
    ),
    FAMILY.event(
        "interrupted",
        "Sfi: studier avbrutna",
        "Sfi interrupted",
        model=Interrupted,
        action=Action.CLOSE,
        state=State.INTERRUPTED,
    ),
)
