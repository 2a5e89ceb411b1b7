"""A real Chromium, and pages for it to look at. Who takes the browser is marked `browser`."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from hub.run.hub import Hub
from tests.integration.pages.browsing import Site, site_of

_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Chromium."""
    for item in items:
        if isinstance(item, pytest.Function) and "browser" in item.fixturenames:
            item.add_marker("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's own Chromium, without a window. Not longer than a module: its event loop bars others from this thread."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found is not None, "expected Chromium on the PATH; apt-get install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def site(module_hub: Hub) -> Iterator[Site]:
    """Pages about an invented person whom four agencies know."""
    with site_of(module_hub) as opened:
        yield opened
