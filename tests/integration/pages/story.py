"""One invented person whom four agencies know, with everything that a page about a participant must be able to show.

Periods with a pause, one action across two agencies, a correction, a retraction, a fact that came late, a quotation and
a domain that the caseworkers of Arbetsförmedlingen may not see; beside her two persons whom they may not open.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hub.run.hub import Hub
from schemas.event_type import JsonObject
from tests.integration.intake.sending import project_all, send
from tests.integration.published_numbers import personal_numbers
from tests.unit.intake.builders import AF, JOBBTORG, event

SFI = "urn:samspar:source:sfi:elevregister"
SOCIALTJANST = "urn:samspar:source:socialtjanst:verksamhetssystem"
NOW = datetime(2026, 11, 24, 8, 31, tzinfo=UTC)
S1, A1, E1, J1 = ("S1", SOCIALTJANST), ("A1", AF), ("E1", SFI), ("J1", JOBBTORG)
AMINA, PROTECTED, ELSEWHERE, HANDLED, UNKNOWN = personal_numbers(5)


@dataclass(slots=True)
class Clock:
    """The clock of a test's hub."""

    at: datetime

    def __call__(self) -> datetime:
        """The instant it stands at."""
        return self.at


def clocked(hub: Hub) -> tuple[Hub, Clock]:
    """The same hub on a clock that the test sets."""
    clock = Clock(NOW)
    return replace(hub, now=clock, _remembered=[]), clock


def register(subject: str, number: str, source: str, unit: str, **data: object) -> JsonObject:
    """A registration in full."""
    person = {
        "identifiers": [{"type": "personal_number", "value": number}],
        "protection": "none",
        "given_name": "Amina",
        "family_name": "Warsame",
        "birth_date": f"{number[:4]}-{number[4:6]}-{number[6:8]}",
        "language": "som",
        "interpreter_needed": True,
        "unit": unit,
    }
    return event(
        f"{subject}-reg",
        "participant.registered",
        {**person, **data},
        subject=subject,
        source=source,
        time="2026-08-10T05:00:00+02:00",
    )


def given_the_story(hub: Hub, clock: Clock) -> dict[str, str]:
    """Told in the order in which it was received. The participant id of each person, by number."""
    ids: dict[str, str] = {}

    def received(at: str, events: Sequence[JsonObject], agency: str) -> str:
        clock.at = datetime.fromisoformat(at)
        receipts = send(hub, events, agency=agency)
        assert [receipt.status.value for receipt in receipts] == ["accepted"] * len(events)
        return str(receipts[0].participant_id)

    received("2026-08-12T10:00+02:00", _socialtjanst(), "socialtjanst")
    ids[AMINA] = received("2026-08-14T10:00+02:00", _af(), "af")
    received("2026-09-02T10:00+02:00", _sfi(), "sfi")
    received("2026-11-17T12:00+01:00", _jobbtorg(), "jobbtorg")
    received("2026-11-23T12:00+01:00", _mistakes(), "jobbtorg")
    hidden = {"protection": "sekretessmarkering", "given_name": "Dmytro", "family_name": "Melnyk"}
    ids[PROTECTED] = received("2026-11-23T13:00+01:00", [register("A2", PROTECTED, AF, "Globen", **hidden)], "af")
    other = {"given_name": "Hodan", "family_name": "Nur"}
    ids[ELSEWHERE] = received("2026-11-23T13:00+01:00", [register("A3", ELSEWHERE, AF, "Kista", **other)], "af")
    handled = {"protection": "skyddad_folkbokforing", "given_name": "Olena", "family_name": "Melnyk"}
    role = {"role": "process_owner", "name": "Maria Ekström", "from": "2026-11-01", "unit": "Globen"}
    own = [
        register("A4", HANDLED, AF, "Globen", **handled),
        event("A4-role", "caseworker.assigned", role, subject="A4", source=AF),
    ]
    ids[HANDLED] = received("2026-11-23T13:00+01:00", own, "af")
    clock.at = NOW
    project_all(hub)
    return ids


def attendance(number: int) -> JsonObject:
    """One more week at the workshop."""
    data = {"activity_key": "akt-1", "from": "2026-11-16", "to": "2026-11-20", "hours": 15}
    return event(f"week-{number}", "attendance.reported", data, subject="J1", time="2026-11-20T15:00:00+01:00")


def _socialtjanst() -> list[JsonObject]:
    benefit = {"key": "fs-1", "kind": "forsorjningsstod", "from": "2026-08-10", "unit": "Farsta"}
    return [
        register("S1", AMINA, SOCIALTJANST, "Farsta"),
        _said("S1-fs", "benefit.started", benefit, S1, "2026-08-10T06:00:00+02:00"),
    ]


