"""Forty clients send overlapping batches with duplicates to a hub: nothing is lost and nothing is doubled."""

import os
import signal
import subprocess
from pathlib import Path

import psycopg

from hub.access.tokens import mint
from hub.bootstrap import now
from hub.run.failpoints import POINTS
from hub.settings import Settings
from hub.store.embedded import Cluster
from hub.store.embedded_server import free_port
from tests.databases import FreshDatabase, fresh_hub
from tests.integration.durability.clients import SOURCES, Load
from tests.integration.durability.proof import prove
from tests.integration.hub_service import HUB, environment, service
from tests.integration.own_database import hub_beside, joined

_SOON_SECONDS = 60.0
_REACHED = [point for point in POINTS if not point.startswith("relay_")]  # without Kafka nothing is relayed


def load_on(port: int, settings: Settings, *, batches_each: int, pause_seconds: float = 0) -> Load:
    """The clients of a hub at this port."""
    tokens = {agency: mint(settings, agency, ["events:write"], now=now()) for agency in SOURCES}
    return Load(port, tokens, batches_each=batches_each, pause_seconds=pause_seconds)


def run_until_killed(settings: dict[str, str], folder: Path) -> int:
    """How a hub that is to kill itself ended."""
    with (
        (folder / "hub.log").open("ab") as output,
        subprocess.Popen([HUB, "serve"], env=environment(settings), cwd=folder, stdout=output, stderr=output) as hub,
    ):
        try:
            return hub.wait(_SOON_SECONDS)
        finally:
            hub.kill()


def test_forty_clients_with_overlapping_batches_lose_nothing_and_double_nothing(
    database: FreshDatabase, tmp_path: Path
) -> None:
    port = free_port(None)
    load = load_on(port, database.settings(tmp_path), batches_each=3)
    with service(database.environment(tmp_path) | {"HUB_PORT": str(port)}, folder=tmp_path), load.running():
        pass

    with fresh_hub(database, tmp_path) as hub:
        prove(hub, load.ledger)
    firsts = [sum(each.status != "duplicate" for each in answers) for answers in load.ledger.answers.values()]
    assert set(firsts) == {1}
    assert sum(load.ledger.sent.values()) > 2 * len(load.ledger.sent)


def test_a_hub_killed_before_and_after_insert_commit_and_answer_loses_nothing_and_doubles_nothing(
    database: FreshDatabase, tmp_path: Path
) -> None:
    port = free_port(None)
    settings = database.environment(tmp_path) | {"HUB_PORT": str(port)}
    load = load_on(port, database.settings(tmp_path), batches_each=1, pause_seconds=0.3)
    with load.running():
        ended = [run_until_killed(settings | {"HUB_FAILPOINT": f"{point}:4"}, tmp_path) for point in _REACHED]
        with service(settings, folder=tmp_path):
            load.wait_for_more(60)
            load.finish()

    with fresh_hub(database, tmp_path) as hub:
        prove(hub, load.ledger)
    assert ended == [-signal.SIGKILL] * len(_REACHED)
    assert (tmp_path / "failpoint-hits").read_text(encoding="ascii").split() == _REACHED
    assert load.ledger.unanswered_calls > 0


def test_a_database_restarted_as_by_a_power_cut_five_times_loses_nothing_and_doubles_nothing(data_dir: Path) -> None:
    port = free_port(None)
    settings = {"HUB_DATA_DIR": str(data_dir), "HUB_PORT": str(port)}
    load = load_on(port, Settings(data_dir=data_dir), batches_each=1, pause_seconds=0.2)
    with service(settings, folder=data_dir) as hub, joined(data_dir) as cluster:
        servers = {cluster.pid}
        with load.running():
            for _ in range(5):
                load.wait_for_more(60)
                cluster.restart(immediate=True)
                servers.add(cluster.pid)
            load.wait_for_more(60)
            os.kill(a_backend(cluster), signal.SIGKILL)  # the server takes all its sessions down and recovers
            load.wait_for_more(60)
            os.kill(cluster.pid, signal.SIGKILL)  # the hub starts it again
            load.wait_for_more(60)
        survived = hub.poll() is None
        cluster.revive()
        servers.add(cluster.pid)
        with hub_beside(cluster, data_dir) as beside:
            prove(beside, load.ledger)
        hub.terminate()
        ended = hub.wait(_SOON_SECONDS)

    assert (survived, ended, len(servers)) == (True, 0, 7)


def a_backend(cluster: Cluster) -> int:
    """The process of a session of the hub."""
    with psycopg.connect(cluster.url) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'hub_app' AND pid <> pg_backend_pid() LIMIT 1"
        ).fetchone()
    assert found is not None
    return int(found[0])
