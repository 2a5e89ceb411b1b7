"""Other processes that use an embedded PostgreSQL, as a second hub would."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.store import embedded
from hub.store.embedded import Cluster
from hub.store.process_birth import birth

_USER = """
import sys
from pathlib import Path
from hub import settings, telemetry
from hub.store import embedded
telemetry.configure(settings.load())
cluster = embedded.start(Path(sys.argv[1]), durable=False)
print(cluster.pid, flush=True)
sys.stdin.read()
cluster.stop()
"""


@contextmanager
def running(directory: Path, *, durable: bool = False) -> Iterator[Cluster]:
    """The cluster in use by this process, left afterwards."""
    cluster = embedded.start(directory, durable=durable)
    try:
        yield cluster
    finally:
        cluster.stop()


@contextmanager
def other_user(directory: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that starts or joins the cluster, prints the server's pid and leaves it when its stdin is closed."""
    command = [sys.executable, "-c", _USER, str(directory)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process
        if process.poll() is None:
            process.kill()


def server_of(user: "subprocess.Popen[str]") -> int:
    """The pid that the process printed: waits until it uses the cluster."""
    assert user.stdout is not None
    return int(user.stdout.readline())


def processes_on(directory: Path) -> list[int]:
    """Every living process whose command line names the directory, the test's own users left out."""
    shown = subprocess.run(["ps", "-eww", "-o", "pid=,command="], check=True, capture_output=True, text=True).stdout
    lines = [line.split(None, 1) for line in shown.splitlines()]
    return [
        int(pid)
        for pid, command in lines
        if str(directory) in command and sys.executable not in command and birth(int(pid)) is not None
    ]
