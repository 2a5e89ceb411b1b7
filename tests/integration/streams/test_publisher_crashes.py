"""Programs that die, brokers that die and brokers that stay away: nothing is lost, and what is sent again has the same ids."""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import sleep

import pytest

from connectors.kafka_publisher import Publisher
from hub.streams.broker import Broker
from schemas.errors import StreamUnavailable
from schemas.event_type import JsonObject
from schemas.topics import events_topic
from tests.integration.streams.agency_topics import (
    answer_all,
    client,
    fresh_agency,
    make_topic,
    records,
    told,
    written,
)
from tests.integration.streams.sending_programs import first_by_person, started, write_events
from tests.unit.intake.builders import opened

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # see `refused_connections`
PEOPLE = 40
HASTY = {
    "delivery_timeout_ms": 4_000,
    "request_timeout_ms": 2_000,
    "max_block_ms": 2_000,
    "bootstrap_timeout_ms": 2_000,
}


@pytest.fixture(autouse=True)
def refused_connections() -> Iterator[None]:
    """Collect the sockets of refused connections in the test that they belong to: kafka-python does not close them."""
    yield
    gc.collect()


def many(count: int) -> list[JsonObject]:
    """Events of forty people, whose ids sort as they are sent."""
    return [opened(f"{place:06}", subject=f"J{place % PEOPLE}") for place in range(count)]


def in_order(events: list[JsonObject]) -> dict[str, list[str]]:
    """The ids of each person's events as they were put."""
    people: dict[str, list[str]] = {}
    for event in events:
        people.setdefault(event["subject"], []).append(event["id"])
    return people


@pytest.fixture(scope="module")
def mortal(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of this module alone, which its tests kill."""
    broker = Broker(tmp_path_factory.mktemp("mortal") / "broker", kafka_jars)
    broker.start()
    yield broker
    broker.stop()


def test_what_was_sent_when_the_program_died_is_sent_again_and_answered_once(broker: Broker, tmp_path: Path) -> None:
    kafka = client(broker.address)
    agency, outbox = fresh_agency(kafka), tmp_path / "outbox.sqlite"
    events = write_events(tmp_path / "events.jsonl", [*many(300), b"no event"])

    with started(broker.address, agency, outbox, events, "when acknowledged") as program:
        died = program.wait(60)
    first = records(kafka, events_topic(agency))
    with Publisher(agency, kafka, outbox) as publisher:
        lost_sight_of = publisher.unsent
        publisher.put(events.read_bytes().splitlines())
        sent_again = publisher.send()
        answer_all(kafka, agency, "accepted")
        answers = told(publisher.receipts(20))

    both = records(kafka, events_topic(agency))
    assert died == -9
    assert (len(first), lost_sight_of, sent_again, len(both)) == (301, 301, 301, 602)
    assert {record.value for record in both} == {record.value for record in first}
    assert sorted(answers) == sorted([*(f"accepted {place:06}" for place in range(300)), "rejected None json_syntax"])


def test_a_receipt_that_came_before_the_event_was_sent_again_settles_it(broker: Broker, tmp_path: Path) -> None:
    kafka = client(broker.address)
    agency, outbox = fresh_agency(kafka), tmp_path / "outbox.sqlite"
    events = write_events(tmp_path / "events.jsonl", many(10))
    with started(broker.address, agency, outbox, events, "when acknowledged") as program:
        program.wait(60)
    answer_all(kafka, agency, "accepted")

    with Publisher(agency, kafka, outbox) as publisher:
        answers = told(publisher.receipts(20))
        publisher.send()
        after = publisher.unsent, publisher.waiting, told(publisher.receipts())

    assert sorted(answers) == [f"accepted {place:06}" for place in range(10)]
    assert after == (0, 0, [])


def test_a_program_that_is_killed_again_and_again_loses_nothing_and_keeps_the_order(
    broker: Broker, tmp_path: Path
) -> None:
    kafka = client(broker.address)
    agency, outbox, listed = fresh_agency(kafka), tmp_path / "outbox.sqlite", many(30_000)
    events = write_events(tmp_path / "events.jsonl", listed)
    moments = Random(7)  # noqa: S311 - when to kill is no secret

    for _ in range(6):
        with started(broker.address, agency, outbox, events) as program:
            assert program.stdout is not None
            program.stdout.readline()
            sleep(moments.uniform(0, 1.2))
            program.kill()
    with started(broker.address, agency, outbox, events) as program:
        ended = program.wait(120)

    assert ended == 0
    assert first_by_person(records(kafka, events_topic(agency))) == in_order(listed)


def test_a_broker_that_dies_and_comes_back_while_events_are_sent_loses_none(mortal: Broker, tmp_path: Path) -> None:
    kafka = client(mortal.address)
    agency, listed = fresh_agency(kafka), many(30_000)
    acknowledged: list[int] = []
    under_way = threading.Event()

    def disturb() -> None:
        under_way.wait(60)
        mortal.kill()
        sleep(1)
        mortal.start()

    def progress(count: int) -> None:
        acknowledged.append(count)
        under_way.set()

    disturber = threading.Thread(target=disturb)
    disturber.start()
    with Publisher(agency, kafka, tmp_path / "outbox.sqlite") as publisher:
        publisher.put(map(written, listed))
        sent = publisher.send(progress)
        waiting = publisher.waiting
    disturber.join()

    assert (sent, sum(acknowledged), waiting) == (30_000, 30_000, 30_000)
    assert first_by_person(records(kafka, events_topic(agency))) == in_order(listed)


def test_events_wait_in_the_outbox_for_a_broker_that_stays_away(mortal: Broker, tmp_path: Path) -> None:
    kafka = client(mortal.address, **HASTY)
    agency, listed = fresh_agency(client(mortal.address)), many(20_000)
    with Publisher(agency, kafka, tmp_path / "outbox.sqlite") as publisher:
        publisher.put(map(written, listed))
        with pytest.raises(StreamUnavailable, match=r"to acknowledge every event, found .*; they stay in the outbox"):
            publisher.send(lambda _: mortal.kill())
        kept = publisher.unsent
        with pytest.raises(StreamUnavailable, match=r"expected a Kafka broker that lets us in"):
            publisher.send()
        mortal.start()
        sent = publisher.send()

    assert kept == sent == 10_000
    assert first_by_person(records(client(mortal.address), events_topic(agency))) == in_order(listed)


def test_a_topic_that_is_not_there_is_told_and_events_wait_for_it(mortal: Broker, tmp_path: Path) -> None:
    kafka = client(mortal.address, **HASTY)
    with Publisher("unplanned", kafka, tmp_path / "outbox.sqlite") as publisher:
        publisher.put([written(opened())])
        with pytest.raises(
            StreamUnavailable, match=r"expected the topic agency\.unplanned\.events to write to .*`hub topics apply`"
        ):
            publisher.send()
        with pytest.raises(StreamUnavailable, match=r"expected the topic agency\.unplanned\.receipts to read from"):
            list(publisher.receipts())
        kept = publisher.unsent
        make_topic(client(mortal.address), "agency.unplanned.events")
        sent = publisher.send()

    assert kept == sent == 1
