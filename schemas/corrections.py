"""The two events that every family has: a correction, which replaces an event whole, and a retraction.

A correction carries the whole data of the event it replaces, always at that event's latest version. When a
correctable event gets a new version, its family's correction must get one too; the frozen samples tell.
A correction may only replace events of its own data class, because one key encrypts it; what a family has in another
class (`participant.contact_updated`) is retracted and sent again.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints, ValidationInfo, create_model, field_validator
from pydantic_core import to_json

from schemas.event_type import EventData, EventType, Json
from schemas.examples import Example
from schemas.fields import Text, Uri
from schemas.vocabulary import Action


class Target(EventData):
    """The event that is corrected or retracted, as its sender named it."""

    source: Uri
    id: Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Retraction(EventData):
    """It never held: the event it names is struck out."""

    replaces: Target
    reason: Text


class Correction(EventData):
    """Base of `<family>.corrected`; each family's own model narrows `event` to what it may replace."""

    replaceable: ClassVar[Mapping[str, type[EventData]]] = {}

    event: str
    replaces: Target
    reason: Text
    replacement: Any  # the data of the event that `event` names, checked below

    @field_validator("replacement", mode="plain")
    @classmethod
    def _as_the_event(cls, value: Json, info: ValidationInfo) -> Json:
        """Check by the model of the named event; its faults get locations below `replacement`."""
        model = cls.replaceable.get(info.data.get("event", ""))
        if model is not None:
            model.__pydantic_validator__.validate_json(to_json(value), strict=True)
        return value


def corrections_of(events: tuple[EventType, ...], *, title_sv: str, title_en: str) -> tuple[EventType, EventType]:
    """The correction and the retraction of a family; the titles name the family inside a sentence."""
    first = events[0]
    family = first.family
    return (
        EventType(
            name=f"{family}.corrected",
            version=1,
            model=_correction_model(events),
            data_class=first.data_class,
            domain=first.domain,
            action=Action.CORRECT,
            title_sv=f"Rättelse av {title_sv}",
            title_en=f"Correction of {title_en}",
            example=Example(f"{family}.corrected"),
            about=first.about,
        ),
        EventType(
            name=f"{family}.retracted",
            version=1,
            model=Retraction,
            data_class=first.data_class,
            domain=first.domain,
            action=Action.RETRACT,
            title_sv=f"Återkallelse av {title_sv}",
            title_en=f"Retraction of {title_en}",
            example=Example(f"{family}.retracted"),
            about=first.about,
        ),
    )


def _correction_model(events: tuple[EventType, ...]) -> type[Correction]:
    data_class = events[0].data_class
    latest = {event.name: event for event in sorted(events, key=lambda event: event.version)}
    replaceable = {name: event.model for name, event in latest.items() if event.data_class is data_class}
    names = "|".join(name.replace(".", r"\.") for name in replaceable)
    event = Annotated[str, Field(pattern=f"^(?:{names})$")]
    model = create_model(
        "".join(part.capitalize() for part in events[0].family.split("_")) + "Corrected",
        __base__=Correction,
        __module__=__name__,
        event=(event, ...),
    )
    model.replaceable = replaceable
    return model
