"""A real PostgreSQL of the hub's own: started beside it with nothing to install, stopped by its last user.

Several hub processes may use one data directory (`hub status` beside `hub serve`): the first starts the server, the
others join it, the last one to leave stops it. A server that outlived a killed hub is joined by the next start
(decision 0001). `start` and `stop` pass through one gate, so two starters never initialise the same directory.
"""

import fcntl
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
import structlog
from psycopg import sql

from hub.store import embedded_place, embedded_server, embedded_setup
from hub.store.embedded_place import Place
from hub.store.embedded_server import Server
from hub.store.embedded_setup import APP, DATABASE, OWNER, SUPERUSER
from schemas.errors import Misconfigured

log = structlog.get_logger(__name__)

_START_SECONDS = 300.0  # crash recovery of a large log takes its time
_PORTS_TRIED = 3

Role = Literal["hub_superuser", "hub_owner", "hub_app"]


@dataclass(slots=True, kw_only=True)
class Cluster:
    """A running embedded PostgreSQL, in use by us until `stop`."""

    _place: Place
    _durable: bool
    _in_use: int | None
    _server: Server
    _child: "subprocess.Popen[bytes] | None" = field(repr=False)

    @property
    def url(self) -> str:
        """For the hub's work: the role that owns nothing. It holds a password, as every address here."""
        return self.url_of(DATABASE, APP)

    @property
    def owner_url(self) -> str:
        """For migrations: the role that owns the tables."""
        return self.url_of(DATABASE, OWNER)

    @property
    def pid(self) -> int:
        """The process of the server."""
        return self._server.pid

    def url_of(self, database: str, role: Role) -> str:
        """The address of any database of the cluster for a role."""
        return _url(self._place, self._server, database, role)

    def create_database(self, name: str, *, template: str = "template0") -> None:
        """A database that the owner role owns and the app role may connect to."""
        with _superuser(self._place, self._server) as connection:
            embedded_setup.create_database(connection, name, template=template)
            embedded_setup.grant_database(connection, name)

    def drop_database(self, name: str) -> None:
        """Remove a database and disconnect whoever uses it."""
        with _superuser(self._place, self._server) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def restart(self, *, immediate: bool = False) -> None:
        """Stop and start on the same port; `immediate` as a power cut would."""
        with _gate(self._place.home):
            self._end(immediate=immediate)
            self._server, self._child = _launched(self._place, [self._server.port], durable=self._durable)
        log.info("postgres_restarted", pid=self.pid, immediate=immediate)

    def revive(self) -> None:
        """Start the server again when it has died, or find the one that another user has started since."""
        if self._in_use is None or self._server.lives():
            return
        with _gate(self._place.home):
            if self._child is not None:
                self._child.wait()
            server, child = _survivor(self._place), None
            if server is None:
                log.error("postgres_died", pid=self.pid)
                server, child = _launched(self._place, [self._server.port], durable=self._durable)
            self._server, self._child = server, child
        log.info("postgres_revived", pid=self.pid)

    def stop(self) -> None:
        """Leave the server; it ends when nobody else uses it. A second call does nothing."""
        if self._in_use is None:
            return
        with _gate(self._place.home):
            os.close(self._in_use)
            self._in_use = None
            if not _is_used(self._place.home):
                self._end(immediate=False)
                log.info("postgres_stopped", pid=self.pid)
                return
        if self._child is not None:
            self._child.returncode = 0  # others use it: no longer ours to wait for
        log.info("postgres_left_running", pid=self.pid)

    def _end(self, *, immediate: bool) -> None:
        server = embedded_server.survivor(self._place)  # another user may have restarted it
        if server is not None:
            embedded_server.stop(self._place, server, immediate=immediate)
        if self._child is not None:
            self._child.wait()


def exists(data_dir: Path) -> bool:
    """Whether this directory is a cluster's, running or not."""
    return embedded_place.credentials_file(data_dir).exists()


