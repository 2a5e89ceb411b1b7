"""One stack for all tests of this folder: every test does its harm to it and then has the ledger judged from the beginning."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.stack import Stack, started


@pytest.fixture(scope="session")
def stack(kafka_jars: Path) -> Iterator[Stack]:
    """A broker, a PostgreSQL and agencies; each module has workers of its own."""
    with started(kafka_jars) as running:
        yield running
