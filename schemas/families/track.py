"""A job track (jobbspår, D14 to D22) for one person: from application to completion."""

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import Key, Label, Occupation, Text
from schemas.vocabulary import DataClass, Domain


class Track(EventData):
    """`key` is the sender's name for the person's way through the track."""

    key: Key
    track: Label | None = None
    occupation: Occupation | None = None
    reason: Text | None = None
    result: Text | None = None
    caseworker: Label | None = None
    unit: Label | None = None
    note: Text | None = None


FAMILY = Family(
    name="track",
    title_sv="jobbspår",
    title_en="a job track",
    data_class=DataClass.ACTIVITY,
    domain=Domain.ACT,
)
EVENTS = FAMILY.with_corrections(
    FAMILY.event("applied", "Jobbspår: ansökan", "Track applied for", model=Track),
    FAMILY.event("offered", "Jobbspår: plats erbjuden", "Track offered", model=Track),
    FAMILY.event("accepted", "Jobbspår: tackat ja", "Track accepted", model=Track),
    FAMILY.event("declined", "Jobbspår: tackat nej", "Track declined", model=Track),
    FAMILY.event("started", "Jobbspår påbörjat", "Track started", model=Track),
    FAMILY.event("completed", "Jobbspår klart", "Track completed", model=Track),
    FAMILY.event("left", "Jobbspår avbrutet", "Track left", model=Track),
)