def start(data_dir: Path, *, durable: bool = True) -> Cluster:
    """The cluster of this directory, made at the first start, joined when it already runs.

    `durable=False` trades crash safety for speed and is for tests only. Raises Misconfigured with what to do.
    """
    home = embedded_place.make_home(data_dir)
    with _gate(home), ExitStack() as undo:
        in_use = _use(home)
        undo.callback(os.close, in_use)
        place = embedded_place.settle(home)
        server, child = _survivor(place), None
        if server is None:
            embedded_setup.initialise(place, durable=durable)
            ports = [embedded_server.free_port(embedded_server.last_port(place))]
            ports += [embedded_server.free_port(None) for _ in range(_PORTS_TRIED - 1)]
            server, child = _launched(place, ports, durable=durable)
            undo.callback(child.wait)
            undo.callback(embedded_server.stop, place, server)
        with _superuser(place, server) as connection:
            embedded_setup.prepare(connection, place.credentials)
        undo.pop_all()
    log.info("postgres_started" if child else "postgres_joined", pid=server.pid, port=server.port)
    return Cluster(_place=place, _durable=durable, _in_use=in_use, _server=server, _child=child)


def remove(data_dir: Path) -> None:
    """Delete the cluster of this directory for good; a server left behind is stopped. Refused while a hub uses it."""
    if not data_dir.exists():
        return
    home = embedded_place.make_home(data_dir)
    with _gate(home):
        if _is_used(home):
            message = f"{home}: expected nobody to use it, found a running hub; stop that hub first"
            raise Misconfigured(message)
        place = embedded_place.settle(home)
        server = embedded_server.survivor(place)
        if server is not None:
            embedded_server.stop(place, server)
        embedded_place.remove(place)


def _survivor(place: Place) -> Server | None:
    """A server that runs already and answers; one that is just dying is waited for."""
    while (server := embedded_server.survivor(place)) is not None:
        if _wait_until_ready(place, server):
            return server
    return None


def _launched(place: Place, ports: list[int], *, durable: bool) -> tuple[Server, "subprocess.Popen[bytes]"]:
    """A new server that answers; the next port is tried when another program was faster to take one."""
    for port in ports:
        server, child = embedded_server.launch(place, port, durable=durable)
        with ExitStack() as undo:
            undo.callback(child.wait)
            undo.callback(embedded_server.stop, place, server)
            if _wait_until_ready(place, server):
                undo.pop_all()
                return server, child
    message = f"embedded PostgreSQL: expected it to start, found: {embedded_server.last_words(place)}; correct that, or set HUB_DATABASE_URL"
    raise Misconfigured(message)


def _wait_until_ready(place: Place, server: Server) -> bool:
    """Whether the server answers; False as soon as it has ended instead."""
    deadline = time.monotonic() + _START_SECONDS
    while server.lives():
        try:
            with _superuser(place, server):
                return True
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                message = f"embedded PostgreSQL: expected an answer within {_START_SECONDS:.0f} seconds, found none; look at {place.home}/server.log"
                raise Misconfigured(message) from error
            time.sleep(0.05)
    return False


def _superuser(place: Place, server: Server) -> embedded_setup.Connection:
    return psycopg.connect(_url(place, server, "postgres", SUPERUSER), autocommit=True, connect_timeout=5)


def _url(place: Place, server: Server, database: str, role: Role) -> str:
    passwords = {SUPERUSER: place.credentials.superuser, OWNER: place.credentials.owner, APP: place.credentials.app}
    return f"postgresql://{role}:{passwords[role]}@127.0.0.1:{server.port}/{database}"


@contextmanager
def _gate(home: Path) -> Iterator[None]:
    """One hub at a time starts, stops or removes; others wait here."""
    gate = os.open(home / "gate", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _use(home: Path) -> int:
    """A share in the file `users`, ours until the descriptor is closed, by us or by the kernel."""
    in_use = os.open(home / "users", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(in_use, fcntl.LOCK_SH)
    return in_use


def _is_used(home: Path) -> bool:
    probe = os.open(home / "users", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(probe)
    return False