def _af() -> list[JsonObject]:
    enrolled = {
        "key": "ins-1",
        "programme": "etableringsprogrammet",
        "from": "2026-08-12",
        "planned_end": "2028-08-11",
        "caseworker": "Maria Ekström",
        "unit": "Globen",
        "legal_basis": "LB1",
    }
    owner = {"role": "process_owner", "name": "Maria Ekström", "from": "2026-08-12", "unit": "Globen"}
    plan = {
        "key": "plan-1",
        "plan_type": "handlingsplan",
        "from": "2026-08-14",
        "goals": [{"key": "g", "horizon": "long", "label": "Arbete som lokalvårdare"}],
        "lines": [
            {"key": "l1", "activity": "sfi", "label": "Slutföra sfi 1B", "from": "2026-08-14"},
            {"key": "l2", "activity": "arbetstraning", "label": "Arbetsträning, lokalvård", "from": "2026-11-16"},
        ],
        "participant_voice": "Jag vill städa på skola.",
        "unit": "Globen",
    }
    referral = {"key": "remiss-1", "from_agency": "af", "to": "jobbtorg", "due": "2026-08-28"}
    return [
        register("A1", AMINA, AF, "Globen"),
        _said("A1-ins", "enrolment.opened", enrolled, A1, "2026-08-12T09:00:00+02:00", schemaversion=2),
        _said("A1-role", "caseworker.assigned", owner, A1, "2026-08-12T09:30:00+02:00"),
        _said("A1-plan", "plan.created", plan, A1, "2026-08-14T09:00:00+02:00"),
        _said("A1-rem", "referral.sent", referral, A1, "2026-08-14T09:30:00+02:00", correlationid="remiss-1"),
    ]


def _sfi() -> list[JsonObject]:
    course = {"key": "sfi-b", "course": "SFIKUB9", "study_path": "1", "from": "2026-06-01", "to": "2026-12-18"}
    return [
        register("E1", AMINA, SFI, "Söderort"),
        _said("E1-b", "sfi.course_started", course, E1, "2026-06-01T00:00:00+02:00"),
    ]


def _jobbtorg() -> list[JsonObject]:
    accepted = {"key": "remiss-1", "from_agency": "af", "to": "jobbtorg", "receiving_unit": "Farsta"}
    training = {
        "key": "akt-1",
        "activity": "arbetstraning",
        "label": "Arbetsträning, lokalvård",
        "from": "2026-11-02",
        "to": "2027-03-12",
        "hours": 20,
        "week": ["tue 13:00-16:00", "thu 13:00-16:00"],
        "caseworker": "Jonas Berg",
        "unit": "Farsta",
    }
    absence = {"activity_key": "akt-1", "from": "2026-11-10", "to": "2026-11-10", "hours": 3}
    pause = {"key": "akt-1", "from": "2026-11-03", "to": "2026-11-06"}
    return [
        register("J1", AMINA, JOBBTORG, "Farsta"),
        _said("J1-rem", "referral.accepted", accepted, J1, "2026-08-20T09:00:00+02:00", correlationid="remiss-1"),
        _said("J1-akt", "activity.registered", training, J1, "2026-11-02T10:05:00+01:00"),
        _said("J1-paus", "activity.paused", pause, J1, "2026-11-03T10:00:00+01:00"),
        _said(
            "J1-borta",
            "absence.reported",
            {**absence, "absence_reason": "other_activity"},
            J1,
            "2026-11-10T08:41:00+01:00",
        ),
        _said("J1-fel", "attendance.reported", absence, J1, "2026-11-16T08:41:00+01:00"),
    ]


def _mistakes() -> list[JsonObject]:
    right = {
        "key": "akt-1",
        "activity": "arbetstraning",
        "label": "Arbetsträning, lokalvård",
        "from": "2026-11-02",
        "to": "2027-03-12",
        "hours": 3,
        "week": ["tue 13:00-16:00", "thu 13:00-16:00"],
        "caseworker": "Jonas Berg",
        "unit": "Farsta",
    }
    correction = {
        "event": "activity.registered",
        "replaces": {"source": JOBBTORG, "id": "J1-akt"},
        "reason": "Fel omfattning",
        "replacement": right,
    }
    retraction = {"replaces": {"source": JOBBTORG, "id": "J1-fel"}, "reason": "Gällde en annan person"}
    return [
        _said("J1-ratt", "activity.corrected", correction, J1, "2026-11-23T10:05:00+01:00"),
        _said("J1-bort", "attendance.retracted", retraction, J1, "2026-11-23T10:06:00+01:00"),
    ]


def _said(event_id: str, name: str, data: JsonObject, who: tuple[str, str], time: str, **more: object) -> JsonObject:
    subject, source = who
    return event(event_id, name, data, subject=subject, source=source, **{"time": time, **more})
