"""An agency's system that calls the hub over HTTP: its events, its token, its connection."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

from benchmarks.stage import Stage
from hub.access.tokens import mint
from hub.bootstrap import now
from schemas.catalogue import latest
from schemas.event_type import JsonObject
from tests.databases import FreshDatabase

AGENCY = "jobbtorg"
SOURCE = "urn:samspar:source:jobbtorg:verksamhetssystem"
API = "/samspar/v1"
_FIRST = datetime(2025, 1, 7, 8, 0, tzinfo=UTC)
_REPORTS = ("attendance.reported", "conversation.held", "progress.reported", "absence.reported")


def registration(reference: str) -> JsonObject:
    """The example of a registration, under any reference."""
    return _event(f"registers-{reference}", "participant.registered", reference, _FIRST)


def reports(reference: str, count: int, first: int = 0) -> Iterator[JsonObject]:
    """Events that each become an entry of their own, an hour after one another."""
    for at in range(first, first + count):
        name = _REPORTS[at % len(_REPORTS)]
        yield _event(f"{reference}-{at}", name, reference, _FIRST + timedelta(hours=at + 1))


@dataclass(frozen=True, slots=True)
class System:
    """A connection that stays open, with a token for everything."""

    connection: HTTPConnection
    token: str

    def send(self, events: JsonObject | bytes) -> JsonObject:
        """The answer to one event, or to a batch that is written already."""
        batch = isinstance(events, bytes)
        body = events if isinstance(events, bytes) else json.dumps(events).encode()
        form = "application/cloudevents-batch+json" if batch else "application/cloudevents+json"
        self.connection.request("POST", f"{API}/events", body, self._headers() | {"Content-Type": form})
        answer: JsonObject = json.loads(self._read(200 if batch else 201))
        return answer

    def timeline(self, participant_id: str, limit: int) -> bytes:
        """A page of a timeline as it comes."""
        path = f"{API}/participants/{participant_id}/timeline-entries?limit={limit}"
        self.connection.request("GET", path, headers=self._headers() | {"Purpose": "planning"})
        return self._read(200)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _read(self, expected: int) -> bytes:
        response = self.connection.getresponse()
        body = response.read()
        assert response.status == expected, body[:500]
        return body


@contextmanager
def system(stage: Stage, database: FreshDatabase, port: int) -> Iterator[System]:
    """A system of the agency with a connection to the hub on this port."""
    token = mint(stage.settings(database), AGENCY, ("events:write", "timeline:read"), now=now())
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        yield System(connection, token)
    finally:
        connection.close()


def _event(event_id: str, name: str, subject: str, time: datetime) -> JsonObject:
    event_type = latest(name)
    assert event_type is not None
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": event_type.type,
        "schemaversion": event_type.version,
        "time": time.isoformat(),
        "subject": subject,
        "data": dict(event_type.example),
    }
