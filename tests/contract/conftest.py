"""The front door that published cases and poison are sent to."""

from collections.abc import Iterator

import pytest

from hub.run.hub import Hub
from tests.contract.intake_cases import Writer
from tests.integration.web.calling import Api, calling


@pytest.fixture(scope="module")
def door(module_hub: Hub) -> Iterator[tuple[Api, Writer]]:
    """An API where what the cases rely on is known, and who writes the cases for it."""
    writer = Writer(hub=module_hub)
    writer.prepare()
    with calling(module_hub) as api:
        yield api, writer
