"""One person under one number after the other, and numbers that mean two people."""

from hub.access.policy import Reader
from hub.run.hub import Hub
from hub.run.quarantine import redrive
from hub.run.reading import find_participant
from hub.store.database import rows
from hub.store.quarantine import listed
from schemas.event_type import JsonObject
from tests.integration.intake.sending import project_all, send, told
from tests.integration.published_numbers import coordination_numbers, personal_numbers
from tests.unit.intake.builders import AF, JOBBTORG, event, opened

MIGRATION = "urn:samspar:source:migrationsverket:tillstand"
SFI = "urn:samspar:source:sfi:elevregister"
(COORDINATION,) = coordination_numbers(1)
PERSONAL, OTHER = personal_numbers(2)
LMA = "60-000001"


def registers(source: str, **numbers: str) -> JsonObject:
    """A registration with these numbers, by type."""
    stated = [{"type": kind, "value": value} for kind, value in numbers.items()]
    data = {"identifiers": stated, "protection": "none"}
    return event("reg", "participant.registered", data, source=source, subject="P1")


def test_a_chain_of_numbers_from_lma_card_to_personnummer_is_one_participant_found_under_each(hub: Hub) -> None:
    receipts = [
        *send(hub, [registers(MIGRATION, lma_number=LMA)], agency="migrationsverket"),
        *send(hub, [registers(SFI, lma_number=LMA, coordination_number=COORDINATION)], agency="sfi"),
        *send(hub, [registers(AF, coordination_number=COORDINATION, personal_number=PERSONAL)], agency="af"),
        *send(hub, [registers(JOBBTORG, personal_number=PERSONAL), opened(subject="P1")], agency="jobbtorg"),
    ]
    project_all(hub)

    reader = Reader(agency="jobbtorg", name="operator", channel="cli")
    numbers = {"lma_number": LMA, "coordination_number": COORDINATION, "personal_number": PERSONAL}
    found = [find_participant(hub, reader, kind, number, "planning") for kind, number in numbers.items()]
    assert told(receipts) == ["accepted"] * 5
    assert {*found} == {receipt.participant_id for receipt in receipts}
    assert len({*found}) == 1


def test_numbers_of_two_people_are_quarantined_until_one_registration_is_taken_back(hub: Hub) -> None:
    send(hub, [registers(MIGRATION, lma_number=LMA)], agency="migrationsverket")
    send(hub, [registers(JOBBTORG, personal_number=PERSONAL)])
    conflict = send(
        hub,
        [
            registers(AF, lma_number=LMA, personal_number=PERSONAL),
            event("e", "conversation.held", {"kind": "trepartssamtal"}, source=AF, subject="P1"),
        ],
        agency="af",
    )
    retracted = send(
        hub,
        [
            event(
                "undo",
                "participant.retracted",
                {"replaces": {"source": JOBBTORG, "id": "reg"}, "reason": "Fel person"},
                subject="P1",
            )
        ],
    )
    with hub.database.transaction() as connection:
        quarantined = [(case.id, case.reason, case.state) for case in listed(connection)]
    again = redrive(hub, None, "Maria Ek").receipts
    with hub.database.transaction() as connection:
        bound = rows(
            connection,
            "SELECT source, participant_id FROM reference_binding WHERE unbound_at IS NULL ORDER BY source",
        )
        settled = [(case.id, case.state, case.actor) for case in listed(connection, state="redriven")]
        waiting = rows(connection, "SELECT uid FROM held_event")

    assert told(conflict) == ["rejected identity_conflict", "held participant_unknown"]
    assert told(retracted) == ["accepted"]
    assert quarantined == [("reg", "identity_conflict", "open")]
    assert told([receipt for _, receipt in again]) == ["accepted"]
    assert settled == [("reg", "redriven", "Maria Ek")]
    assert [source for source, _ in bound] == [AF, MIGRATION]
    assert len({participant for _, participant in bound}) == 1
    assert waiting == []
