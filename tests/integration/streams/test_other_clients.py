"""Whatever client an agency sends with and in whichever mode: the same receipts as the same event over HTTP."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from connectors.kafka_publisher import Publisher
from hub.intake.reading import Delivery
from hub.intake.records import read_kafka_record
from hub.run.answers import receipt_json
from hub.run.hub import Hub
from hub.run.steps import receive
from hub.store.receipts import Wanted, receipts_of
from hub.store.register import agencies
from hub.streams.broker import Broker
from schemas.receipts import Receipt
from schemas.topics import events_topic
from tests.contract.kafka_way import Streams
from tests.databases import FreshDatabase
from tests.integration.streams.agency_topics import client, fresh_agency, locator, records, written
from tests.integration.streams.other_clients import (
    Headers,
    as_written,
    by_older_sdk,
    by_sdk,
    console_producer,
    librdkafka,
)
from tests.integration.web.calling import calling
from tests.nursery import Nursery
from tests.unit.intake.builders import event, opened, registration

Produce = Callable[[str, str, Headers, bytes], None]
Write = Callable[..., tuple[Headers, bytes]]
CODECS = ("gzip", "snappy", "lz4", "zstd")
EVENTS = (
    registration("åäö-1", correlationid="flytt 100%"),
    opened("o1"),
    event("o2", "enrolment.opened", {"key": "e", "programme": "astronaut"}, schemaversion=2),
    opened("o3", subject="nobody"),
)


@pytest.fixture
def produce(request: pytest.FixtureRequest, kafka_jars: Path) -> Produce:
    """How the client of this test produces a record."""
    return partial(console_producer, kafka_jars) if request.param == "Java" else librdkafka


@pytest.mark.parametrize("binary", [False, True], ids=["structured", "binary"])
@pytest.mark.parametrize(
    ("produce", "write"),
    [("librdkafka", as_written), ("Java", as_written), ("librdkafka", by_sdk), ("librdkafka", by_older_sdk)],
    ids=["librdkafka", "console producer", "SDK", "older SDK"],
    indirect=["produce"],
)
def test_an_event_is_answered_as_over_http(
    hub: Hub, broker: Broker, produce: Produce, write: Write, *, binary: bool
) -> None:
    agency = fresh_agency(client(broker.address))
    for stated in EVENTS:
        headers, value = write(stated, binary=binary)
        produce(broker.address, events_topic(agency), headers, value)

    over_kafka = {
        receipt.id: receipt_json(receipt)
        for receipt in received(hub, records(client(broker.address), events_topic(agency)))
    }
    with calling(hub) as api:
        over_http = {stated["id"]: api.post(stated).json() for stated in EVENTS}

    assert [over_kafka[stated["id"]]["status"] for stated in EVENTS] == ["accepted", "accepted", "rejected", "held"]
    assert [over_http[stated["id"]]["status"] for stated in EVENTS] == [
        "duplicate",
        "duplicate",
        "rejected",
        "duplicate",
    ]
    assert {
        event_id: {**each, "status": over_kafka[event_id]["status"]} for event_id, each in over_http.items()
    } == over_kafka


def test_records_are_read_however_they_are_compressed(
    hub: Hub, database: FreshDatabase, broker: Broker, nursery: Nursery, tmp_path: Path
) -> None:
    events = [registration(f"in {codec}", subject=codec) for codec in CODECS]
    with hub.database.transaction() as connection:
        codes = [agency.code for agency in agencies(connection)]

    with Streams(broker, nursery).way(hub, database, tmp_path, codes, timeless=True):
        for stated, codec in zip(events, CODECS, strict=True):
            headers, value = as_written(stated, binary=False)
            librdkafka(broker.address, events_topic("jobbtorg"), headers, value, codec=codec)
        taken = taken_in(hub, len(events))

    assert taken == {f"in {codec}": "accepted" for codec in CODECS}


def test_a_person_has_one_partition_whichever_client_sends_with_the_key(broker: Broker, tmp_path: Path) -> None:
    kafka = client(broker.address)
    agency = fresh_agency(kafka)
    events = [opened(f"o{place}", subject=f"J{place}") for place in range(8)]
    with Publisher(agency, kafka, tmp_path / "outbox.sqlite") as publisher:
        publisher.put(map(written, events))
        publisher.send()
    ours = {record.key: record.partition for record in records(kafka, events_topic(agency))}

    for key in ours:
        librdkafka(broker.address, events_topic(agency), {}, b"{}", key=key)

    theirs = {record.key: record.partition for record in records(kafka, events_topic(agency)) if record.value == b"{}"}
    assert len(ours) == 8
    assert theirs == ours


def test_a_tombstone_is_answered(hub: Hub, broker: Broker) -> None:
    agency = fresh_agency(client(broker.address))
    librdkafka(broker.address, events_topic(agency), {}, None, key=b"a person")

    [receipt] = received(hub, records(client(broker.address), events_topic(agency)))

    assert [receipt.status, *(found.reason for found in receipt.problems)] == ["rejected", "body_empty"]


def received(hub: Hub, listed: Iterable[Any]) -> list[Receipt]:  # records of kafka-python, which has no types
    """What the hub answers to records in the order in which they were written."""
    now = hub.now()
    return receive(
        hub,
        [
            Delivery(
                agency="jobbtorg",
                channel="kafka",
                locator=locator(record),
                received_at=now,
                content=read_kafka_record(record.headers, record.value),
            )
            for record in sorted(listed, key=lambda record: record.timestamp)
        ],
    )


def taken_in(hub: Hub, wanted: int) -> dict[str | None, str]:
    """The status of each event, once so many have a receipt."""
    until = monotonic() + 30
    while True:
        with hub.database.transaction() as connection:
            found = {receipt.id: receipt.status.value for _, receipt in receipts_of(connection, "jobbtorg", Wanted())}
        if len(found) >= wanted or monotonic() > until:
            return found
        sleep(0.05)
