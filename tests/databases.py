"""Databases for tests: one embedded PostgreSQL for the whole run, and cheap copies of a migrated database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from hub.bootstrap import assemble
from hub.run.hub import Hub
from hub.settings import Settings
from hub.store.database import connect
from hub.store.embedded import Cluster
from hub.store.migrate import upgrade

TEMPLATE = "samspar_template"
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshDatabase:
    """A migrated, empty database of its own; the addresses are those a `HUB_DATABASE_URL` would hold."""

    cluster: Cluster = field(repr=False)
    name: str
    url: str = field(repr=False)
    owner_url: str = field(repr=False)
    superuser_url: str = field(repr=False)

    def settings(self, data_dir: Path) -> Settings:
        """Development settings on this database, with the keys in `data_dir`."""
        return Settings(data_dir=data_dir, database_url=self.url, owner_database_url=self.owner_url)

    def environment(self, data_dir: Path) -> dict[str, str]:
        """The same as environment variables, for a hub in another process."""
        return {
            "HUB_DATA_DIR": str(data_dir),
            "HUB_DATABASE_URL": self.url,
            "HUB_OWNER_DATABASE_URL": self.owner_url,
        }


def make_template(cluster: Cluster) -> None:
    """The database that all others are copied from, at the schema of this release."""
    cluster.create_database(TEMPLATE)
    owner = connect(with_driver(cluster.url_of(TEMPLATE, "hub_owner")), pool_size=1)
    upgrade(owner)
    owner.close()


@contextmanager
def fresh_database(cluster: Cluster) -> Iterator[FreshDatabase]:
    """A copy of the template, dropped afterwards."""
    name = f"test_{next(_NUMBERS)}"
    cluster.create_database(name, template=TEMPLATE)
    yield FreshDatabase(
        cluster=cluster,
        name=name,
        url=cluster.url_of(name, "hub_app"),
        owner_url=cluster.url_of(name, "hub_owner"),
        superuser_url=cluster.url_of(name, "hub_superuser"),
    )
    cluster.drop_database(name)


@contextmanager
def fresh_hub(database: FreshDatabase, data_dir: Path) -> Iterator[Hub]:
    """A development hub in this process, on this database."""
    connection_pool = connect(with_driver(database.url))
    try:
        yield assemble(database.settings(data_dir), connection_pool)
    finally:
        connection_pool.close()


def with_driver(url: str) -> str:
    """The address as SQLAlchemy wants it."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
