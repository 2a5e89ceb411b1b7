"""The stage with a Kafka broker beside its PostgreSQL, and the hub's workers as processes of their own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import psycopg

from benchmarks.stage import Stage
from hub.bootstrap import assemble
from hub.run.hub import Hub
from hub.settings import Settings, load
from hub.store.database import connect
from hub.streams.broker import Broker, fetch_jars
from tests.databases import FreshDatabase, fresh_database, with_driver
from tests.integration.hub_service import HUB, environment

ROOT = Path(__file__).parents[2]
_NUMBERS = count(1)
_CLAIM_SECONDS = 60.0
_STOP_SECONDS = 20.0
_LOOK_SECONDS = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class ClusterStage:
    """The stage and a running broker with no topics but those that were made here."""

    stage: Stage
    broker: Broker

    @contextmanager
    def database(self) -> Iterator[FreshDatabase]:
        """An empty database, and the topics of its register."""
        with fresh_database(self.stage.cluster) as database:
            self._apply(database)
            yield database

    @contextmanager
    def copied(self, database: FreshDatabase) -> Iterator[FreshDatabase]:
        """A copy of a database that nobody is connected to."""
        name, cluster = f"copy_{next(_NUMBERS)}", self.stage.cluster
        cluster.create_database(name, template=database.name)
        yield FreshDatabase(
            cluster=cluster,
            name=name,
            url=cluster.url_of(name, "hub_app"),
            owner_url=cluster.url_of(name, "hub_owner"),
            superuser_url=cluster.url_of(name, "hub_superuser"),
        )
        cluster.drop_database(name)

    @contextmanager
    def hub(self, database: FreshDatabase) -> Iterator[Hub]:
        """A hub in this process that knows the broker."""
        pool = connect(with_driver(database.url))
        try:
            yield assemble(self.settings(database), pool)
        finally:
            pool.close()

    def settings(self, database: FreshDatabase) -> Settings:
        """For code in this process."""
        return self.stage.settings(database).model_copy(update={"kafka_bootstrap_servers": self.broker.address})

    def environment(self, database: FreshDatabase) -> dict[str, str]:
        """For other processes."""
        known = {"HUB_KAFKA_BOOTSTRAP_SERVERS": self.broker.address, "HUB_LOG_LEVEL": "warning"}
        return environment(self.stage.environment(database) | known)

    @contextmanager
    def worker(self, database: FreshDatabase, kind: str, *options: str, later: bool = False) -> Iterator["Worker"]:
        """`hub worker …`, started unless that is for `later`; it leaves its group at the end. Its log is worker.log."""
        with self._started(database, [str(HUB), "worker", kind, *options], later=later) as worker:
            yield worker

    @contextmanager
    def module(self, database: FreshDatabase, name: str, *arguments: str) -> Iterator["Worker"]:
        """A worker of the benchmarks' own."""
        with self._started(database, [sys.executable, "-m", name, *arguments]) as worker:
            yield worker

    @contextmanager
    def _started(self, database: FreshDatabase, command: list[str], *, later: bool = False) -> Iterator["Worker"]:
        worker = Worker(command, self.environment(database), self.stage.home / "worker.log")
        if not later:
            worker.start()
        try:
            yield worker
        finally:
            worker.end()

    def _apply(self, database: FreshDatabase) -> None:
        subprocess.run(  # noqa: S603  # our own command
            [str(HUB), "topics", "apply"], check=True, env=self.environment(database), stdout=subprocess.DEVNULL
        )


@dataclass(slots=True)
class Worker:
    """A process of ours, which may be ended and started again."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Begin; what it prints is kept for `said`."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command
                self.command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=log
            )

    @property
    def owner(self) -> str:
        """Under which name it claims, when it was given none."""
        return f"{socket.gethostname()}:{self._running.pid}"

    def end(self) -> None:
        """As a supervisor ends it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._running.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """As nobody should."""
        self._running.kill()
        self._running.wait()

    def said(self) -> bytes:
        """The next line that it prints; waits for it."""
        output = self._running.stdout
        line: bytes = output.readline() if output else b""
        assert line, f"{' '.join(self.command)} ended with {self._running.wait()}; see {self.log}"
        return line

    def cpu_seconds(self) -> float:
        """What it has used of the processors so far."""
        fields = Path(f"/proc/{self._running.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def _running(self) -> "subprocess.Popen[bytes]":
        assert self._process is not None, "start it first"
        return self._process


@contextmanager
def open_cluster(stage: Stage) -> Iterator[ClusterStage]:
    """A broker without anything in it, until the block ends."""
    directory = stage.home / "broker"
    shutil.rmtree(directory, ignore_errors=True)
    stage.step("starting the broker")
    broker = Broker(directory, fetch_jars(load().data_dir.absolute()))
    broker.start()
    try:
        yield ClusterStage(stage, broker)
    finally:
        broker.stop()
        shutil.rmtree(directory, ignore_errors=True)


def wait_for_owners(database: FreshDatabase, group: str, owners: set[str]) -> None:
    """Return when the partitions of a group are claimed by these and nobody else."""
    until = monotonic() + _CLAIM_SECONDS
    found: set[str] = set()
    with psycopg.connect(database.url, autocommit=True) as connection:
        while found != owners:
            assert monotonic() < until, f"expected {owners} to own {group}, found {found}; see worker.log"
            sleep(_LOOK_SECONDS)
            question = "SELECT DISTINCT owner FROM stream_position WHERE stream_group = %s"
            found = {owner for (owner,) in connection.execute(question, (group,)).fetchall()}
