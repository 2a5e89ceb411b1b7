"""A person whom three agencies know, sent through the front door and folded into the timeline."""

from collections.abc import Sequence

from schemas.event_type import JsonObject
from tests.integration.intake.sending import project_all
from tests.integration.web.calling import Api
from tests.unit.intake.builders import AF, event, registration

SFI = "urn:samspar:source:sfi:elevregister"
KNOWN = "19860101-2381"
OTHER = "19790101-2398"
UNKNOWN = "200102172384"


def enrolled(event_id: str, *, unit: str | None = None, **more: object) -> JsonObject:
    """An enrolment with a key of its own."""
    data = {"key": event_id, "programme": "jobbtorg", **({"unit": unit} if unit else {})}
    return event(event_id, "enrolment.opened", data, schemaversion=2, **more)  # type: ignore[arg-type]  # passed on


def protected(event_id: str = "protected", **more: object) -> JsonObject:
    """A registration of somebody with a protected address."""
    data = {"identifiers": [{"type": "personal_number", "value": OTHER}], "protection": "skyddad_folkbokforing"}
    return event(event_id, "participant.registered", data, **more)  # type: ignore[arg-type]  # passed on


def send(api: Api, events: Sequence[JsonObject], agency: str = "jobbtorg") -> str:
    """Accepted by the front door and visible; the participant that the events are about."""
    receipts = api.batch(events, token=api.token(agency)).json()["receipts"]
    assert [receipt["status"] for receipt in receipts] == ["accepted"] * len(events)
    project_all(api.hub)
    (person,) = {receipt["participant_id"] for receipt in receipts}
    return str(person)


def known_person(api: Api) -> str:
    """Registered by jobbtorg (two enrolments), af (a conversation, a benefit) and sfi (a course)."""
    person = send(
        api,
        [
            registration(time="2026-11-16T09:00:00+01:00"),
            enrolled("e1", unit="Farsta", time="2026-11-19T09:00:00+01:00"),
            enrolled("e2", unit="Farsta", time="2026-11-20T10:00:00+01:00"),
        ],
    )
    of_af = [
        registration("af-reg", subject="A1", source=AF, time="2026-11-17T09:00:00+01:00"),
        event("talk", "conversation.held", {"place": "Globen"}, subject="A1", source=AF),
        event("benefit", "benefit.started", {"key": "b", "kind": "aktivitetsstod"}, subject="A1", source=AF),
    ]
    of_sfi = [
        registration("sfi-reg", subject="S1", source=SFI, time="2026-11-18T09:00:00+01:00"),
        event("course", "sfi.course_started", {"key": "s", "course": "SFIKUB9"}, subject="S1", source=SFI),
    ]
    assert (send(api, of_af, "af"), send(api, of_sfi, "sfi")) == (person, person)
    return person
