"""Reads pages the way a browser without script does: follows forms, keeps cookies, and sees text and structure."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

from hub.run.hub import Hub
from hub.store.database import rows
from hub.web.app import create_app
from tests.integration.pages.story import Clock, clocked, given_the_story
from tests.integration.web.serving import served

_VOID = frozenset(("br", "hr", "img", "input", "link", "meta"))
_SPACES = re.compile(r"\s+")
_BEFORE_MARKS = re.compile(r" ([.,:;]|-\]|\+\])|(?<=\[[-+]) ")
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The served pages of a hub with the story. `ids` are participants by personal number."""

    hub: Hub
    clock: Clock
    ids: dict[str, str]
    address: str
    clients: ExitStack

    def last_reads(self, count: int) -> list[tuple[str, str, str]]:
        """Action, purpose and outcome of the latest rows of the read log, newest first."""
        with self.hub.database.transaction() as connection:
            return [
                (row[0], row[1], row[2])
                for row in rows(
                    connection, "SELECT action, purpose, outcome FROM read_row ORDER BY read_id DESC LIMIT %s", (count,)
                )
            ]

    def visit(self) -> "Visit":
        """Somebody whom the site has never seen."""
        return Visit(self.clients.enter_context(httpx.Client(base_url=self.address, timeout=60)))

    def reader(self, persona: str = "af") -> "Visit":
        """Somebody who has chosen a persona."""
        visit = self.visit()
        visit.get("/")
        visit.post("/persona", persona=persona)
        return visit


@dataclass(slots=True)
class Visit:
    """One browser. `post` sends the token of the page that was looked at last, as its forms do."""

    client: httpx.Client
    csrf: str = ""
    where: str = ""
    answers: list[httpx.Response] = field(default_factory=list)

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self._seen(self.client.get(path, headers={"Referer": self.where} if self.where else {}))

    def post(self, path: str, **fields: str) -> httpx.Response:
        """A form of the page that was looked at last."""
        sent = {"csrf": self.csrf} | fields
        return self._seen(self.client.post(path, data=sent, headers={"Referer": self.where}))

    def text(self, path: str) -> str:
        """What a page says in words."""
        answer = self.get(path)
        assert answer.status_code == 200
        return words(answer.text)

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        self.answers.append(answer)
        if found := _CSRF.search(answer.text):
            self.csrf = found[1]
        if not answer.is_redirect:
            self.where = str(answer.url)
        return answer


@contextmanager
def site_of(hub: Hub) -> Iterator[Site]:
    """The pages of a hub to which the story is told."""
    on_clock, clock = clocked(hub)
    ids = given_the_story(on_clock, clock)
    with served(create_app(on_clock)) as address, ExitStack() as clients:
        yield Site(hub=on_clock, clock=clock, ids=ids, address=address, clients=clients)


def words(page: str) -> str:
    """The text of the main part, spaces as one; struck and inserted text in brackets."""
    reading = _Words()
    reading.feed(page)
    return _BEFORE_MARKS.sub(lambda found: found[1] or "", _SPACES.sub(" ", "".join(reading.said))).strip()


def between(text: str, begins: str, ends: str) -> str:
    """The part of a text between two others."""
    _, found, rest = text.partition(begins)
    assert found, f"{begins!r} is not in {text!r}"
    part, found, _ = rest.partition(ends)
    assert found, f"{ends!r} does not follow in {rest!r}"
    return part.strip()


def addresses(page: str) -> list[str]:
    """Every address that a page leads to or sends to."""
    return [found[1] for found in re.finditer(r'(?:href|action|src)="([^"]*)"', page)]


class _Words(HTMLParser):
    """Collects text inside <main>; `[-old-]` and `[+new+]` stand for what is struck out and what holds."""

    _MARKS = {"del": ("[-", "-]"), "ins": ("[+", "+]")}  # noqa: RUF012  # never changed

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._depth = 0
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count into <main>, skip drawings."""
        self._depth += tag == "main" or (self._depth > 0 and tag not in _VOID)
        self._hidden += tag == "svg"
        if self._depth:
            self.said.append(self._MARKS[tag][0] if tag in self._MARKS else " ")
        if tag == "input" and self._depth and ("checked", None) in attrs:
            self.said.append("[x]")

    def handle_endtag(self, tag: str) -> None:
        """Count out again."""
        if self._depth and tag not in _VOID:
            self.said.append(self._MARKS[tag][1] if tag in self._MARKS else " ")
            self._depth -= 1
        self._hidden -= tag == "svg"

    def handle_data(self, data: str) -> None:
        """Text that is read."""
        if self._depth and not self._hidden:
            self.said.append(data)
