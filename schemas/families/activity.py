"""What the person does: an activity proposed, registered, started, changed, paused and ended."""

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import End, Key, Label, LineName, Start, Text
from schemas.undertaking import Undertaking
from schemas.vocabulary import Action, DataClass, Domain, SpellKind, State


class Activity(Undertaking):
    """An activity as one agency knows it; `line` names the plan line that it carries out."""

    line: LineName | None = None
    caseworker: Label | None = None
    supervisor: Label | None = None
    unit: Label | None = None
    note: Text | None = None


class Paused(EventData):
    """Stands still from `from` to `to`, or until it is resumed."""

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


class Completed(EventData):
    """Done as planned; `to` is the last day."""

    key: Key
    to: End = None
    result: Text | None = None
    unit: Label | None = None
    note: Text | None = None


class Interrupted(EventData):
    """Ended before it was done; `to` is the last day, which may lie ahead."""

    key: Key
    to: End = None
    interrupt_reason: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="activity",
    title_sv="aktivitet",
    title_en="an activity",
    data_class=DataClass.ACTIVITY,
    domain=Domain.ACT,
    spell=SpellKind.ACTIVITY,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event(
        "proposed",
        "Aktivitet föreslagen",
        "Activity proposed",
        model=Activity,
        action=Action.OPEN,
        state=State.PROPOSED,
    ),
    FAMILY.event(
        "registered",
        "Aktivitet registrerad",
        "Activity registered",
        model=Activity,
        action=Action.OPEN,
        state=State.ACTIVE,
    ),
    FAMILY.event(
        "started",
        "Aktivitet påbörjad",
        "Activity started",
        model=Activity,
        action=Action.OPEN,
        state=State.ACTIVE,
    ),
    FAMILY.event("changed", "Aktivitet ändrad", "Activity changed", model=Activity, action=Action.CHANGE),
    FAMILY.event("paused", "Aktivitet pausad", "Activity paused", model=Paused, action=Action.PAUSE),
    FAMILY.event("resumed", "Aktivitet återupptagen", "Activity resumed", model=Resumed, action=Action.RESUME),
    FAMILY.event(
        "completed",
        "Aktivitet genomförd",
        "Activity completed",
        model=Completed,
        action=Action.CLOSE,
        state=State.COMPLETED,
    ),
    FAMILY.event(
        "interrupted",
        "Aktivitet avbruten",
        "Activity interrupted",
        model=Interrupted,
        action=Action.CLOSE,
        state=State.INTERRUPTED,
    ),
)
