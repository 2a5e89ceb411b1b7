"""What protects a person: the latest statement of each source, as long as it stands (RULES-TIMELINE 3 and 8)."""

from hub.intake.outcomes import Accepted
from hub.intake.protection import protection_of
from schemas.event_type import JsonObject
from tests.unit.intake.builders import AF, JOBBTORG, PERSONAL_NUMBER, Door, event

PNR = {"type": "personal_number", "value": PERSONAL_NUMBER}


def registered(event_id: str, *, subject: str = "J1", source: str = JOBBTORG, protection: str = "none") -> JsonObject:
    """A registration of always the same person."""
    data = {"identifiers": [PNR], "protection": protection}
    return event(event_id, "participant.registered", data, subject=subject, source=source)


def retracted(event_id: str, target: str, *, subject: str = "J1", source: str = JOBBTORG) -> JsonObject:
    """A retraction of a registration, of its correction or of a protection level."""
    data = {"replaces": {"source": source, "id": target}, "reason": "wrong person"}
    return event(event_id, "participant.retracted", data, subject=subject, source=source)


def corrected(event_id: str, target: str, *, protection: str) -> JsonObject:
    """A correction of a registration, an hour after the last level that changed."""
    data = {
        "replaces": {"source": JOBBTORG, "id": target},
        "event": "participant.registered",
        "reason": "wrong name",
        "replacement": {"identifiers": [PNR], "protection": protection},
    }
    return event(event_id, "participant.corrected", data, time="2026-11-20T11:00:00+01:00")


def leveled(
    event_id: str, level: str, *, subject: str = "J1", source: str = JOBBTORG, clock: str = "10:00"
) -> JsonObject:
    """A protection level that changed at a time of the day; registrations are of nine o'clock."""
    data = {"protection": level}
    time = f"2026-11-20T{clock}:00+01:00"
    return event(event_id, "participant.protection_changed", data, subject=subject, source=source, time=time)


def protection(door: Door, reference: str = "J1", source: str = JOBBTORG) -> str | None:
    """The level that counts for whoever is behind a reference."""
    return protection_of(door.facts.statements_in_place(door.facts.bindings[source, reference].participant_id))


def sent(door: Door, *bodies: JsonObject) -> list[str]:
    """The verdicts on several deliveries, each from the agency of its source."""
    return [said for body in bodies for said in door.told(body, agency=body["source"].split(":")[3])]


def test_a_registration_may_be_retracted_under_another_reference_to_the_same_person() -> None:
    door = Door()
    sent(door, registered("r"), registered("r2", subject="J2"))

    assert (sent(door, retracted("x", "r2", subject="J1")), set(door.facts.bindings)) == (
        ["accepted x"],
        {(JOBBTORG, "J1")},
    )


def test_the_latest_statement_of_a_source_is_that_of_its_canonical_order() -> None:
    door = Door()
    sent(door, registered("j", protection="sekretessmarkering"), leveled("new", "none"))

    sent(door, leveled("old", "skyddad_folkbokforing", clock="09:30"))

    assert protection(door) == "none"


def test_a_correction_of_an_older_statement_does_not_undo_a_newer_one() -> None:
    door = Door()
    sent(door, registered("j"), leveled("up", "sekretessmarkering"))

    answered = sent(door, corrected("fix", "j", protection="none"))

    assert (answered, protection(door)) == (["accepted fix"], "sekretessmarkering")


def test_a_corrected_statement_says_what_its_correction_says() -> None:
    door = Door()
    sent(door, registered("j"))

    answered = sent(door, corrected("fix", "j", protection="skyddad_folkbokforing"))

    assert (answered, protection(door)) == (["accepted fix"], "skyddad_folkbokforing")


def test_a_retracted_level_counts_no_more() -> None:
    door = Door()
    sent(door, registered("j"), leveled("up", "sekretessmarkering"))
    raised = protection(door)

    sent(door, retracted("x", "up"))

    assert (raised, protection(door)) == ("sekretessmarkering", "none")


def test_a_level_that_was_said_under_a_retracted_registration_is_struck_with_it() -> None:
    door = Door()
    sent(door, registered("a", subject="A1", source=AF), registered("j"))
    sent(door, leveled("up", "sekretessmarkering"))

    sent(door, retracted("x", "j"))

    assert protection(door, "A1", AF) == "none"


def test_nobody_is_unprotected_by_what_was_said_under_a_retracted_registration() -> None:
    door = Door()
    accepted = door.send(registered("j", protection="sekretessmarkering"))[0]
    sent(door, leveled("down", "none"), retracted("x", "j"))

    assert isinstance(accepted, Accepted)
    assert accepted.event.participant_id is not None
    assert protection_of(door.facts.statements_in_place(accepted.event.participant_id)) is None
