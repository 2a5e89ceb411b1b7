"""Who took part: other persons than the participant appear by role and organisation only (DESIGN 10)."""

from typing import Annotated

from pydantic import Field

from schemas.event_type import EventData
from schemas.fields import AgencyCode, Label


class Attendee(EventData):
    """An organisation or a role that took part."""

    agency: AgencyCode | None = None
    role: Label | None = None


Attendees = Annotated[tuple[Attendee, ...], Field(max_length=50)]
