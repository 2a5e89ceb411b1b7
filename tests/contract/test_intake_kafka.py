"""The published cases of the front door over Kafka: every record stands alone, and its topic says who sends."""

from collections.abc import Iterator

import pytest

from hub.run.hub import Hub
from hub.store.database import rows
from tests.contract.intake_cases import IntakeCase, intake_cases
from tests.contract.kafka_door import Door, opened
from tests.contract.kafka_way import Streams
from tests.databases import FreshDatabase

CASES = intake_cases()
RECORDS = [case for case in CASES if not case.is_batch]


@pytest.fixture(scope="module")
def kafka_door(module_hub: Hub, module_database: FreshDatabase, streams: Streams) -> Iterator[Door]:
    """A cluster's front door where what the cases rely on is known."""
    with opened(module_hub, module_database, streams) as door:
        yield door


@pytest.mark.parametrize("case", RECORDS, ids=lambda case: case.name)
def test_a_record_is_answered_as_published(kafka_door: Door, case: IntakeCase) -> None:
    way, writer = kafka_door.way, kafka_door.writer
    written = writer.write(case)
    for earlier in written.before:
        accepted = way.published("jobbtorg", earlier)
        assert accepted is not None
        assert accepted.status == "accepted"

    receipt = way.published("jobbtorg", written.body, headers=[("content-type", case.content_type.encode())])

    _, verdict, reason, pointer = case.verdict
    if verdict == "duplicate":
        assert receipt is None
        return
    assert receipt is not None
    problems = [(found.reason, found.pointer) for found in receipt.problems[:1]]
    assert (receipt.status, problems) == (verdict or "rejected", [(reason, pointer)] if reason else [])
    assert receipt.receipt_id is not None


def test_what_cannot_be_read_is_kept_in_the_quarantine_with_its_place(kafka_door: Door) -> None:
    way = kafka_door.way
    receipt = way.published("jobbtorg", b"\xff\xfe\x00 no event")

    assert receipt is not None
    with way.hub.database.transaction() as connection:
        kept = rows(
            connection,
            "SELECT q.reason, q.agency, r.channel, r.locator ~ '^agency\\.jobbtorg\\.events/\\d+/\\d+$' FROM quarantine q"
            " JOIN receipt r ON r.receipt_id = q.quarantine_id WHERE q.quarantine_id = %s",
            (receipt.receipt_id,),
        )
    assert kept == [("body_not_utf8", "jobbtorg", "kafka", True)]


def test_a_record_without_a_value_is_refused_and_harms_no_other(kafka_door: Door) -> None:
    receipt = kafka_door.way.published("af", None, key=b"a key")
    after = kafka_door.way.published("jobbtorg", kafka_door.writer.poisoned("/data/note", b'"after"'))

    assert receipt is not None
    assert after is not None
    assert [receipt.status, receipt.problems[0].reason, after.status] == ["rejected", "body_empty", "accepted"]


def test_an_event_of_one_agency_on_the_topic_of_another_is_refused(kafka_door: Door) -> None:
    receipt = kafka_door.way.published("af", kafka_door.writer.poisoned("/data/note", b'"not ours"'))

    assert receipt is not None
    assert (receipt.status, receipt.problems[0].reason) == ("rejected", "source_of_another_agency")
