"""What a source says about itself: how far it has sent everything."""

from schemas.event_type import EventData
from schemas.family import Family
from schemas.fields import Instant
from schemas.vocabulary import About, DataClass, Domain


class Heartbeat(EventData):
    """Everything that happened until this instant has been sent; moves completeness on quiet days."""

    complete_to: Instant


FAMILY = Family(
    name="source",
    title_sv="källans livstecken",
    title_en="the source's sign of life",
    data_class=DataClass.IDENTITY,
    domain=Domain.ID,
    about=About.SOURCE,
)
EVENTS = (FAMILY.event("heartbeat", "Källans livstecken", "Sign of life of a source", model=Heartbeat),)
