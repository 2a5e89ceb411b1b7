"""Workers on a broker that asks who they are: they need what `hub topics apply` grants, and no more."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from hub.streams.broker import Broker
from tests.databases import FreshDatabase
from tests.integration.hub_commands import Commands
from tests.integration.hub_service import HUB, environment
from tests.integration.published_numbers import personal_numbers
from tests.integration.streams.guarded import client, signed_in
from tests.unit.intake.builders import opened, registration

(NUMBER,) = personal_numbers(1)


@contextmanager
def worker(kind: str, settings: dict[str, str], folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker as its own process."""
    with (
        (folder / f"{kind}.log").open("wb") as output,
        subprocess.Popen(
            [HUB, "worker", kind], env=environment(settings), cwd=folder, stdout=output, stderr=output
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def test_workers_sign_in_with_what_topics_apply_grants(
    database: FreshDatabase, guarded: Broker, tmp_path: Path
) -> None:
    operator = Commands({**database.environment(tmp_path), **signed_in(guarded, "operator")}, tmp_path)
    operator.run("topics", "apply", HUB_KAFKA_WORKER_USERNAME="samspar")
    settings = {**database.environment(tmp_path), **signed_in(guarded, "samspar")}
    hub = Commands(settings, tmp_path)
    producer = KafkaProducer(**client("jobbtorg", guarded), acks="all", enable_idempotence=True)
    sent = [registration("reg", number=NUMBER), opened("o1")]
    with worker("intake", settings, tmp_path), worker("projections", settings, tmp_path):
        for event in sent:
            producer.send("agency.jobbtorg.events", json.dumps(event).encode(), key=b"J1").get(20)
        producer.close()
        receipts = read_receipts(guarded, len(sent))
        until = monotonic() + 60
        while hub.json("status")["projections"][0]["position"] < len(sent):
            assert monotonic() < until, (tmp_path / "projections.log").read_text(encoding="utf-8")
            sleep(0.2)

    assert {each["id"]: each["status"] for each in receipts} == {"reg": "accepted", "o1": "accepted"}


def read_receipts(broker: Broker, count: int) -> list[dict[str, object]]:
    """An agency's receipts, read as the agency."""
    consumer = KafkaConsumer(**client("jobbtorg", broker), auto_offset_reset="earliest", enable_auto_commit=False)
    consumer.assign([TopicPartition("agency.jobbtorg.receipts", part) for part in range(3)])
    found: list[dict[str, object]] = []
    until = monotonic() + 60
    while len(found) < count and monotonic() < until:
        for records in consumer.poll(timeout_ms=500).values():
            found += [json.loads(record.value) for record in records]
    consumer.close()
    return found


def test_a_worker_that_may_not_read_ends_and_says_so(database: FreshDatabase, guarded: Broker, tmp_path: Path) -> None:
    Commands({**database.environment(tmp_path), **signed_in(guarded, "operator")}, tmp_path).run("topics", "apply")

    ended = Commands({**database.environment(tmp_path), **signed_in(guarded, "af")}, tmp_path).run(
        "worker", "projections"
    )

    assert ended.code == 2
    assert "expected the topic participant.events, found none" in " ".join(ended.logged.split())
