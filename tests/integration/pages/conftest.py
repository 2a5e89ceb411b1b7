"""A hub with the story of the pages, and browsers without a window on it."""

from collections.abc import Iterator

import pytest

from hub.run.hub import Hub
from tests.integration.pages.browsing import Site, site_of


@pytest.fixture(scope="module")
def site(module_hub: Hub) -> Iterator[Site]:
    """The pages of a hub that knows the story; the tests of a module share it."""
    with site_of(module_hub) as opened:
        yield opened
