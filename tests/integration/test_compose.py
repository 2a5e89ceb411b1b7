"""The commands of docker-compose.yml, run natively: roles, migration, service and health check."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest

from hub.store.embedded import Cluster
from hub.store.embedded_place import find_programs
from hub.store.embedded_server import free_port
from hub.streams.broker import Broker
from tests.architecture.compose import of_the_cluster, ours, services
from tests.architecture.repository import ROOT
from tests.integration.hub_commands import Commands
from tests.integration.hub_service import HUB, environment, service
from tests.integration.published_numbers import personal_numbers
from tests.integration.store.hub_processes import running
from tests.streams import producer_of
from tests.unit.intake.builders import registration


@pytest.fixture
def bare(data_dir: Path) -> Iterator[Cluster]:
    """A PostgreSQL as its image gives it: without the hub's roles and database."""
    with running(data_dir / "postgres") as cluster:
        with psycopg.connect(cluster.url_of("postgres", "hub_superuser"), autocommit=True) as connection:
            for statement in ("DROP DATABASE samspar", "DROP ROLE hub_app", "DROP ROLE hub_owner"):
                connection.execute(statement)
        yield cluster


def port_of(cluster: Cluster) -> int:
    return int(psycopg.conninfo.conninfo_to_dict(cluster.url)["port"] or 0)


def make_roles(cluster: Cluster) -> None:
    script = ROOT / "docker" / "postgres-roles.sql"
    environment = os.environ | {name: str(value) for name, value in services()["postgres"]["environment"].items()}
    command = [
        str(find_programs() / "psql"),
        "-X",
        "-q",
        "-d",
        cluster.url_of("postgres", "hub_superuser"),
        "-f",
        str(script),
    ]
    for _ in range(2):
        subprocess.run(command, check=True, env=environment, capture_output=True)


def settings_of(service_name: str, cluster: Cluster, data_dir: Path, port: int, kafka: str = "") -> dict[str, str]:
    """What compose sets, with the addresses of this machine."""
    given = {name: str(value) for name, value in ours()[service_name]["environment"].items()}
    given = {name: value.replace("@postgres:5432", f"@127.0.0.1:{port_of(cluster)}") for name, value in given.items()}
    here = {"HUB_DATA_DIR": str(data_dir), "HUB_HOST": "127.0.0.1", "HUB_PORT": str(port)}
    here["HUB_KAFKA_BOOTSTRAP_SERVERS"] = kafka
    return given | {name: value for name, value in here.items() if name in given}


def test_the_services_start_in_their_order_and_end_when_told(bare: Cluster, tmp_path: Path) -> None:
    make_roles(bare)
    port = free_port(None)
    migrating, serving = (settings_of(name, bare, tmp_path, port) for name in ("migrate", "hub"))
    migrate = [str(HUB), *ours()["migrate"]["command"]]
    subprocess.run(migrate, check=True, env=environment(migrating), cwd=tmp_path, capture_output=True)

    check = [part.replace(":8080", f":{port}") for part in ours()["hub"]["healthcheck"]["test"][2:]]
    with service(serving, *ours()["hub"]["command"], folder=tmp_path) as hub:
        healthy = subprocess.run([sys.executable, *check], check=False, capture_output=True).returncode
        hub.terminate()
        ended = hub.wait(30)
    unhealthy = subprocess.run([sys.executable, *check], check=False, capture_output=True).returncode
    assert (healthy, ended, unhealthy) == (0, 0, 1)


def test_the_cluster_starts_in_its_order_works_and_ends_when_told(
    bare: Cluster, kafka_jars: Path, tmp_path: Path
) -> None:
    make_roles(bare)
    port = free_port(None)
    broker = Broker(tmp_path / "broker", kafka_jars)
    broker.start()
    with ExitStack() as opened:
        opened.callback(broker.stop)
        assert _is_healthy(broker)
        given = {name: settings_of(name, bare, tmp_path, port, broker.address) for name in ours()}
        for name in ("migrate", "topics"):
            command = [str(HUB), *ours()[name]["command"]]
            subprocess.run(command, check=True, env=environment(given[name]), cwd=tmp_path, capture_output=True)
        commands = Commands(given["hub"], tmp_path)
        hub = opened.enter_context(service(given["hub"], *ours()["hub"]["command"], folder=tmp_path))
        workers = [
            opened.enter_context(_started([str(HUB), *each["command"]], given[name], tmp_path / f"{name}.log"))
            for name, each in of_the_cluster().items()
            if name != "topics"
        ]
        producer = producer_of(broker.address)
        sent = [
            registration(f"reg-{place}", number=number, subject=f"P{place}")
            for place, number in enumerate(personal_numbers(6))
        ]
        for event in sent:
            producer.send("agency.jobbtorg.events", json.dumps(event).encode(), key=event["subject"].encode())
        producer.flush()
        producer.close()
        _wait(lambda: commands.json("status")["projections"][0]["position"] == len(sent), tmp_path)
        owners = {each["owner"] for each in commands.json("status")["streams"]["partitions"]}
        for process in (*workers, hub):
            process.terminate()
        ended = [process.wait(30) for process in (*workers, hub)]

    assert owners == {"intake-1", "intake-2", "projections-1", "projections-2"}
    assert ended == [0] * 5


def _is_healthy(broker: Broker) -> bool:
    check = [
        part.replace("127.0.0.1/9092", broker.address.replace(":", "/"))
        for part in services()["kafka"]["healthcheck"]["test"][1:]
    ]
    return subprocess.run(check, check=False, capture_output=True).returncode == 0


@contextmanager
def _started(command: list[str], settings: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=environment(settings), cwd=log.parent, stdout=output, stderr=output) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _wait(done: Callable[[], bool], folder: Path) -> None:
    until = monotonic() + 90
    while not done():
        assert monotonic() < until, "\n".join(log.read_text(encoding="utf-8")[-2000:] for log in folder.glob("*.log"))
        sleep(0.2)
