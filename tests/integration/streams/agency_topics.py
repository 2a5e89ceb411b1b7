"""The topics of an agency on a real broker: made for a test alone, read to their end, and answered as the hub answers."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from time import sleep
from typing import Any
from uuid import UUID, uuid5

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition

from connectors.kafka_publisher import Answer
from schemas.event_type import JsonObject
from schemas.topics import events_topic, receipts_topic

_NUMBERS = count(1)
_HUB = UUID(int=7)
Client = Mapping[str, Any]


def client(address: str, **more: object) -> dict[str, Any]:
    """The settings of a client of a broker that asks nobody who they are."""
    return {"bootstrap_servers": address, "bootstrap_timeout_ms": 10_000, **more}


def fresh_agency(kafka: Client) -> str:
    """The code of an agency with empty topics."""
    made = f"agency{next(_NUMBERS)}"
    for name in (events_topic(made), receipts_topic(made)):
        make_topic(kafka, name)
    return made


def make_topic(kafka: Client, name: str, partitions: int = 3) -> None:
    """An empty topic."""
    admin = KafkaAdminClient(**kafka)
    try:
        admin.create_topics({name: {"num_partitions": partitions, "replication_factor": 1}}, wait_for_metadata=True)
    finally:
        admin.close()


def make_anew(kafka: Client, name: str) -> None:
    """Delete a topic and make an empty one of the same name, with one partition."""
    admin = KafkaAdminClient(**kafka)
    try:
        admin.delete_topics([name])
        while name in admin.list_topics():
            sleep(0.1)
    finally:
        admin.close()
    make_topic(kafka, name, partitions=1)


def records(kafka: Client, topic: str) -> list[Any]:  # records of kafka-python, which has no types
    """Everything in a topic, by partition in order."""
    consumer = KafkaConsumer(**kafka, group_id=None, enable_auto_commit=False)
    try:
        places = [TopicPartition(topic, each) for each in sorted(consumer.partitions_for_topic(topic))]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        found: list[Any] = []
        while any(consumer.position(place) < ends[place] for place in places):
            found += [record for listed in consumer.poll(500).values() for record in listed]
    finally:
        consumer.close()
    return sorted(found, key=lambda record: (record.partition, record.offset))


def ids(listed: Iterable[Any]) -> list[str]:  # records of kafka-python, which has no types
    """The ids of the events in records."""
    return [json.loads(record.value)["id"] for record in listed]


def written(event: JsonObject) -> bytes:
    """An event as its sender writes it."""
    return json.dumps(event).encode()


def told(answers: Iterable[Answer]) -> list[str]:
    """Answers in short: `accepted o1`, `rejected o2 code_unknown`."""
    return [
        " ".join([each.receipt.status, str(each.receipt.id), *(found.reason for found in each.receipt.problems)])
        for each in answers
    ]


def receipt(event: JsonObject | None, status: str, *reasons: str, found: str = "") -> JsonObject:
    """A receipt as the hub writes it; about None: of bytes that are no event."""
    source, event_id = (None, None) if event is None else (event["source"], event["id"])
    problems = [
        {"reason": reason, "pointer": None, "expected": "…", "found": found, "action": "Mend it."} for reason in reasons
    ]
    return {
        "receipt_id": str(
            uuid5(_HUB, f"{source} {event_id} {'rejected' if status == 'rejected' else 'claimed'} {found}")
        ),
        "source": source,
        "id": event_id,
        "status": status,
        "recorded_at": "2026-11-20T15:00:00.123456Z",
        "problems": problems,
        "notices": [],
    }


def answer(kafka: Client, agency: str, answers: Sequence[tuple[JsonObject, str]]) -> None:
    """Write receipts, each with the locator of the record that it answers, as the hub does."""
    producer = KafkaProducer(**kafka, acks="all", enable_idempotence=True)
    try:
        written = [
            producer.send(
                receipts_topic(agency),
                json.dumps(stated).encode(),
                stated["receipt_id"].encode(),
                [("locator", locator.encode())],
            )
            for stated, locator in answers
        ]
        for future in written:
            future.get(20)
    finally:
        producer.close()


def locator(record: Any) -> str:  # of kafka-python, which has no types
    """Where a record stands."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def answer_all(kafka: Client, agency: str, status: str, *reasons: str) -> None:
    """Give every event its receipt, naming its first record; what is no JSON is refused as such."""
    first: dict[bytes, Any] = {}
    for record in records(kafka, events_topic(agency)):
        first.setdefault(record.value, record)
    answer(kafka, agency, [(_judged(value, status, reasons), locator(record)) for value, record in first.items()])


def _judged(value: bytes, status: str, reasons: Iterable[str]) -> JsonObject:
    try:
        return receipt(json.loads(value), status, *reasons)
    except ValueError:
        return receipt(None, "rejected", "json_syntax")
