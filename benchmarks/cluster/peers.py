"""The peers: each in an environment of its own in HUB_DATA_DIR/bench/peers, made on first use, run as a process."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson

from benchmarks.cluster.stage import ROOT, ClusterStage
from benchmarks.peers import confluent_loop
from tests.databases import FreshDatabase

_FILES = Path(str(confluent_loop.__file__)).parent
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
_HEAP = "-Xmx1g"
_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Figures:
    """What a meter told."""

    per_second: float
    cpu_microseconds: float | None


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that is compared with the hub's worker: `command` makes its environment, and says how it is begun."""

    name: str
    command: Callable[[Path], list[str]]
    more: tuple[str, ...] = ()

    def run(self, cluster: ClusterStage, database: FreshDatabase, given: tuple[str, str, int, int]) -> Figures:
        """Read a topic as a group to the count of events, so many a batch. `given`: those four."""
        home = cluster.stage.home / "peers"
        arguments = [cluster.broker.address, *map(str, given), *(str(home / each) for each in self.more)]
        with (cluster.stage.home / "peer.log").open("ab") as log:
            ended = subprocess.run(  # noqa: S603  # our own command
                [*self.command(home), *arguments],
                check=False,
                input=f"{database.url}\n".encode(),
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                timeout=_SECONDS,
            )
        assert ended.returncode == 0, f"{self.name} ended with {ended.returncode}; see {log.name}"
        told = orjson.loads(ended.stdout.splitlines()[-1])
        return Figures(told["per_second"], told.get("cpu_microseconds"))


def _confluent(home: Path) -> list[str]:
    return [_python(home, "confluent"), "-m", "benchmarks.peers.confluent_loop"]


def _faust(home: Path) -> list[str]:
    return [_python(home, "faust"), "-m", "benchmarks.peers.stock_faust"]


def _java(home: Path) -> list[str]:
    pom, source = _FILES / "java" / "pom.xml", _FILES / "java" / "Loop.java"
    folder = home / "java"
    if _stale(folder, pom, source):
        mvn = [_found("mvn"), "--quiet", "--batch-mode", "--file", str(pom), _COPY]
        _do([*mvn, f"-DoutputDirectory={folder}", "-DincludeScope=runtime"])
        _do([_found("javac"), "-cp", f"{folder}/*", "-d", str(folder), str(source)])
        _stamp(folder, pom, source)
    return [_found("java"), _HEAP, "-cp", f"{folder}/*:{folder}", "Loop"]


JAVA = Peer("the consumer of Kafka itself with JDBC (Java)", _java)
CONFLUENT = Peer("a confluent-kafka loop with offsets in the database", _confluent)
FAUST = Peer("stock Faust, noack_take", _faust, ("faust-data",))


def _python(home: Path, name: str) -> str:
    """An interpreter of the same kind as ours with what a lock file says and nothing else."""
    lock, folder = _FILES / f"{name}.txt", home / name
    python = folder / "bin" / "python"
    if _stale(folder, lock):
        _do([sys.executable, "-m", "venv", str(folder)])
        pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        _do([*pip, "--require-hashes", "--no-deps", "--requirement", str(lock)])
        _stamp(folder, lock)
    return str(python)


def _stale(folder: Path, *sources: Path) -> bool:
    """Whether it was made from something else; it is then empty."""
    stamp = folder / "made-from"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == _digest(*sources):
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return True


def _stamp(folder: Path, *sources: Path) -> None:
    (folder / "made-from").write_text(_digest(*sources), encoding="ascii")


def _digest(*sources: Path) -> str:
    return sha256(b"".join(each.read_bytes() for each in sources) + sys.version.encode()).hexdigest()


def _do(command: list[str]) -> None:
    ended = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # our own command
    assert ended.returncode == 0, f"{' '.join(command)}: {ended.stdout[-500:]} {ended.stderr[-500:]}"


def _found(program: str) -> str:
    path = shutil.which(program)
    assert path is not None, (
        f"expected {program} on the PATH; on Debian: sudo apt-get install openjdk-17-jdk-headless maven"
    )
    return path
