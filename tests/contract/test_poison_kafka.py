"""Poison over Kafka: every record stands alone, is answered as it is in a file, and harms no other."""

from hub.run.hub import Hub
from schemas.receipts import Status
from tests.contract.intake_cases import Writer
from tests.contract.kafka_door import opened
from tests.contract.kafka_way import Streams
from tests.contract.poison_corpus import ATTRIBUTES, RECORDS, VALUES, Record, Value
from tests.databases import FreshDatabase

LARGEST = 2**20
POISON: list[Value | Record] = [*VALUES, *ATTRIBUTES, *(each for each in RECORDS if len(each.content) < LARGEST)]

TOLD_BEFORE = ["white space around"]
"""What is the same as another poison has that one's receipt, and none of its own."""


def poisoned(writer: Writer, poison: Value | Record) -> bytes:
    return poison.content if isinstance(poison, Record) else writer.poisoned(poison.at, poison.raw)


def test_every_poison_is_answered_as_it_is_in_a_file_and_what_comes_after_is_accepted(
    hub: Hub, database: FreshDatabase, streams: Streams
) -> None:
    answered: dict[str, tuple[str, str, str | None] | None] = {}
    with opened(hub, database, streams) as door:
        for poison in POISON:
            receipt = door.way.published("jobbtorg", poisoned(door.writer, poison))
            first = None if receipt is None else receipt.problems[0]
            answered[poison.name] = None if first is None else ("rejected", first.reason, first.pointer)
        after = door.way.published("jobbtorg", door.writer.poisoned("/data/note", b'"after"'))

    told = {poison.name: ("rejected", poison.reason, poison.pointer) for poison in POISON}
    assert answered == told | dict.fromkeys(TOLD_BEFORE)
    assert after is not None
    assert after.status is Status.ACCEPTED
