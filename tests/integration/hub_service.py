"""`hub serve` as another process, the way a supervisor runs it."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

HUB = Path(sys.executable).parent / "hub"
_PATIENCE_SECONDS = 60.0


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The machine's environment with these settings and no other of the hub."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    return machine | dict(settings)


@contextmanager
def service(settings: Mapping[str, str], *arguments: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A hub that serves at HUB_PORT, ready; killed at the end when it still runs. Its log is hub.log in the folder."""
    command = [str(HUB), *(arguments or ("serve",))]
    with (
        (folder / "hub.log").open("ab") as output,
        subprocess.Popen(command, env=environment(settings), cwd=folder, stdout=output, stderr=output) as process,
    ):
        try:
            _wait_until_ready(process, int(settings["HUB_PORT"]), folder)
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    message = f"the hub did not become ready: {(folder / 'hub.log').read_text(encoding='utf-8')}"
    raise AssertionError(message)
