"""How the person's learning and way towards work move on."""

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import Key, Label, Number, Text
from schemas.vocabulary import DataClass, Domain


class Reported(EventData):
    """A value on the sender's scale, in words, or both."""

    scale: Number | None = None
    scale_max: Number | None = None
    activity_key: Key | None = None
    course: Label | None = None
    label: Label | None = None
    participant_voice: Text | None = None
    assessed_by: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="progress",
    title_sv="progression",
    title_en="progress",
    data_class=DataClass.ACTIVITY,
    domain=Domain.ACT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("reported", "Progression rapporterad", "Progress reported", model=Reported),
)
