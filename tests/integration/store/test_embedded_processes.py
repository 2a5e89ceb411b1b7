"""Starting beside others, after crashes and beside strangers: nothing is left, nobody innocent is harmed."""

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import psycopg

from hub.store.process_birth import birth
from tests.integration.store.hub_processes import other_user, processes_on, running, server_of


def test_stopping_leaves_no_process(postgres_dir: Path) -> None:
    with running(postgres_dir) as cluster:
        assert cluster.pid in processes_on(postgres_dir)
    cluster.stop()  # once more does nothing
    assert processes_on(postgres_dir) == []


def test_a_server_that_outlived_a_killed_hub_is_joined_and_then_stopped(postgres_dir: Path) -> None:
    with other_user(postgres_dir) as killed:
        pid = server_of(killed)
        killed.kill()
    assert processes_on(postgres_dir) == [pid]
    with running(postgres_dir) as cluster:
        joined = cluster.pid
    assert joined == pid
    assert processes_on(postgres_dir) == []


def test_a_survivor_whose_hub_was_killed_before_it_wrote_the_record_is_joined(postgres_dir: Path) -> None:
    with other_user(postgres_dir) as killed:
        pid = server_of(killed)
        killed.kill()
    (postgres_dir / "server.json").unlink()
    with running(postgres_dir) as cluster:
        joined = cluster.pid
    assert joined == pid
    assert processes_on(postgres_dir) == []


def test_the_last_user_stops_the_server_and_no_other(postgres_dir: Path) -> None:
    with other_user(postgres_dir) as second:
        with running(postgres_dir) as cluster:
            assert server_of(second) == cluster.pid
        left_running = processes_on(postgres_dir)
        second.communicate("")
    assert left_running == [cluster.pid]
    assert processes_on(postgres_dir) == []


def test_two_that_start_at_once_share_one_cluster(postgres_dir: Path) -> None:
    with other_user(postgres_dir) as one, other_user(postgres_dir) as two:
        servers = {server_of(one), server_of(two)}
        one.communicate("")
        two.communicate("")
    assert len(servers) == 1
    assert processes_on(postgres_dir) == []


def test_a_killed_server_is_started_again_and_nothing_committed_is_lost(postgres_dir: Path) -> None:
    with running(postgres_dir, durable=True) as cluster:
        with psycopg.connect(cluster.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        os.kill(cluster.pid, signal.SIGKILL)
        with running(postgres_dir, durable=True) as again, psycopg.connect(again.owner_url) as connection:
            kept = connection.execute("SELECT number FROM kept").fetchone()
    assert kept == (7,)
    assert processes_on(postgres_dir) == []


def test_a_stranger_with_a_reused_pid_is_left_alone_and_does_not_stand_in_the_way(postgres_dir: Path) -> None:
    with running(postgres_dir):
        pass
    with subprocess.Popen(["sleep", "60"]) as stranger:
        record = json.loads((postgres_dir / "server.json").read_bytes())
        (postgres_dir / "server.json").write_text(json.dumps(record | {"pid": stranger.pid}), encoding="ascii")
        (postgres_dir / "data" / "postmaster.pid").write_text(f"{stranger.pid}\n", encoding="ascii")
        with running(postgres_dir) as cluster:
            pass
        lives = birth(stranger.pid) is not None
        stranger.kill()
    assert lives
    assert cluster.pid != stranger.pid


def test_a_port_that_another_program_took_meanwhile_is_left_to_it(postgres_dir: Path) -> None:
    with running(postgres_dir):
        pass
    port = json.loads((postgres_dir / "server.json").read_bytes())["port"]
    with (
        socket.create_server(("127.0.0.1", port)),
        running(postgres_dir) as cluster,
        psycopg.connect(cluster.url) as connection,
    ):
        used = connection.info.port
    assert used != port


def test_an_initialisation_that_was_cut_short_is_begun_afresh(postgres_dir: Path) -> None:
    (postgres_dir / "data.new").mkdir(parents=True)
    (postgres_dir / "data.new" / "PG_VERSION").write_text("18\n", encoding="ascii")
    (postgres_dir / "initial-password").write_text("of an earlier attempt", encoding="ascii")
    with running(postgres_dir) as cluster, psycopg.connect(cluster.url) as connection:
        answer = connection.execute("SELECT 1").fetchone()
    assert answer == (1,)
    assert sorted(path.name for path in postgres_dir.glob("data*")) == ["data"]
