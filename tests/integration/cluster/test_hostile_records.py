"""What any agency may write to its topic, and must not stop the others: headers that are none, names that are no text, transactions."""

import json
import os
import signal
from time import sleep

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from schemas.topics import events_topic
from tests.integration.cluster.running import Running
from tests.integration.published_numbers import personal_numbers
from tests.nursery import INTAKE
from tests.unit.intake.builders import AF, opened, registration

ONE, OTHER = personal_numbers(2)
TOPIC = events_topic("jobbtorg")
UNPARSABLE = (b"application/json; charset*=a\0b''x", b"application/json; charset*" + b"9" * 5000 + b"=x")


class NoText(str):
    """The name of a header as librdkafka sends it when it is given bytes that are not UTF-8."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Those bytes."""
        return b"\xff\xfe\xc0" + super().encode(encoding, errors)


def test_a_content_type_that_cannot_be_parsed_harms_its_own_record(running: Running) -> None:
    workers = running.start(INTAKE, INTAKE)
    producer = running.producer
    for place, value in enumerate(UNPARSABLE):
        producer.send(TOPIC, value=b'{"n": %d}' % place, headers=[("content-type", value)], partition=0).get(10)
    running.publish("jobbtorg", registration("reg", number=ONE), part=0)
    running.publish("af", registration("af-reg", number=OTHER, source=AF, subject="A9"))
    running.wait_for_receipts(4)

    answers = running.asked("SELECT status, problems -> 0 ->> 'reason' FROM receipt ORDER BY 1, 2")
    assert answers == [
        ("accepted", None),
        ("accepted", None),
        ("rejected", "content_type_unsupported"),
        ("rejected", "content_type_unsupported"),
    ]
    assert all(worker.is_running for worker in workers)


@pytest.mark.parametrize("codec", [None, "gzip", "lz4"])
def test_the_name_of_a_header_may_be_any_bytes(running: Running, codec: str | None) -> None:
    (worker,) = running.start(INTAKE)
    producer = KafkaProducer(bootstrap_servers=running.broker.address, compression_type=codec, linger_ms=500)
    first = json.dumps(registration("reg", number=ONE)).encode()
    producer.send(TOPIC, value=first, partition=0)
    producer.send(TOPIC, value=json.dumps(opened("o1")).encode(), headers=[(NoText("ce_x"), b"1")], partition=0)
    producer.send(TOPIC, value=json.dumps(opened("o2", key="k2")).encode(), headers=[("trace", b"\xff")], partition=0)
    producer.close()
    running.wait_for_receipts(3)

    assert running.statuses() == {"reg": "accepted", "o1": "accepted", "o2": "accepted"}
    assert worker.is_running


def test_status_survives_a_header_whose_name_is_no_text(running: Running) -> None:
    running.producer.send(TOPIC, value=b"{}", headers=[(NoText("x"), b"1")], partition=0).get(10)

    (lagging,) = [each for each in running.commands.json("status")["streams"]["partitions"] if each["lag_events"]]

    assert (lagging["topic"], lagging["lag_events"]) == (TOPIC, 1)


def test_a_transaction_leaves_nothing_that_looks_like_lag(running: Running) -> None:
    (worker,) = running.start(INTAKE, HUB_WATCHDOG_SECONDS="3")
    producer = KafkaProducer(bootstrap_servers=running.broker.address, transactional_id="a-sender-of-jobbtorg")
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(TOPIC, value=json.dumps(registration("reg", number=ONE)).encode(), partition=0)
    producer.commit_transaction()
    producer.begin_transaction()
    producer.send(TOPIC, value=json.dumps(opened("taken back")).encode(), partition=0)
    producer.abort_transaction()
    running.wait_for_receipts(1)
    sleep(7)
    found = running.commands.json("status")["streams"]["partitions"]
    running.publish("jobbtorg", opened("o2"), part=0)
    running.wait_for_receipts(2)
    producer.close()

    assert worker.is_running
    assert [each for each in found if each["topic"] == TOPIC and each["lag_events"]] == []
    assert running.statuses() == {"reg": "accepted", "o2": "accepted"}


def test_records_that_expire_before_a_running_worker_has_read_them_stop_it_with_72(running: Running) -> None:
    (worker,) = running.start(INTAKE)
    running.publish("jobbtorg", registration("reg", number=ONE), part=0)
    running.wait_for_receipts(1)
    os.kill(worker.pid, signal.SIGSTOP)
    sleep(0.5)
    running.publish("jobbtorg", *(opened(f"o{place}", key=f"k{place}") for place in range(5)), part=0)
    begins = next(offset for part, offset in running.begins.items() if part == (TOPIC, 0))
    admin = KafkaAdminClient(bootstrap_servers=running.broker.address)
    admin.delete_records({TopicPartition(TOPIC, 0): begins + 6})
    admin.close()
    os.kill(worker.pid, signal.SIGCONT)
    running.publish("jobbtorg", opened("last", key="last"), part=0)
    running.wait(lambda: not worker.is_running)
    moved = running.commands.json("topics", "go-on", "jobbtorg", "--reason", "they are gone")
    running.start(INTAKE)
    running.wait_for_receipts(2)

    assert '"code": 72' in worker.log.read_text(encoding="utf-8")
    assert moved[0]["partition"] == 0
    assert moved[0]["found"] == begins + 6
    assert running.statuses() == {"reg": "accepted", "last": "accepted"}
