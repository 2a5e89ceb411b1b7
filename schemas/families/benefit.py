"""What the person lives on: the kind and its period, never an amount."""

from typing import Annotated

from schemas.event_type import Code, EventData
from schemas.family import Family
from schemas.fields import CodeText, End, Key, Label, Percent, Start, Text
from schemas.vocabulary import Action, DataClass, Domain, SpellKind, State

BenefitKind = Annotated[CodeText, Code("benefit_kind")]


class Changed(EventData):
    """What is given replaces what was said before."""

    key: Key
    kind: BenefitKind | None = None
    from_: Start = None
    to: End = None
    scope: Percent | None = None
    unit: Label | None = None
    legal_basis: Label | None = None
    note: Text | None = None


class Started(Changed):
    """The person has this income from `from`."""

    kind: BenefitKind


class Ended(EventData):
    """`to` is the last day."""

    key: Key
    to: End = None
    end_reason: Annotated[CodeText, Code("benefit_end_reason")] | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="benefit",
    title_sv="försörjning",
    title_en="a benefit",
    data_class=DataClass.BENEFIT,
    domain=Domain.BEN,
    spell=SpellKind.BENEFIT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "started",
        "Försörjning påbörjad",
        "Benefit started",
        model=Started,
        action=Action.OPEN,
        state=State.ACTIVE,
    ),
    FAMILY.event("changed", "Försörjning ändrad", "Benefit changed", model=Changed, action=Action.CHANGE),
    FAMILY.event(
        "ended",
        "Försörjning avslutad",
        "Benefit ended",
        model=Ended,
        action=Action.CLOSE,
        state=State.CLOSED,
    ),
)
