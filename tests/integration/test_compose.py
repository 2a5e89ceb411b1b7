"""The commands of docker-compose.yml, run natively: roles, migration, service and health check."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hub.store.embedded import Cluster
from hub.store.embedded_place import find_programs
from hub.store.embedded_server import free_port
from tests.architecture.compose import ours, services
from tests.architecture.repository import ROOT
from tests.integration.hub_service import HUB, environment, service
from tests.integration.store.hub_processes import running


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


def settings_of(service_name: str, cluster: Cluster, data_dir: Path, port: int) -> dict[str, str]:
    """What compose sets, with the addresses of this machine."""
    given = {name: str(value) for name, value in ours()[service_name]["environment"].items()}
    given = {name: value.replace("@postgres:5432", f"@127.0.0.1:{port_of(cluster)}") for name, value in given.items()}
    here = {"HUB_DATA_DIR": str(data_dir), "HUB_HOST": "127.0.0.1", "HUB_PORT": str(port)}
    return given | {name: value for name, value in here.items() if name in given}


def test_the_services_start_in_their_order_and_end_when_told(bare: Cluster, tmp_path: Path) -> None:
    make_roles(bare)
    port = free_port(None)
    migrating, serving = (settings_of(name, bare, tmp_path, port) for name in ours())
    migrate = [str(HUB), *ours()["migrate"]["command"]]
    subprocess.run(migrate, check=True, env=environment(migrating), cwd=tmp_path, capture_output=True)

    check = [part.replace(":8080", f":{port}") for part in ours()["hub"]["healthcheck"]["test"][2:]]
    with service(serving, *ours()["hub"]["command"], folder=tmp_path) as hub:
        healthy = subprocess.run([sys.executable, *check], check=False, capture_output=True).returncode
        hub.terminate()
        ended = hub.wait(30)
    unhealthy = subprocess.run([sys.executable, *check], check=False, capture_output=True).returncode
    assert (healthy, ended, unhealthy) == (0, 0, 1)
