"""Keeps the embedded PostgreSQL running as long as a hub uses it: a server that has died is started again.

Nobody else would: the hub is its supervisor. Callers get StoreUnavailable meanwhile and send again.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from hub.store.embedded import Cluster
from schemas.errors import Misconfigured

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 0.5


@contextmanager
def guarded(cluster: Cluster) -> Iterator[None]:
    """Look after the server while the block lasts."""
    stopping = threading.Event()

    def look_after() -> None:
        while not stopping.wait(_EVERY_SECONDS):
            try:
                cluster.revive()
            except Misconfigured as error:
                log.critical("postgres_not_revived", error=str(error))

    guard = threading.Thread(target=look_after, name="postgres-guard", daemon=True)
    guard.start()
    try:
        yield
    finally:
        stopping.set()
        guard.join()
