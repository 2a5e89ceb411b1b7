"""What an intake worker does when a fault of the hub itself meets a delivery: it alone is set aside, whole, with its receipt."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from hub.intake.decide import decide
from hub.intake.facts import Facts
from hub.intake.outcomes import Examined, Outcome
from hub.intake.reading import Content
from hub.intake.records import read_kafka_record
from hub.run import steps
from hub.run.hub import Hub
from hub.run.intake_sink import IntakeSink, intake_sink
from hub.run.quarantine import redrive
from hub.run.worker import INTAKE_GROUP, Reading
from hub.store.database import rows
from hub.store.streams import Partition, claim, next_offsets
from schemas.errors import TooManyParked
from schemas.event_type import JsonObject
from schemas.receipts import Status
from schemas.topics import events_topic
from tests.integration.published_numbers import personal_numbers
from tests.unit.intake.builders import opened, registration

PART = Partition(events_topic("jobbtorg"), 0)
(NUMBER,) = personal_numbers(1)


@dataclass(frozen=True, slots=True)
class Given:
    """A record as a client hands it over."""

    offset: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


@pytest.fixture
def sink(hub: Hub) -> IntakeSink:
    """Of a hub that knows the demo's agencies."""
    return intake_sink(hub)


def take(sink: IntakeSink, *events: JsonObject) -> None:
    """Read these from a partition that begins with them."""
    reading = Reading(contiguous=False)
    with sink.hub.database.transaction() as connection:
        reading.begin(claim(connection, INTAKE_GROUP, {PART: "topic"}, "a test"))
    records = [Given(place, json.dumps(each).encode()) for place, each in enumerate(events)]
    work, moves = reading.take([(PART, 0, records)])
    sink.write(sink.prepare(work), moves)


def stumbling(monkeypatch: pytest.MonkeyPatch, *ids: str) -> None:
    """Let the decisions about some events fall over."""

    def decided(examined: Examined, facts: Facts, recorded_at: object) -> list[Outcome]:
        if examined.id in ids and not examined.early:
            message = "a bug in a decision"
            raise ZeroDivisionError(message)
        return decide(examined, facts, recorded_at)  # type: ignore[arg-type]  # passed on as given

    monkeypatch.setattr(steps, "decide", decided)


def found(hub: Hub) -> dict[str, tuple[str, str | None]]:
    """Status and first reason of every event, by its id."""
    with hub.database.transaction() as connection:
        listed = rows(connection, "SELECT event_id, status, problems -> 0 ->> 'reason' FROM receipt ORDER BY cursor")
    return {event_id: (status, reason) for event_id, status, reason in listed}


def test_one_delivery_that_meets_a_fault_is_set_aside_and_the_others_are_taken(
    sink: IntakeSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    stumbling(monkeypatch, "o1")

    take(sink, registration("reg", number=NUMBER), opened("o1"), opened("o2", key="e2"))

    assert found(sink.hub) == {
        "reg": ("accepted", None),
        "o1": ("rejected", "hub_fault"),
        "o2": ("accepted", None),
    }
    with sink.hub.database.transaction() as connection:
        assert next_offsets(connection, INTAKE_GROUP, PART.topic) == {PART: 3}


def test_a_record_that_cannot_even_be_read_is_set_aside_and_the_others_are_taken(
    sink: IntakeSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reading(headers: Sequence[tuple[str, bytes]], value: bytes | None) -> Content:
        if b'"o1"' in (value or b""):
            message = "a bug in the reading of a header"
            raise ZeroDivisionError(message)
        return read_kafka_record(headers, value)

    monkeypatch.setattr("hub.run.intake_sink.read_kafka_record", reading)
    take(sink, registration("reg", number=NUMBER), opened("o1"), opened("o2", key="e2"))

    assert found(sink.hub) == {"reg": ("accepted", None), None: ("rejected", "hub_fault"), "o2": ("accepted", None)}


def test_it_is_sent_on_when_the_fault_is_mended(sink: IntakeSink, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as faulty:
        stumbling(faulty, "o1")
        take(sink, registration("reg", number=NUMBER), opened("o1"))

    redriven = redrive(sink.hub, None, "a test")

    assert [(receipt.status, receipt.problems) for _, receipt in redriven.receipts] == [(Status.ACCEPTED, ())]
    assert [receipt.id for _, receipt in redriven.receipts] == ["o1"]


def test_when_more_than_a_few_meet_a_fault_the_release_is_to_blame_and_the_worker_ends(
    sink: IntakeSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"o{number}" for number in range(12)]
    stumbling(monkeypatch, *names)

    with pytest.raises(TooManyParked, match="expected at most 10 deliveries of a batch to meet a fault"):
        take(sink, registration("reg", number=NUMBER), *(opened(name, key=name) for name in names))
