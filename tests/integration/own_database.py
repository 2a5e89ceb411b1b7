"""The PostgreSQL that a hub process has started for itself, looked at from the test's process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.bootstrap import assemble
from hub.run.hub import Hub
from hub.settings import Settings
from hub.store import embedded
from hub.store.database import connect
from hub.store.embedded import Cluster
from tests.databases import with_driver


@contextmanager
def joined(data_dir: Path) -> Iterator[Cluster]:
    """The server of this data directory, kept running as long as the block lasts."""
    cluster = embedded.start(data_dir / "postgres")
    try:
        yield cluster
    finally:
        cluster.stop()


@contextmanager
def hub_beside(cluster: Cluster, data_dir: Path) -> Iterator[Hub]:
    """A hub in this process on the same data and keys."""
    database = connect(with_driver(cluster.url))
    try:
        yield assemble(Settings(data_dir=data_dir), database)
    finally:
        database.close()
