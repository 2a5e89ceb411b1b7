"""Holds the ledger of the clients against what the hub has: log, receipts and timelines say each event once."""

from collections import Counter

from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.rebuild import verify
from hub.store.database import rows
from schemas.vocabulary import ParticipantId
from tests.integration.durability.clients import Key, Ledger
from tests.integration.intake.sending import project_all
from tests.integration.timelines import events_of


def prove(hub: Hub, ledger: Ledger) -> None:
    """Nothing that was sent is lost, nothing is doubled, and no answer said anything else."""
    project_all(hub)
    once = Counter(dict.fromkeys(ledger.sent, 1))
    with hub.database.transaction() as connection:
        logged = rows(connection, "SELECT position, source, event_id FROM log_entry ORDER BY position")
        receipts = rows(
            connection,
            "SELECT source, event_id, receipt_id::text, status, position FROM receipt ORDER BY source, event_id",
        )
        people = rows(connection, "SELECT participant_id FROM participant")
    shown = Counter(
        (event.source, event.id)
        for (participant_id,) in people
        for event in events_of(hub, ParticipantId(participant_id))
    )
    positions = {(source, event_id): position for position, source, event_id in logged}

    assert [position for position, _, _ in logged] == list(range(1, len(logged) + 1))
    assert Counter((source, event_id) for _, source, event_id in logged) == once
    assert Counter((row[0], row[1]) for row in receipts) == once
    assert {(row[0], row[1]): (row[3], row[4]) for row in receipts} == {
        key: ("accepted", position) for key, position in positions.items()
    }
    assert shown == once
    assert len(people) == len({event_id for _, event_id in once if event_id.endswith("participant.registered")})
    assert _contradictions(ledger, {(row[0], row[1]): row[2] for row in receipts}, positions) == []
    assert verify(hub, TIMELINE, lambda _done, _total: None).equal


def _contradictions(ledger: Ledger, receipt_ids: dict[Key, str], positions: dict[Key, int]) -> list[Key]:
    """Events with an answer that named another receipt or position, or that two clients were told to be first with."""
    return [
        key
        for key in ledger.sent
        if {answer.receipt_id for answer in ledger.answers[key]} != {receipt_ids[key]}
        or not {answer.position for answer in ledger.answers[key]} <= {None, positions[key]}
        or sum(answer.status != "duplicate" for answer in ledger.answers[key]) > 1
        or any(answer.status == "rejected" for answer in ledger.answers[key])
    ]
