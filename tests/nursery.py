"""Workers as processes that start at once: what takes seconds to import is imported once, and each worker is a fork of that.

What runs is the worker of the command `hub worker`, on a hub whose clock a test may set. `python -m tests.nursery` reads
one JSON object a line: which worker, with which settings, at which clock, with which log; it answers with the process id.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from types import MappingProxyType

from hub import telemetry
from hub.bootstrap import now, settle_memory
from hub.run.faust_worker import run
from hub.run.hub import Hub
from hub.run.intake_sink import intake_sink
from hub.run.projection_sink import projection_sink
from hub.run.relay import Relay
from hub.settings import load
from hub.store.database import connect
from hub.store.keys import open_key_ring
from tests.architecture.repository import ROOT
from tests.databases import with_driver
from tests.integration.hub_service import environment

INTAKE, PROJECTIONS = "intake", "projections"
_PATIENCE_SECONDS = 20.0
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker of the nursery; it is reaped by the nursery."""

    pid: int
    log: Path

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def stop(self) -> None:
        """Tell it to stop, as a supervisor does; it leaves its group."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        until = monotonic() + _PATIENCE_SECONDS
        while self.is_running:
            assert monotonic() < until, self.log.read_text(encoding="utf-8")
            sleep(0.01)


class Nursery:
    """The process that all workers of a test run are forks of."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.nursery"],
            cwd=ROOT,
            env=environment(_NOTHING),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, kind: str, settings: Mapping[str, str], log: Path, clock: Path | None = None) -> Worker:
        """A worker with these settings; `clock` holds an instant as ISO 8601."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        wanted = {
            "kind": kind,
            "settings": dict(settings),
            "log": str(log),
            "clock": None if clock is None else str(clock),
        }
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        return Worker(int(self._process.stdout.readline()), log)

    def close(self) -> None:
        """End it; its workers were stopped before."""
        assert self._process.stdin is not None
        self._process.communicate(timeout=_PATIENCE_SECONDS)


def _main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        wanted = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _work(wanted["kind"], wanted["settings"], wanted["log"], wanted["clock"])
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _work(kind: str, given: Mapping[str, str], log: str, clock: str | None) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(given)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(output, number)
    os.close(0)
    settings = load()
    telemetry.configure(settings)
    hub = Hub(
        settings=settings,
        database=connect(with_driver(str(settings.database_url)), worker=True),
        ring=open_key_ring(settings.key_path, create=False),
        now=now if clock is None else lambda: datetime.fromisoformat(Path(clock).read_text(encoding="ascii")),
    )
    settle_memory()
    if kind == INTAKE:
        run(hub, intake_sink(hub), [Relay(hub)], f"{kind} of a test", static=False)
    run(hub, projection_sink(hub), [], f"{kind} of a test", static=False)


if __name__ == "__main__":
    _main()
