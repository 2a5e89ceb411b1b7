"""Runners as processes: one projects, another takes over, and one that stands still is ended."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from hub.access.tokens import mint
from hub.bootstrap import now
from hub.store.embedded_server import free_port
from tests.databases import FreshDatabase
from tests.integration.hub_service import service
from tests.unit.intake.builders import event, registration

_PATIENCE_SECONDS = 60.0
_RUNNER_LOCK = 0x5A32


@pytest.fixture
def looking(database: FreshDatabase) -> Iterator["psycopg.Connection[tuple[int]]"]:
    """The database as an operator with all rights sees it."""
    with psycopg.connect(database.superuser_url, autocommit=True) as connection:
        yield connection


def send(port: int, token: str, event_id: str) -> None:
    body = registration() if event_id == "reg" else event(event_id, "conversation.held", {"kind": "trepartssamtal"})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/cloudevents+json"}
    answer = httpx.post(f"http://127.0.0.1:{port}/samspar/v1/events", json=body, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.05)


def runners(looking: "psycopg.Connection[tuple[int]]") -> list[int]:
    """The sessions that hold the runner lock of this database."""
    found = looking.execute(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())",
        (_RUNNER_LOCK,),
    )
    return [row[0] for row in found.fetchall()]


def position(looking: "psycopg.Connection[tuple[int]]") -> int:
    found = looking.execute("SELECT position FROM projection_position WHERE live").fetchone()
    assert found is not None
    return found[0]


def test_one_of_two_hubs_projects_and_the_other_takes_over_when_it_is_killed(
    database: FreshDatabase, tmp_path: Path, looking: "psycopg.Connection[tuple[int]]"
) -> None:
    settings = database.environment(tmp_path)
    first, second = free_port(None), free_port(None)
    token = mint(database.settings(tmp_path), "jobbtorg", ["events:write"], now=now())
    with (
        service(settings | {"HUB_PORT": str(first)}, folder=tmp_path) as leader,
        service(settings | {"HUB_PORT": str(second)}, folder=tmp_path),
    ):
        wait_until(lambda: len(runners(looking)) == 1)
        leading = runners(looking)
        send(second, token, "reg")
        wait_until(lambda: position(looking) == 1)
        still = runners(looking)
        leader.kill()
        leader.wait()
        send(second, token, "talk")
        wait_until(lambda: position(looking) == 2)
        taken_over = runners(looking)

    log = (tmp_path / "hub.log").read_text(encoding="utf-8")
    assert leading == still
    assert len(taken_over) == 1
    assert taken_over != leading
    assert (log.count("runner_leading"), log.count("runner_standing_by")) == (2, 1)


def test_a_runner_with_lag_that_does_not_advance_is_ended_with_its_process(
    database: FreshDatabase, tmp_path: Path, looking: "psycopg.Connection[tuple[int]]"
) -> None:
    port = free_port(None)
    settings = database.environment(tmp_path) | {"HUB_PORT": str(port), "HUB_WATCHDOG_SECONDS": "1"}
    token = mint(database.settings(tmp_path), "jobbtorg", ["events:write"], now=now())
    with service(settings, folder=tmp_path) as hub, looking.transaction():
        looking.execute("SELECT FROM projection_position FOR UPDATE")
        send(port, token, "reg")
        ended = hub.wait(_PATIENCE_SECONDS)
    with service(settings, folder=tmp_path):
        wait_until(lambda: position(looking) == 1)

    log = (tmp_path / "hub.log").read_text(encoding="utf-8")
    assert ended == 1
    assert log.count("watchdog_stopped_runner") == 1
    assert "timeline has 1 events to go and did not advance for 1 s" in log
