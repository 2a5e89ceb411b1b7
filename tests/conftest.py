"""The resources that tests share. Who takes one of the database is marked `database` and stays out of `make check`."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.run.hub import Hub
from hub.store import embedded
from hub.store.embedded import Cluster
from hub.streams.broker import Broker, fetch_jars
from tests.architecture.repository import ROOT
from tests.databases import FreshDatabase, fresh_database, fresh_hub, make_template
from tests.nursery import Nursery


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the database or the broker."""
    servers = {"cluster", "data_dir", "kafka_jars", "module_data_dir"}
    for item in items:
        if isinstance(item, pytest.Function) and servers & set(item.fixturenames):
            item.add_marker("database")


@contextmanager
def _reachable_directory() -> Iterator[Path]:
    """Not below tmp_path: when root runs the tests, PostgreSQL's account must reach it."""
    directory = Path(tempfile.mkdtemp(prefix="samspar-tests-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@contextmanager
def _data_directory() -> Iterator[Path]:
    with _reachable_directory() as directory:
        yield directory
        embedded.remove(directory / "postgres")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A HUB_DATA_DIR for a hub with an embedded PostgreSQL of its own, which is stopped and removed afterwards."""
    with _data_directory() as directory:
        yield directory


@pytest.fixture(scope="module")
def module_data_dir() -> Iterator[Path]:
    """A HUB_DATA_DIR that the tests of one module share."""
    with _data_directory() as directory:
        yield directory


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """One PostgreSQL for the whole run, without crash safety; its template is migrated once."""
    with _reachable_directory() as directory:
        running = embedded.start(directory / "postgres", durable=False)
        make_template(running)
        yield running
        running.stop()


@pytest.fixture(scope="session")
def kafka_jars() -> Path:
    """What a real Kafka broker runs from, fetched on first use and kept for the next run."""
    return fetch_jars(ROOT / "var")


@pytest.fixture(scope="session")
def broker(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One real Kafka broker for the whole run, which asks nobody who they are; every test has topics of its own."""
    running = Broker(tmp_path_factory.mktemp("kafka") / "broker", kafka_jars)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where workers are started from."""
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
def database(cluster: Cluster) -> Iterator[FreshDatabase]:
    """A migrated, empty database for this test alone."""
    with fresh_database(cluster) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def module_database(cluster: Cluster) -> Iterator[FreshDatabase]:
    """A migrated database that the tests of one module share."""
    with fresh_database(cluster) as fresh:
        yield fresh


@pytest.fixture
def hub(database: FreshDatabase, tmp_path: Path) -> Iterator[Hub]:
    """A development hub on a database of its own, with the demo agencies registered."""
    with fresh_hub(database, tmp_path) as assembled:
        yield assembled


@pytest.fixture(scope="module")
def module_hub(module_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A development hub that the tests of one module share."""
    with fresh_hub(module_database, tmp_path_factory.mktemp("hub")) as assembled:
        yield assembled
