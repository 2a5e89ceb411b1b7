"""A hub whose deliveries come over the session's broker, with workers as processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.run.hub import Hub
from hub.streams.broker import Broker
from tests.databases import FreshDatabase
from tests.integration.cluster.running import Running
from tests.nursery import Nursery


@pytest.fixture
def running(hub: Hub, database: FreshDatabase, broker: Broker, nursery: Nursery, tmp_path: Path) -> Iterator[Running]:
    """Topics that begin at their ends, and no worker yet."""
    opened = Running(hub, database, broker, nursery, tmp_path)
    opened.prepare()
    yield opened
    opened.close()
