"""Brokers of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.streams.broker import Broker
from tests.integration.streams.guarded import USERS


@pytest.fixture(scope="module")
def guarded(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker of this module alone, with users and permissions."""
    broker = Broker(tmp_path_factory.mktemp("guarded") / "broker", kafka_jars, USERS)
    broker.start()
    yield broker
    broker.stop()
