"""The commands of docker-compose.yml, run natively: roles, migration, service and health check."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hub.store.embedded import Cluster
from hub.store.embedded_place import find_programs
from hub.store.embedded_server import free_port
from tests.architecture.compose import ours, services
from tests.architecture.repository import ROOT
from tests.integration.store.hub_processes import running

HUB = Path(sys.executable).parent / "hub"
PATIENCE_SECONDS = 60.0


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


def environment_of(service: str, cluster: Cluster, data_dir: Path, port: int) -> dict[str, str]:
    """What compose sets, with the addresses of this machine; nothing of the machine's own settings."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    given = {name: str(value) for name, value in ours()[service]["environment"].items()}
    given = {name: value.replace("@postgres:5432", f"@127.0.0.1:{port_of(cluster)}") for name, value in given.items()}
    here = {"HUB_DATA_DIR": str(data_dir), "HUB_HOST": "127.0.0.1", "HUB_PORT": str(port)}
    return machine | given | {name: value for name, value in here.items() if name in given}


def is_healthy(port: int) -> bool:
    check = [part.replace(":8080", f":{port}") for part in ours()["hub"]["healthcheck"]["test"][1:]]
    return subprocess.run([sys.executable, *check[1:]], check=False, capture_output=True).returncode == 0


def test_the_services_start_in_their_order_and_end_when_told(bare: Cluster, tmp_path: Path) -> None:
    make_roles(bare)
    port = free_port(None)

    migrate = [str(HUB), *ours()["migrate"]["command"]]
    subprocess.run(
        migrate, check=True, env=environment_of("migrate", bare, tmp_path, port), cwd=tmp_path, capture_output=True
    )

    serve = [str(HUB), *ours()["hub"]["command"]]
    with subprocess.Popen(serve, env=environment_of("hub", bare, tmp_path, port), cwd=tmp_path) as hub:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_healthy(port) and time.monotonic() < deadline and hub.poll() is None:
            time.sleep(0.2)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live") as answer:
            status = answer.status
        hub.terminate()
        ended = hub.wait(PATIENCE_SECONDS)
    assert (status, ended) == (200, 0)
