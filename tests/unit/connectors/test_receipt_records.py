"""A record of a receipts topic: the receipt in it, and where the record stands that it answers."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from connectors.receipt_records import read_receipt_record
from schemas.receipts import Problem, Receipt, Status
from schemas.vocabulary import ParticipantId, Position

TOPIC = "agency.jobbtorg.events"
STATED = {
    "receipt_id": str(UUID(int=1)),
    "source": "urn:samspar:source:jobbtorg:verksamhetssystem",
    "id": "o",
    "status": "accepted",
    "recorded_at": "2026-11-20T15:00:00.123456Z",
    "problems": [],
    "notices": [{"reason": "attribute_ignored", "pointer": "/x", "expected": "e", "found": "x", "action": "a"}],
    "participant_id": str(UUID(int=2)),
    "position": 17,
}


def test_a_receipt_is_read_as_the_hub_wrote_it() -> None:
    record = read_receipt_record([("locator", b"agency.jobbtorg.events/2/41")], json.dumps(STATED).encode(), TOPIC)

    assert record is not None
    assert (record.partition, record.offset, record.text) == (2, 41, json.dumps(STATED).encode())
    assert record.receipt == Receipt(
        receipt_id=UUID(int=1),
        source="urn:samspar:source:jobbtorg:verksamhetssystem",
        id="o",
        status=Status.ACCEPTED,
        recorded_at=datetime(2026, 11, 20, 15, 0, 0, 123456, tzinfo=UTC),
        participant_id=ParticipantId(UUID(int=2)),
        position=Position(17),
        notices=(Problem(reason="attribute_ignored", pointer="/x", expected="e", found="x", action="a"),),
    )


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("locator", b"request/0")],
        [("locator", b"agency.af.events/0/1")],
        [("locator", b"agency.jobbtorg.events/-1/x")],
        [("locator", b"\xff")],
        [("locator", "agency.jobbtorg.events/²/1".encode())],
    ],
)
def test_a_receipt_of_what_came_another_way_names_no_record(headers: list[tuple[str, bytes]]) -> None:
    record = read_receipt_record(headers, json.dumps(STATED).encode(), TOPIC)

    assert record is not None
    assert (record.partition, record.offset) == (None, None)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"no receipt",
        b"[]",
        b"{}",
        json.dumps({**STATED, "status": "unheard of"}).encode(),
        json.dumps({**STATED, "receipt_id": 7}).encode(),
        json.dumps({**STATED, "problems": [{"colour": "blue"}]}).encode(),
    ],
)
def test_what_is_no_receipt_answers_nothing(value: bytes) -> None:
    assert read_receipt_record([], value, TOPIC) is None
