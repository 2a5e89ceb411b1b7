"""Where the person is enrolled: a programme at an agency, from opening to closing."""

from typing import Annotated

from schemas.event_type import Code, EventData, JsonObject
from schemas.family import Family
from schemas.fields import CodeText, Day, End, Hours, Key, Label, Municipality, OrgNumber, Percent, Start, Text
from schemas.vocabulary import Action, DataClass, Domain, SpellKind, State

Programme = Annotated[CodeText, Code("programme")]
CloseReason = Annotated[CodeText, Code("close_reason")]


class OpenedV1(EventData):
    """As the first senders wrote it: `start` and `kommunkod` instead of `from` and `municipality`."""

    key: Key
    programme: Programme
    start: Day | None = None
    planned_end: Day | None = None
    kommunkod: Municipality | None = None
    unit: Label | None = None
    note: Text | None = None


class Changed(EventData):
    """What is given replaces what was said before; `from` moves the start."""

    key: Key
    programme: Programme | None = None
    from_: Start = None
    planned_end: End = None
    municipality: Municipality | None = None
    scope: Percent | None = None
    hours: Hours | None = None
    provider: Label | None = None
    provider_number: OrgNumber | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    label: Label | None = None
    legal_basis: Label | None = None
    note: Text | None = None


class Opened(Changed):
    """The person is enrolled in a programme. Opened again after a closing, it is a new episode."""

    programme: Programme


class Paused(EventData):
    """The enrolment stands still from `from` to `to`, or until it is resumed."""

    key: Key
    from_: Start = None
    to: End = None
    pause_reason: Label | None = None
    unit: Label | None = None
    note: Text | None = None


class Resumed(EventData):
    """The pause ended the day before `from`."""

    key: Key
    from_: Start = None
    unit: Label | None = None
    note: Text | None = None


class Closed(EventData):
    """`to` is the last day."""

    key: Key
    to: End = None
    close_reason: CloseReason | None = None
    unit: Label | None = None
    note: Text | None = None


def _opened_1_to_2(data: JsonObject) -> JsonObject:
    """Version 2 calls the start and the municipality what every other event calls them."""
    renamed = {"start": "from", "kommunkod": "municipality"}
    return {renamed.get(name, name): value for name, value in data.items()}


FAMILY = Family(
    name="enrolment",
    title_sv="inskrivning",
    title_en="an enrolment",
    data_class=DataClass.PLAN,
    domain=Domain.ENR,
    spell=SpellKind.ENROLMENT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "opened",
        "Inskrivning öppnad",
        "Enrolment opened",
        model=OpenedV1,
        action=Action.OPEN,
        state=State.ACTIVE,
        upcast=_opened_1_to_2,
    ),
    FAMILY.event(
        "opened",
        "Inskrivning öppnad",
        "Enrolment opened",
        model=Opened,
        action=Action.OPEN,
        state=State.ACTIVE,
        version=2,
    ),
    FAMILY.event("changed", "Inskrivning ändrad", "Enrolment changed", model=Changed, action=Action.CHANGE),
    FAMILY.event("paused", "Inskrivning pausad", "Enrolment paused", model=Paused, action=Action.PAUSE),
    FAMILY.event("resumed", "Inskrivning återupptagen", "Enrolment resumed", model=Resumed, action=Action.RESUME),
    FAMILY.event(
        "closed",
        "Inskrivning avslutad",
        "Enrolment closed",
        model=Closed,
        action=Action.CLOSE,
        state=State.CLOSED,
    ),
)
