"""The server process of the embedded PostgreSQL: found again, started, stopped, and never taken for another process.

While any process of the server lives it holds a lock on the file `running`, inherited at its start, so the kernel
says whether there is a server; a pid alone says nothing, it is reused. `server.json` keeps pid, start time and port,
and only a process with that pid and that start time is ever sent a signal.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from hub.store.embedded_place import Place, write_private
from hub.store.process_birth import birth, command_line
from schemas.errors import Misconfigured

_STOP_SECONDS = 60.0
_KILL_SECONDS = 10.0
_LOG_BYTES = 10_000_000
_TAIL_LINES = 5

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "cluster_name": "samspar",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",  # parallel queries need more /dev/shm than a container has
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failing statement and its DETAIL may hold personal data: neither is logged.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: its process for sure, and where it listens."""

    pid: int
    born: str
    port: int

    def lives(self) -> bool:
        """Whether this very process still runs."""
        return birth(self.pid) == self.born


def survivor(place: Place) -> Server | None:
    """The server that runs on this data directory, started by whom it may be; None when there is none."""
    if not _is_locked(place):
        return None
    recorded = _recorded(place)
    if recorded is not None and recorded.lives():
        return recorded
    found = _unrecorded(place)
    if found is not None:
        write_private(_record_path(place), asdict(found))
        return found
    # The postmaster was killed: its last processes notice and end.
    if _freed(place, _KILL_SECONDS):
        return None
    message = f"{place.data}: expected no other server on it, found one that this machine cannot see; stop the hub in the other container"
    raise Misconfigured(message)


def launch(place: Place, port: int, *, durable: bool) -> tuple[Server, "subprocess.Popen[bytes]"]:
    """Start the server as our child in a session of its own, so that Ctrl-C reaches the hub first. Not ready yet."""
    _forget_stale_pid(place)
    settings = _SETTINGS | (_DURABLE if durable else _FOR_TESTS) | {"port": str(port)}
    command = [str(place.programs / "postgres"), "-D", str(place.data)]
    command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with _running_lock(place) as lock, _log_file(place).open("ab") as output:
        os.fchmod(output.fileno(), 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        process = subprocess.Popen(  # noqa: S603 - our own constant command
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=[lock],
            **place.runs_as,
        )
    server = Server(pid=process.pid, born=birth(process.pid) or "", port=port)
    write_private(_record_path(place), asdict(server))
    return server, process


def stop(place: Place, server: Server, *, immediate: bool = False) -> None:
    """End the server and wait until nothing of it is left; first as PostgreSQL's fast mode, at last with force."""
    escalation = [(signal.SIGQUIT, _KILL_SECONDS), (signal.SIGKILL, _KILL_SECONDS)]
    if not immediate:
        escalation.insert(0, (signal.SIGINT, _STOP_SECONDS))
    for number, patience in escalation:
        if server.lives():
            os.kill(server.pid, number)
        if _freed(place, patience):
            return
    message = f"embedded PostgreSQL: expected process {server.pid} to end, found it running after SIGKILL; look at {_log_file(place)}"
    raise Misconfigured(message)


def free_port(preferred: int | None) -> int:
    """The preferred port when nothing listens there, else any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred or 0))
        except OSError:
            return free_port(None)
        return int(probe.getsockname()[1])


def last_port(place: Place) -> int | None:
    """The port of the last start, kept when possible so that an address stays good."""
    recorded = _recorded(place)
    return recorded.port if recorded else None


def last_words(place: Place) -> str:
    """The end of the server's log, for a message."""
    lines = _log_file(place).read_text(encoding="utf-8", errors="replace").splitlines()
    return " / ".join(lines[-_TAIL_LINES:])


def _recorded(place: Place) -> Server | None:
    try:
        return Server(**json.loads(_record_path(place).read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _unrecorded(place: Place) -> Server | None:
    """A server whose hub was killed before it could write the record: known by its command line."""
    pid, port = _postmaster(place)
    born = birth(pid) if pid else None
    if born is None or str(place.data) not in command_line(pid):
        return None
    return Server(pid=pid, born=born, port=port)


def _forget_stale_pid(place: Place) -> None:
    """No server of ours lives here, but PostgreSQL would take a stranger with the old pid, or a zombie, for one.

    A server that somebody started by hand on this directory is left for PostgreSQL to refuse.
    """
    pid, _ = _postmaster(place)
    if pid and (birth(pid) is None or str(place.data) not in command_line(pid)):
        (place.data / "postmaster.pid").unlink()


def _postmaster(place: Place) -> tuple[int, int]:
    """Pid and port in PostgreSQL's own lock file, 0 where they are not (yet) there."""
    try:
        lines = (place.data / "postmaster.pid").read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return 0, 0
    numbers = [int(line) if line.isdecimal() else 0 for line in (lines + [""] * 4)[:4]]
    return numbers[0], numbers[3]


@contextmanager
def _running_lock(place: Place) -> Iterator[int]:
    lock = os.open(place.home / "running", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield lock
    finally:
        os.close(lock)


def _is_locked(place: Place) -> bool:
    with _running_lock(place) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _freed(place: Place, patience_seconds: float) -> bool:
    deadline = time.monotonic() + patience_seconds
    while _is_locked(place):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _record_path(place: Place) -> Path:
    return place.home / "server.json"


def _log_file(place: Place) -> Path:
    path = place.home / "server.log"
    if path.exists() and path.stat().st_size > _LOG_BYTES:
        path.rename(place.home / "server.log.1")
    return path
