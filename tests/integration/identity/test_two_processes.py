"""Two agencies register the same person at the same moment, each at a hub process of its own: ONE participant."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hub.access.tokens import mint
from hub.bootstrap import now
from hub.run.hub import Hub
from hub.store.database import rows
from hub.store.embedded_server import free_port
from schemas.event_type import JsonObject
from tests.databases import FreshDatabase, fresh_hub
from tests.integration.hub_service import service
from tests.integration.published_numbers import personal_numbers
from tests.unit.intake.builders import AF, JOBBTORG, registration

ROUNDS = 40
SOURCES = {"af": AF, "jobbtorg": JOBBTORG, "migrationsverket": "urn:samspar:source:migrationsverket:tillstand"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One registration as its sender saw it."""

    agency: str
    sent: float
    answered: float
    receipt: JsonObject


@dataclass(frozen=True, slots=True)
class TwoHubs:
    """Two processes on one database, each with an open connection."""

    doors: tuple[httpx.Client, httpx.Client]
    tokens: dict[str, str]

    def register_at_once(self, bodies: dict[str, JsonObject], place: int) -> list[Call]:
        """One event per agency, at the same moment, at different hubs; which agency uses which hub alternates."""
        together = threading.Barrier(len(bodies))

        def call(agency: str, door: httpx.Client) -> Call:
            together.wait(10)
            sent = time.monotonic()
            answer = door.post(
                "/samspar/v1/events",
                json=bodies[agency],
                headers={
                    "Authorization": f"Bearer {self.tokens[agency]}",
                    "Content-Type": "application/cloudevents+json",
                },
            )
            return Call(agency=agency, sent=sent, answered=time.monotonic(), receipt=answer.json())

        with ThreadPoolExecutor(len(bodies)) as pool:
            return list(pool.map(call, bodies, [self.doors[(at + place) % 2] for at in range(len(bodies))]))


@pytest.fixture(scope="module")
def two_hubs(module_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoHubs]:
    """Both are started before anybody sends."""
    folder = tmp_path_factory.mktemp("hubs")
    settings = module_database.environment(folder)
    ports = [free_port(None), free_port(None)]
    with (
        service(settings | {"HUB_PORT": str(ports[0])}, folder=folder),
        service(settings | {"HUB_PORT": str(ports[1])}, folder=folder),
        httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", timeout=30) as one,
        httpx.Client(base_url=f"http://127.0.0.1:{ports[1]}", timeout=30) as other,
    ):
        tokens = {
            agency: mint(module_database.settings(folder), agency, ["events:write"], now=now()) for agency in SOURCES
        }
        yield TwoHubs((one, other), tokens)


def test_the_same_person_registered_at_the_same_moment_becomes_one_participant(two_hubs: TwoHubs) -> None:
    rounds = [
        two_hubs.register_at_once(
            {
                agency: registration(f"reg-{place}", number=number, source=source, subject=f"P{place}")
                for agency, source in (("af", AF), ("jobbtorg", JOBBTORG))
            },
            place,
        )
        for place, number in enumerate(personal_numbers(ROUNDS))
    ]

    told = [[call.receipt["status"] for call in calls] for calls in rounds]
    people = [{call.receipt["participant_id"] for call in calls} for calls in rounds]
    overlapping = [max(call.sent for call in calls) < min(call.answered for call in calls) for calls in rounds]
    first = {min(calls, key=lambda call: call.receipt["position"]).agency for calls in rounds}
    assert told == [["accepted", "accepted"]] * ROUNDS
    assert [len(each) for each in people] == [1] * ROUNDS
    assert len(set.union(*people)) == ROUNDS
    assert sum(overlapping) > ROUNDS / 2
    assert first == {"af", "jobbtorg"}


def test_a_link_and_its_two_numbers_at_the_same_moment_are_one_person_or_a_conflict(
    two_hubs: TwoHubs, module_database: FreshDatabase, tmp_path: Path
) -> None:
    """The link comes last now and then, and then its two numbers mean two people already."""
    outcomes = set()
    for place, number in enumerate(personal_numbers(2 * ROUNDS)[ROUNDS:]):
        lma = {"type": "lma_number", "value": f"61-{place:06}"}
        pnr = {"type": "personal_number", "value": number}
        stated = {"af": [lma, pnr], "jobbtorg": [pnr], "migrationsverket": [lma]}
        link, *others = two_hubs.register_at_once(
            {
                agency: registration(f"link-{place}", source=SOURCES[agency], subject=f"L{place}")
                | {"data": {"identifiers": numbers, "protection": "none"}}
                for agency, numbers in stated.items()
            },
            place,
        )
        people = {call.receipt["participant_id"] for call in others}
        outcomes.add((link.receipt["status"], len(people)))

    with fresh_hub(module_database, tmp_path) as hub:
        assert shared_numbers(hub) == []
    assert outcomes <= {("accepted", 1), ("rejected", 2)}
    assert ("accepted", 1) in outcomes


def shared_numbers(hub: Hub) -> list[tuple[object, ...]]:
    """Identifiers that more than one participant has."""
    with hub.database.transaction() as connection:
        return rows(
            connection,
            "SELECT blind_index, type FROM identifier GROUP BY blind_index, type"
            " HAVING count(DISTINCT participant_id) > 1",
        )
