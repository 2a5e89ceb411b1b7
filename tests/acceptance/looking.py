"""Somebody in front of a real browser: opens pages as a caseworker and says what went wrong on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, Request

from tests.integration.pages.browsing import Site


@dataclass(frozen=True, slots=True)
class Look:
    """A page in a browser. `complaints` are errors of the console and requests that failed."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """A page of the site."""
        self.page.goto(self.address + path)

    def choose(self, persona: str) -> None:
        """Become one of the demo's caseworkers."""
        self.open("/")
        with self.page.expect_navigation():
            self.page.click(f'button[value="{persona}"]')

    def find(self, number: str) -> None:
        """Search by personnummer, as typed."""
        self.open("/sok")
        self.page.fill("#nummer", number)
        with self.page.expect_navigation():
            self.page.click("text=Sök deltagaren")

    def open_all_folds(self) -> None:
        """Unfold everything that can be unfolded."""
        self.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

    def focused(self) -> str:
        """What has the focus: its text, or its name."""
        said = self.page.evaluate(
            "[document.activeElement.textContent, document.activeElement.id].find(each => each.trim() !== '')"
        )
        return " ".join(str(said).split())

    def tab_to(self, text: str) -> list[str]:
        """Press Tab until something that begins so has the focus; everything that had it on the way."""
        way: list[str] = []
        while not way or not way[-1].startswith(text):
            assert len(way) < 100, f"{text} is not reached by Tab: {way}"
            self.page.keyboard.press("Tab")
            way.append(self.focused())
        return way


def _failure(request: Request) -> list[str]:
    """Why a request failed, unless the browser itself let go of it when somebody went on to the next page."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"{request.url}: {request.failure}"]


@contextmanager
def looking(browser: Browser, site: Site, *, width: int = 1280, script: bool = True) -> Iterator[Look]:
    """A new window without cookies."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, java_script_enabled=script, locale="sv-SE", reduced_motion="reduce"
    )
    page = context.new_page()
    look = Look(page, site.address)
    page.on("console", lambda said: look.complaints.append(said.text) if said.type == "error" else None)
    page.on("requestfailed", lambda request: look.complaints.extend(_failure(request)))
    try:
        yield look
    finally:
        context.close()
