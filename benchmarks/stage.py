"""Where benchmarks run: one embedded PostgreSQL with its default, durable settings, and the synthetic region's files.

Both sides of every comparison use this PostgreSQL. Regions stay in HUB_DATA_DIR/bench from run to run.
"""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson

from hub import synth, telemetry
from hub.bootstrap import settle_memory
from hub.run.hub import Hub
from hub.settings import Settings, load
from hub.store import embedded
from hub.store.embedded import Cluster
from schemas.event_type import JsonObject
from tests.databases import FreshDatabase, fresh_database, fresh_hub, make_template
from tests.integration.hub_service import HUB, environment, service

SEED = 1
_SYNTH = Path(str(synth.__file__)).parent

Step = Callable[[str], None]
"""Tells the progress bar what is being done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A running PostgreSQL and a region of so many persons; every measure is taken `runs` times."""

    cluster: Cluster
    home: Path
    participants: int
    runs: int
    step: Step
    _kept: ExitStack
    _imported: list[FreshDatabase] = field(default_factory=list)

    @property
    def region(self) -> Path:
        """The files of the region: where `hub demo` looks for them as well."""
        return self.home / "region" / f"{self.participants}-{SEED}"

    def truth(self) -> JsonObject:
        """What was planted in the region."""
        document: JsonObject = orjson.loads((self.region / "truth.json").read_bytes())
        return document

    @contextmanager
    def database(self) -> Iterator[FreshDatabase]:
        """An empty database at the schema of this release."""
        with fresh_database(self.cluster) as database:
            yield database

    @contextmanager
    def hub(self, database: FreshDatabase) -> Iterator[Hub]:
        """A hub in this process, silent but for errors."""
        with fresh_hub(database, self.home) as hub:
            yield hub

    @contextmanager
    def served(self, database: FreshDatabase) -> Iterator[int]:
        """`hub serve` as a process of its own; the port."""
        settings = self.environment(database) | {"HUB_PORT": str(_free_port())}
        with service(settings, folder=self.home):
            yield int(settings["HUB_PORT"])

    def environment(self, database: FreshDatabase) -> dict[str, str]:
        """The settings of a hub in another process."""
        return database.environment(self.home)

    def settings(self, database: FreshDatabase) -> Settings:
        """The same for code in this process."""
        return database.settings(self.home)

    def imported(self, fill: Callable[[FreshDatabase], None]) -> FreshDatabase:
        """A database that holds the whole region; filled on first use and kept until the end."""
        if not self._imported:
            database = self._kept.enter_context(fresh_database(self.cluster))
            fill(database)
            self._imported.append(database)
        return self._imported[0]


@contextmanager
def open_stage(participants: int, runs: int, step: Step) -> Iterator[Stage]:
    """Start PostgreSQL anew, and invent the region unless its files are there."""
    telemetry.configure(Settings(log_level="error"))
    settle_memory()
    home = load().data_dir.absolute() / "bench"
    home.mkdir(parents=True, exist_ok=True)
    embedded.remove(home / "postgres")
    step("starting PostgreSQL")
    cluster = embedded.start(home / "postgres")
    try:
        make_template(cluster)
        with ExitStack() as kept:
            stage = Stage(cluster=cluster, home=home, participants=participants, runs=runs, step=step, _kept=kept)
            _invent(stage)
            yield stage
    finally:
        cluster.stop()
        embedded.remove(home / "postgres")


def _invent(stage: Stage) -> None:
    """Write the region in another process; again when the code that invents it has changed."""
    digest = sha256()
    for source in sorted(path for path in _SYNTH.rglob("*") if path.suffix in {".py", ".json", ".csv"}):
        digest.update(source.read_bytes())
    stamp = stage.region / "made-by"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == digest.hexdigest():
        return
    stage.step(f"inventing {stage.participants} persons")
    shutil.rmtree(stage.region, ignore_errors=True)
    size = ("--participants", str(stage.participants), "--seed", str(SEED))
    command = [str(HUB), "synth", *size, "--out", str(stage.region), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment({"HUB_DATA_DIR": str(stage.home)}))  # noqa: S603  # our own command
    stamp.write_text(digest.hexdigest(), encoding="ascii")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
