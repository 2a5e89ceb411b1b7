"""`hub demo --kafka`: the same region through a real broker and workers comes to the same, and the topic holds exactly the log."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub.personal_numbers import redacted
from hub.streams.broker import Broker
from tests.integration.hub_commands import Commands
from tests.streams import producer_of

DEMO = ("demo", "--once", "--participants", "200", "--seed", "7")
OF_THE_CLOCK = {"seconds", "events_per_second"}


@dataclass(frozen=True, slots=True)
class Demos:
    """One region, through the front door of one process and through a cluster."""

    embedded: Commands
    cluster: Commands
    said: list[dict[str, Any]]


@pytest.fixture(scope="module")
def demos(module_data_dir: Path, kafka_jars: Path) -> Demos:
    """Both demos have run once."""
    folders = [module_data_dir / name for name in ("embedded", "cluster")]
    for folder in folders:
        folder.mkdir()
        folder.chmod(0o711)
    (folders[1] / "kafka-jars").symlink_to(kafka_jars)
    embedded, cluster = (Commands({"HUB_DATA_DIR": str(folder)}, folder) for folder in folders)
    said = [embedded.json(*DEMO), cluster.json(*DEMO, "--kafka")]
    return Demos(embedded, cluster, said)


def test_the_cluster_says_what_the_one_process_says(demos: Demos) -> None:
    one, many = ({name: each for name, each in said.items() if name not in OF_THE_CLOCK} for said in demos.said)

    assert many == one
    assert one["participants"] == 200


def test_the_timelines_come_to_the_same(demos: Demos) -> None:
    one, many = (hub.json("verify") for hub in (demos.embedded, demos.cluster))

    assert [(each["equal"], each["portable_digest"]) for each in many] == [(True, one[0]["portable_digest"])]


def test_it_fails_when_the_topic_holds_what_nobody_accepted(demos: Demos, kafka_jars: Path) -> None:
    broker = Broker(demos.cluster.folder / "kafka", kafka_jars)
    broker.start()
    producer = producer_of(broker.address)
    producer.send("participant.events", b"not of the hub").get(20)
    producer.close()
    broker.stop()

    refused = demos.cluster.run(*DEMO, "--kafka", "--json")

    assert refused.code == 1
    assert "expected participant.events to hold exactly the accepted events" in " ".join(refused.logged.split())
    assert "1 of others" in " ".join(refused.logged.split())


def test_the_logs_of_its_workers_name_nobody(demos: Demos) -> None:
    logs = [path.read_text(encoding="utf-8") for path in (demos.cluster.folder / "kafka").glob("*.log")]

    assert sum("delivery_rejected" in log for log in logs) == 1
    assert [log for log in logs if redacted(log) != log] == []
