"""Municipal adult education: one course from application to grade. A next course is a spell of its own."""

from typing import Annotated

from schemas.event_type import Code
from schemas.family import Family
from schemas.fields import CodeText, Label, Whole
from schemas.studies import Grade, Studies, StudiesEnded
from schemas.vocabulary import Action, DataClass, Domain, SpellKind, State

CourseSystem = Annotated[CodeText, Code("course_system")]


class Komvux(Studies):
    """A course by its code and the system the code belongs to: Gy11 courses, Gy25 levels, basic level."""

    course: Label | None = None
    course_system: CourseSystem | None = None
    points: Whole | None = None


class Graded(StudiesEnded):
    """The course is done, with its grade."""

    course: Label | None = None
    grade: Grade | None = None
    points: Whole | None = None


class Dropped(StudiesEnded):
    """The person left the course."""

    course: Label | None = None
    interrupt_reason: Label | None = None


class Rejected(StudiesEnded):
    """Not admitted to the course."""

    course: Label | None = None
    reject_reason: Label | None = None


FAMILY = Family(
    name="komvux",
    title_sv="komvux",
    title_en="municipal adult education",
    data_class=DataClass.EDUCATION,
    domain=Domain.EDU,
    spell=SpellKind.EDUCATION,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "applied",
        "Komvux: ansökan",
        "Adult education: application",
        model=Komvux,
        action=Action.OPEN,
        state=State.PROPOSED,
    ),
    FAMILY.event(
        "admitted",
        "Komvux: antagen",
        "Adult education: admitted",
        model=Komvux,
        action=Action.OPEN,
        state=State.PLANNED,
    ),
    FAMILY.event(
        "started",
        "Komvux: kurs påbörjad",
        "Adult education: course started",
        model=Komvux,
        action=Action.OPEN,
        state=State.ACTIVE,
    ),
    FAMILY.event(
        "graded",
        "Komvux: betyg satt",
        "Adult education: graded",
        model=Graded,
        action=Action.CLOSE,
        state=State.COMPLETED,
    ),
    FAMILY.event(
        "dropped",
        "Komvux: kurs avbruten",
        "Adult education: course dropped",
        model=Dropped,
        action=Action.CLOSE,
        state=State.INTERRUPTED,
    ),
    FAMILY.event(
        "rejected",
        "Komvux: inte antagen",
        "Adult education: not admitted",
        model=Rejected,
        action=Action.CLOSE,
        state=State.REJECTED,
    ),
)
