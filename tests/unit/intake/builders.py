"""Builders of deliveries for tests of intake: valid unless the test says otherwise."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from hub.intake.decide import decide
from hub.intake.examine import examine
from hub.intake.facts import Facts
from hub.intake.hashing import Hasher
from hub.intake.outcomes import Accepted, Duplicate, Held, Outcome, Rejected
from hub.intake.reading import CallRefused, Delivery, read_single
from hub.intake.registry import Authorisation, Registry, Source
from schemas.event_type import JsonObject
from schemas.vocabulary import ParticipantId

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
JOBBTORG = "urn:samspar:source:jobbtorg:verksamhetssystem"
AF = "urn:samspar:source:af:ais"
PERSONAL_NUMBER = "19860101-2381"
OTHER_PERSONAL_NUMBER = "19790101-2398"


def event(
    event_id: str, name: str, data: JsonObject, *, subject: str = "J1", source: str = JOBBTORG, **more: object
) -> JsonObject:
    """A CloudEvent as a sender would write it."""
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": f"se.samspar.{name}",
        "time": "2026-11-20T09:00:00+01:00",
        "subject": subject,
        "schemaversion": 1,
        "data": data,
        **more,
    }


def registration(event_id: str = "reg", *, number: str = PERSONAL_NUMBER, **more: object) -> JsonObject:
    """A registration with one personnummer."""
    data = {"identifiers": [{"type": "personal_number", "value": number}], "protection": "none"}
    return event(event_id, "participant.registered", data, **more)  # type: ignore[arg-type]  # passed on as given


def opened(event_id: str = "o", *, key: str = "e", **more: object) -> JsonObject:
    """An enrolment that opens."""
    return event(event_id, "enrolment.opened", {"key": key, "programme": "jobbtorg"}, schemaversion=2, **more)  # type: ignore[arg-type]  # passed on as given


@dataclass
class Door:
    """The front door without a database: facts start empty and are kept by absorbing every outcome."""

    facts: Facts = field(default_factory=lambda: Facts(new_participant_id=_ids()))
    registry: Registry = field(
        default_factory=lambda: Registry(
            sources={JOBBTORG: Source(uri=JOBBTORG, agency="jobbtorg"), AF: Source(uri=AF, agency="af")},
            authorisations={
                "jobbtorg": (Authorisation(agency="jobbtorg", pattern="*"),),
                "af": (
                    Authorisation(agency="af", pattern="enrolment.*"),
                    Authorisation(agency="af", pattern="participant.*"),
                ),
            },
        )
    )
    now: datetime = NOW

    def send(self, body: JsonObject, *, agency: str = "jobbtorg") -> list[Outcome]:
        """Everything one delivery leads to."""
        content = read_single(json.dumps(body).encode())
        assert not isinstance(content, CallRefused)
        self.now += timedelta(seconds=1)
        delivery = Delivery(agency=agency, channel="http", locator="request/0", received_at=self.now, content=content)
        return decide(examine(delivery, self.registry, Hasher(b"k" * 32)), self.facts, self.now)

    def told(self, body: JsonObject, *, agency: str = "jobbtorg") -> list[str]:
        """The verdicts in words: `accepted e1`, `rejected e1 period_reversed`."""
        return [in_words(outcome) for outcome in self.send(body, agency=agency)]


def in_words(outcome: Outcome) -> str:
    """A verdict as a short text."""
    event_id = outcome.examined.id
    match outcome:
        case Accepted():
            return f"accepted {event_id}"
        case Duplicate():
            return f"duplicate {event_id}"
        case Held(claim=claim):
            return f"held {event_id} {claim.problems[0].reason}"
        case Rejected(problems=problems):
            return f"rejected {event_id} {' '.join(f'{found.reason}@{found.pointer}' for found in problems)}"


def _ids() -> Callable[[], ParticipantId]:
    numbers = count(1)
    return lambda: ParticipantId(UUID(int=next(numbers)))
