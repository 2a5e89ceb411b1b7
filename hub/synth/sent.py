"""One delivery of the synthetic region: the event as its sender writes it, and what must become of it."""

from dataclasses import dataclass

from hub.synth.people import sources
from hub.synth.voice import Said
from schemas.event_type import JsonObject
from schemas.vocabulary import TYPE_PREFIX

ACCEPTED, DUPLICATE, HELD, REJECTED = "accepted", "duplicate", "held", "rejected"

_LEGAL_BASIS = {"sfi": "LB2", "komvux": "LB2", "af": "LB5", "jobbtorg": "LB5", "flyktingmottagning": "LB5", "fk": "LB9"}
"""What each agency rests its exchange on (DOMAIN 4.2); the others leave it out, as some systems do."""


@dataclass(slots=True, kw_only=True)
class Sent:
    """One delivery and what must become of it. `later` places behind its own it is sent."""

    body: JsonObject
    expect: str = ACCEPTED
    reason: str | None = None
    numbered: bool = True
    reordered: bool = False
    later: int = 0

    def written(self) -> JsonObject:
        """The event as its sender writes it this time."""
        return dict(reversed(self.body.items())) if self.reordered else self.body


def body_of(event_id: str, subject: str, said: Said) -> JsonObject:
    """What is said about a subject as a CloudEvent."""
    body: JsonObject = {
        "specversion": "1.0",
        "id": event_id,
        "source": sources()[said.agency].uri,
        "type": TYPE_PREFIX + said.name,
        "schemaversion": said.version,
        "time": said.at.isoformat(timespec="seconds"),
        "subject": subject,
        "data": said.data,
    }
    if said.agency in _LEGAL_BASIS:
        body["legalbasis"] = _LEGAL_BASIS[said.agency]
    return body if said.group is None else body | {"correlationid": said.group}
