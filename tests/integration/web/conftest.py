"""The API that tests of this folder call."""

from collections.abc import Iterator

import pytest

from hub.run.hub import Hub
from tests.integration.web.calling import Api, calling


@pytest.fixture
def api(hub: Hub) -> Iterator[Api]:
    """The API of a hub of this test's own."""
    with calling(hub) as served:
        yield served


@pytest.fixture(scope="module")
def module_api(module_hub: Hub) -> Iterator[Api]:
    """The API of a hub that the tests of a module share."""
    with calling(module_hub) as served:
        yield served
