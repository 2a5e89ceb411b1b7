"""A number that was corrected away is not found, and is found again when the correction is retracted."""

from hub.access.policy import Reader, Refused
from hub.run.hub import Hub
from hub.run.reading import find_participant
from schemas.event_type import JsonObject
from tests.integration.intake.sending import project_all, send, told
from tests.unit.intake.builders import AF, JOBBTORG, OTHER_PERSONAL_NUMBER, PERSONAL_NUMBER, event, registration


def found(hub: Hub, number: str) -> bool:
    project_all(hub)
    reader = Reader(agency="jobbtorg", name="a coach")
    return not isinstance(find_participant(hub, reader, "personal_number", number, "planning"), Refused)


def identity(number: str) -> JsonObject:
    return {"identifiers": [{"type": "personal_number", "value": number}], "protection": "none"}


def test_a_retracted_correction_gives_the_first_number_back(hub: Hub) -> None:
    replaces = {"source": JOBBTORG, "id": "reg"}
    corrected = {"event": "participant.registered", "replaces": replaces, "reason": "fel nummer"}
    told_first = told(send(hub, [registration("reg")]))
    told_first += told(
        send(
            hub,
            [event("cor", "participant.corrected", {**corrected, "replacement": identity(OTHER_PERSONAL_NUMBER)})],
        )
    )
    between = found(hub, PERSONAL_NUMBER), found(hub, OTHER_PERSONAL_NUMBER)

    back = event("ret", "participant.retracted", {"replaces": {"source": JOBBTORG, "id": "cor"}, "reason": "rätt ändå"})
    told_first += told(send(hub, [back]))

    assert (told_first, between) == (["accepted"] * 3, (False, True))
    assert (found(hub, PERSONAL_NUMBER), found(hub, OTHER_PERSONAL_NUMBER)) == (True, False)
    again = send(hub, [registration("reg-af", subject="A1", source=AF)], agency="af")
    first = send(hub, [registration("reg")])
    assert again[0].participant_id == first[0].participant_id
