"""How a protected person is reached is shown to the agency that wrote it down, and to nobody else."""

from hub.access.policy import Reader, Refused
from hub.run.hub import Hub
from hub.run.opening import Question
from hub.run.reading import open_timeline
from schemas.vocabulary import ParticipantId
from tests.integration.intake.sending import project_all, send, told
from tests.unit.intake.builders import AF, event, registration

CONTACT = "participant.contact_updated"


def kinds(hub: Hub, participant_id: ParticipantId, agency: str, name: str) -> list[str]:
    asked = Question(participant_id=participant_id, purpose="planning")
    opened = open_timeline(hub, Reader(agency=agency, name=name), asked)
    assert not isinstance(opened, Refused)
    return [entry.kind for entry in opened.entries]


def seen_by_both(hub: Hub, protection: str) -> dict[str, bool]:
    """Whether the contact that AF wrote down is shown to the named caseworkers of both agencies."""
    send(hub, [registration(), event("as", "caseworker.assigned", {"role": "arbetscoach", "name": "Jonas"})])
    registered = registration("reg-af", subject="A1", source=AF)
    registered["data"]["protection"] = protection
    receipts = send(
        hub,
        [
            registered,
            event("as-af", "caseworker.assigned", {"role": "process_owner", "name": "Maria"}, subject="A1", source=AF),
            event("where", CONTACT, {"address": "Storgatan 1"}, subject="A1", source=AF),
        ],
        agency="af",
    )
    project_all(hub)
    person = receipts[0].participant_id
    assert told(receipts) == ["accepted"] * 3
    assert person is not None
    return {
        agency: CONTACT in kinds(hub, person, agency, name) for agency, name in (("af", "Maria"), ("jobbtorg", "Jonas"))
    }


def test_contact_of_a_protected_person_stays_with_its_agency(hub: Hub) -> None:
    assert seen_by_both(hub, "skyddad_folkbokforing") == {"af": True, "jobbtorg": False}


def test_contact_of_others_is_shown(hub: Hub) -> None:
    assert seen_by_both(hub, "none") == {"af": True, "jobbtorg": True}
