"""The verdicts of the front door, one delivery after another, without a database."""

import pytest

from tests.unit.intake.builders import AF, JOBBTORG, OTHER_PERSONAL_NUMBER, Door, event, opened, registration


def test_an_event_of_a_registered_person_is_accepted() -> None:
    door = Door()
    door.send(registration())

    assert door.told(opened()) == ["accepted o"]


def test_a_redelivery_is_a_duplicate_in_other_clothes_too() -> None:
    door = Door()
    door.send(registration())
    door.send(opened(sequence="7"))

    again = dict(reversed(opened(sequence=7, time="2026-11-20T08:00:00Z").items()))

    assert door.told(again) == ["duplicate o"]


def test_other_content_under_a_taken_id_is_refused_also_when_it_is_invalid() -> None:
    door = Door()
    door.send(registration())
    door.send(opened())

    assert door.told(opened(key="other")) == ["rejected o conflicting_duplicate@/id"]
    assert door.told(event("o", "enrolment.opened", {})) == ["rejected o conflicting_duplicate@/id"]


def test_a_rejection_claims_nothing_so_a_repaired_event_may_use_its_id() -> None:
    door = Door()
    door.send(registration())

    refused = door.told(event("o", "enrolment.opened", {"key": "e", "programme": "astronaut"}, schemaversion=2))

    assert refused == ["rejected o code_unknown@/data/programme"]
    assert door.told(opened()) == ["accepted o"]


def test_held_events_come_out_in_the_senders_order_and_what_waited_on_them_follows() -> None:
    door = Door()
    correction = {
        "event": "enrolment.opened",
        "replaces": {"source": JOBBTORG, "id": "o"},
        "reason": "wrong programme",
        "replacement": {"key": "e", "programme": "ame"},
    }

    assert door.told(event("x", "enrolment.closed", {"key": "e"}, sequence="2")) == ["held x participant_unknown"]
    assert door.told(event("k", "enrolment.corrected", correction, sequence="3")) == ["held k participant_unknown"]
    assert door.told(opened(sequence="1", time="2026-11-20T10:00:00+01:00")) == ["held o participant_unknown"]

    assert door.told(registration()) == ["accepted reg", "accepted o", "accepted x", "accepted k"]


def test_two_agencies_with_one_personal_number_mean_one_participant() -> None:
    door = Door()
    door.send(registration())
    outcome = door.send(registration("af-reg", subject="A1", source=AF, number="198601012381"), agency="af")[0]

    assert len({binding.participant_id for binding in door.facts.bindings.values()}) == 1
    assert outcome.examined.identifiers[0].value == "198601012381"


def test_a_reference_is_not_given_to_another_person_until_its_registration_is_retracted() -> None:
    door = Door()
    door.send(registration())
    second = registration("reg-2", number=OTHER_PERSONAL_NUMBER)
    retraction = {"replaces": {"source": JOBBTORG, "id": "reg"}, "reason": "wrong person"}

    assert door.told(second) == ["rejected reg-2 reference_already_bound@/subject"]
    assert door.told(event("r", "participant.retracted", retraction)) == ["accepted r"]
    assert door.told(opened()) == ["held o participant_unknown"]
    assert door.told(second) == ["accepted reg-2", "accepted o"]


def test_the_number_of_a_rejected_event_is_free_and_that_of_a_held_one_is_taken() -> None:
    door = Door()
    door.send(registration())

    door.send(event("bad", "enrolment.opened", {}, schemaversion=2, sequence="41"))
    assert door.told(opened("o", sequence="41")) == ["accepted o"]
    assert door.told(opened("p", subject="nobody", sequence="42")) == ["held p participant_unknown"]
    assert door.told(opened("q", sequence="42")) == ["rejected q sequence_reused@/sequence"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"source": "urn:nobody"}, "source_not_registered@/source"),
        ({"source": AF}, "source_of_another_agency@/source"),
        ({"type": "se.samspar.enrolment.teleported"}, "type_unknown@/type"),
        ({"schemaversion": 99}, "version_unknown@/schemaversion"),
        ({"time": "2026-11-20T09:00:00"}, "time_without_offset@/time"),
        ({"time": "2026-02-30T09:00:00Z"}, "time_invalid@/time"),
        ({"time": "2099-01-01T09:00:00Z"}, "time_in_future@/time"),
        ({"correlationid": "arende 860101-2381"}, "personal_number_in_attribute@/correlationid"),
        ({"subject": "19860101-2381"}, "personal_number_in_subject@/subject"),
        ({"correlationId": "x"}, "attribute_name_invalid@/correlationId"),
        ({"specversion": "0.3"}, "specversion_unsupported@/specversion"),
    ],
)
def test_a_fault_in_an_attribute_has_its_own_reason_and_pointer(change: dict[str, object], problem: str) -> None:
    door = Door()
    door.send(registration())

    assert door.told({**opened(), **change}) == [f"rejected {opened()['id']} {problem}"]


def test_an_agency_sends_only_what_it_is_authorised_for() -> None:
    door = Door()
    door.send(registration("a", source=AF), agency="af")

    permit = event("p", "permit.granted", {"key": "p", "from": "2026-01-01"}, source=AF)

    assert door.told(permit, agency="af") == ["rejected p type_not_authorised@/type"]
