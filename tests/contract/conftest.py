"""The front door that published cases and poison are sent to."""

from collections.abc import Iterator

import pytest

from hub.run.hub import Hub
from hub.streams.broker import Broker
from tests.contract.intake_cases import Writer
from tests.contract.kafka_way import Streams
from tests.integration.web.calling import Api, calling
from tests.nursery import Nursery


@pytest.fixture(scope="module")
def door(module_hub: Hub) -> Iterator[tuple[Api, Writer]]:
    """An API where what the cases rely on is known, and who writes the cases for it."""
    writer = Writer(hub=module_hub)
    writer.prepare()
    with calling(module_hub) as api:
        yield api, writer


@pytest.fixture(scope="module")
def streams(broker: Broker, nursery: Nursery) -> Streams:
    """What a cluster needs beside a database."""
    return Streams(broker, nursery)
