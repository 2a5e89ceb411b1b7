"""A whole cluster as processes of its own that may be killed: broker, PostgreSQL, workers with supervisors, agencies."""

import gc
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter

import psycopg
from kafka import KafkaAdminClient
from kafka.admin import MemberToRemove

from hub.run.hub import Hub
from hub.run.worker import INTAKE_GROUP, PROJECTION_GROUP
from hub.settings import Settings
from hub.store import embedded
from hub.store.embedded import Cluster
from hub.store.process_birth import birth
from hub.streams.broker import Broker
from schemas.topics import CANONICAL, events_topic
from tests.databases import FreshDatabase, fresh_database, fresh_hub, make_template
from tests.integration.hub_commands import Commands
from tests.torture.agencies import SOURCES, Agencies
from tests.torture.severing import Severing
from tests.torture.worker_slots import Slot

PATIENCE_SECONDS = 150.0
GROUPS = {"intake": INTAKE_GROUP, "projections": PROJECTION_GROUP}
_LOOK_SECONDS = 0.1


@dataclass(slots=True)
class Stack:
    """Everything that runs. One database and one set of topics, so one ledger for all that happens to it."""

    folder: Path
    broker: Broker
    postgres: Cluster
    database: FreshDatabase
    agencies: Agencies
    slots: list[Slot] = field(default_factory=list)

    @property
    def journal(self) -> Path:
        """What the agencies have sent."""
        return self.folder / "journal"

    @property
    def settings(self) -> dict[str, str]:
        """The settings of every hub process."""
        return {**self.database.environment(self.folder), "HUB_KAFKA_BOOTSTRAP_SERVERS": self.broker.address}

    def commands(self) -> Commands:
        """The command line of an operator."""
        return Commands(self.settings, self.folder)

    def worker(self, kind: str, name: str | None = None, *, severed: bool = False) -> Slot:
        """A worker, not started yet; with a name it keeps its partitions over restarts. `severed`: by a way to PostgreSQL of its own that can be cut."""
        arguments = ["worker", kind, *([] if name is None else ["--instance", name])]
        settings, way = self.settings, None
        if severed:
            port = self.postgres_port
            way = Severing(port)
            settings["HUB_DATABASE_URL"] = settings["HUB_DATABASE_URL"].replace(f":{port}/", f":{way.port}/")
        slot = Slot(name or f"{kind}-{len(self.slots)}", arguments, settings, self.folder, way)
        self.slots.append(slot)
        return slot

    def dismiss(self, slots: Sequence[Slot]) -> None:
        """Let workers leave for good; nobody waits for those with a name to come back."""
        for slot in slots:
            slot.leave()
        admin = KafkaAdminClient(bootstrap_servers=self.broker.address)
        try:
            for slot in slots:
                admin.remove_group_members(GROUPS[slot.kind], [MemberToRemove(group_instance_id=slot.name)])
        finally:
            admin.close()
            self.forget_sockets()

    def kill_broker(self, down_seconds: float = 0) -> None:
        """As a power cut would, and start it again."""
        self.broker.kill()
        time.sleep(down_seconds)
        self.broker.start()

    def kill_postgres(self, down_seconds: float = 0) -> None:
        """The same for the database."""
        pid = self.postgres.pid
        os.kill(pid, signal.SIGKILL)
        while birth(pid) is not None:
            time.sleep(0.01)
        time.sleep(down_seconds)
        self.postgres.revive()

    def ask(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows, as the superuser sees them."""
        with psycopg.connect(self.database.superuser_url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *values: object) -> Any:  # of whatever type
        """The one value of the one row."""
        return self.ask(statement, *values)[0][0]

    @contextmanager
    def hub(self) -> Iterator[Hub]:
        """A hub in this process, on the same data."""
        with fresh_hub(self.database, self.folder) as hub:
            yield hub

    def kafka_settings(self) -> Settings:
        """What the hub's own clients of Kafka take."""
        return Settings(kafka_bootstrap_servers=self.broker.address)

    def forget_sockets(self) -> None:
        """Collect what kafka-python leaves open when a broker dies, before another test is blamed for it."""
        with catch_warnings():
            simplefilter("ignore", ResourceWarning)
            gc.collect()

    def close(self) -> None:
        """Take everything away that was started here."""
        for slot in self.slots:
            slot.take_away()
        self.agencies.close()
        self.forget_sockets()

    @property
    def postgres_port(self) -> int:
        """Where the database listens."""
        return int(self.database.url.rpartition(":")[2].partition("/")[0])


@contextmanager
def started(jars: Path, *, seed: int = 1) -> Iterator[Stack]:
    """A stack with topics and agencies, and no worker yet."""
    folder = Path(tempfile.mkdtemp(prefix="samspar-torture-"))
    folder.chmod(0o711)
    broker = Broker(folder / "broker", jars)
    broker.start()
    postgres = embedded.start(folder / "postgres", durable=True)
    try:
        make_template(postgres)
        with fresh_database(postgres) as database:
            url = database.environment(folder) | {"HUB_KAFKA_BOOTSTRAP_SERVERS": broker.address}
            applied = Commands(url, folder).run("topics", "apply")
            assert applied.code == 0, applied.logged
            agencies = Agencies(broker.address, folder / "journal", seed=seed)
            stack = Stack(folder, broker, postgres, database, agencies)
            try:
                yield stack
            finally:
                stack.close()
    finally:
        broker.stop()
        postgres.stop()
        embedded.remove(folder / "postgres")
        shutil.rmtree(folder)


def wait_until(holds: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> float:
    """How many seconds it took; a world that is away meanwhile is asked again."""
    began = time.monotonic()
    while True:
        with suppress(psycopg.OperationalError):
            if holds():
                return time.monotonic() - began
        assert time.monotonic() - began < seconds, f"waited {seconds:.0f} s in vain until {what}"
        time.sleep(_LOOK_SECONDS)


def topics_in_use() -> dict[str, list[str]]:
    """The topics that have records, by the group that reads them."""
    return {INTAKE_GROUP: [events_topic(agency) for agency in SOURCES], PROJECTION_GROUP: [CANONICAL]}
