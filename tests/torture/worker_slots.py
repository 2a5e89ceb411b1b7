"""A worker as a process with its supervisor: it is started again whenever it ends with anything but 0."""

import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from tests.integration.hub_service import HUB, environment
from tests.torture.severing import Severing

_RESTART_SECONDS = 0.2
_END_SECONDS = 90.0


class Slot:
    """One place for a worker (`Restart=on-failure` of systemd). `arm` says what the next starts are given beside the settings."""

    def __init__(
        self, name: str, arguments: Sequence[str], settings: Mapping[str, str], folder: Path, way: Severing | None
    ) -> None:
        self.name = name
        self.way = way
        self.exits: list[int] = []
        self.log = folder / f"{name}.log"
        self.program: Sequence[str] = (str(HUB),)
        self.kind = arguments[1]
        self._arguments = arguments
        self._settings = dict(settings)
        self._armed: deque[Mapping[str, str]] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._supervisor: threading.Thread | None = None
        self._given_up = threading.Event()
        self._started = threading.Event()

    def arm(self, armed: Sequence[Mapping[str, str]]) -> None:
        """More settings for the next starts, one after the other."""
        self._armed.extend(armed)

    @property
    def left(self) -> int:
        """How many armed starts are left."""
        return len(self._armed)

    @property
    def pid(self) -> int:
        """The process that runs now."""
        assert self._process is not None
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it is not started again."""
        return self._supervisor is None or not self._supervisor.is_alive()

    def start(self) -> "Slot":
        """Begin to supervise, or begin again after it has left."""
        self._given_up.clear()
        self._started.clear()
        self._supervisor = threading.Thread(target=self._supervise, name=f"supervisor-{self.name}", daemon=True)
        self._supervisor.start()
        assert self._started.wait(_END_SECONDS), f"{self.name} cannot be started"
        return self

    def send(self, number: signal.Signals) -> None:
        """A signal to the process, if there is one just now."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """As the out-of-memory killer does; the supervisor starts it again."""
        self.send(signal.SIGKILL)

    def leave(self) -> float:
        """End it in order and for good; how many seconds that took."""
        began = time.monotonic()
        self._given_up.set()
        self.send(signal.SIGTERM)
        self._wait()
        assert self.ended, f"{self.name} does not end after SIGTERM"
        return time.monotonic() - began

    def take_away(self) -> None:
        """End it whatever it does, at the end of a run."""
        self._given_up.set()
        self.send(signal.SIGCONT)
        self.kill()
        self._wait()
        if self.way is not None:
            self.way.close()

    def _wait(self) -> None:
        if self._supervisor is not None:
            self._supervisor.join(_END_SECONDS)

    def resident_bytes(self) -> int:
        """The most memory that the process had at once, 0 when it is gone."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii").splitlines()
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)

    def told(self, event: str, **fields: object) -> int:
        """How many log lines of that name there are, with these fields."""
        wanted = {"event": event, **fields}
        return sum(wanted.items() <= line.items() for line in self._lines())

    def _lines(self) -> list[dict[str, object]]:
        lines = self.log.read_bytes().splitlines() if self.log.exists() else []
        return [orjson.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]

    def _supervise(self) -> None:
        while not self._given_up.is_set():
            given = self._armed.popleft() if self._armed else {}
            with self.log.open("ab") as output:
                self._process = subprocess.Popen(
                    [*self.program, *self._arguments],
                    env=environment({**self._settings, **given}) | {"PYTHONWARNINGS": "ignore"},
                    cwd=self.log.parent,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            self._started.set()
            code = self._process.wait()
            self.exits.append(code)
            if code == os.EX_OK:
                return
            self._given_up.wait(_RESTART_SECONDS)
