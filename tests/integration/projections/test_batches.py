"""Batches of any size come to the same: at the front door, and in the rows of the timeline."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hub.intake.reading import Delivery, read_record
from hub.log.entries import read_after
from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.project import project
from hub.run.rebuild import rebuild_participant, verify
from hub.run.steps import receive
from hub.store.database import rows
from hub.store.embedded import Cluster
from schemas.event_type import JsonObject
from schemas.receipts import Receipt
from schemas.vocabulary import ParticipantId, Position
from tests.databases import fresh_database, fresh_hub
from tests.integration.intake.sending import told
from tests.unit.intake.builders import event, opened, registration
from tests.unit.intake.streams import AGENCIES, deliveries

_DAY = "2026-11-20"


def sent(hub: Hub, stream: Sequence[JsonObject], size: int) -> list[Receipt]:
    """The receipts of a stream that comes in batches of a size."""
    listed = [
        Delivery(
            agency=AGENCIES[body["source"]],
            channel="http",
            locator=f"request/{place}",
            received_at=hub.now(),
            content=read_record(json.dumps(body).encode()),
        )
        for place, body in enumerate(stream)
    ]
    return [receipt for start in range(0, len(listed), size) for receipt in receive(hub, listed[start : start + size])]


def fold(hub: Hub, limit: int) -> None:
    """Bring the timeline up to date in batches of at most so many events."""
    while project(hub, TIMELINE, limit):
        pass


def portable_digest(hub: Hub) -> str:
    """What the timeline says, whatever ids the hub drew; and that building it anew says the same."""
    compared = verify(hub, TIMELINE, lambda _reached, _goal: None)
    assert compared.equal
    return compared.live.portable_digest


def log(hub: Hub) -> list[tuple[int, str, str]]:
    """The log in short."""
    with hub.database.transaction() as connection:
        return [(each.position, each.source, each.id) for each in read_after(connection, hub.ring, Position(0), 1000)]


def digest_of_rows(hub: Hub) -> str:
    """The rows as they are, what the hub drew and clocked included."""
    return verify(hub, TIMELINE, lambda _reached, _goal: None).live.digest


@contextmanager
def another_hub(cluster: Cluster, folder: Path) -> Iterator[Hub]:
    """A hub that knows nothing yet."""
    with fresh_database(cluster) as database, fresh_hub(database, folder) as hub:
        yield hub


@settings(
    deadline=None,
    derandomize=True,
    max_examples=8,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(deliveries(), min_size=6, max_size=24), st.integers(1, 5))
def test_a_batch_equals_one_by_one_and_any_smaller_batches(
    cluster: Cluster, tmp_path: Path, stream: list[JsonObject], size: int
) -> None:
    seen = []
    for batch, limit in ((len(stream), 1000), (size, size)):
        with another_hub(cluster, tmp_path) as hub:
            receipts = sent(hub, stream, batch)
            fold(hub, limit)
            seen.append((told(receipts), log(hub), portable_digest(hub)))

    assert seen[1] == seen[0]


def _mixed(people: int) -> list[JsonObject]:
    """People with a spell whose close is late by the clock but not by its number: the other spell's number says so."""
    stream: list[JsonObject] = []
    for place in range(people):
        subject, first = f"P{place}", place * 2 + 1
        data = {"identifiers": [{"type": "lma_number", "value": f"61-{place:06}"}], "protection": "none"}
        closed = event(f"c{place}", "enrolment.closed", {"key": "e"}, subject=subject, time=f"{_DAY}T09:00:00+01:00")
        stream += [
            {**registration(f"r{place}", subject=subject), "data": data},
            opened(f"o{place}", subject=subject, time=f"{_DAY}T09:30:00+01:00"),
            {**opened(f"b{place}", key="b", subject=subject, time=f"{_DAY}T10:00:00+01:00"), "sequence": first},
            {**closed, "sequence": first + 1},
        ]
    return stream


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_rows_that_grew_in_small_batches_are_those_of_one_rebuild(hub: Hub, limit: int) -> None:
    for part in range(3):
        sent(hub, _mixed(6)[part::3], 5)
        fold(hub, limit)

    compared = verify(hub, TIMELINE, lambda _reached, _goal: None)

    assert (compared.equal, compared.live.rows, compared.participants) == (True, 18, [])


def test_one_person_folded_anew_has_the_rows_that_grew(hub: Hub) -> None:
    sent(hub, _mixed(4), 1000)
    fold(hub, 2)
    before = digest_of_rows(hub)
    with hub.database.transaction() as connection:
        people = [ParticipantId(row[0]) for row in rows(connection, "SELECT participant_id FROM participant")]

    counts = [rebuild_participant(hub, TIMELINE, participant_id) for participant_id in people]

    assert (sorted(counts), digest_of_rows(hub)) == ([4] * 4, before)


def test_a_person_whose_rows_were_altered_is_whole_after_being_folded_anew(hub: Hub) -> None:
    sent(hub, _mixed(2), 1000)
    fold(hub, 1000)
    before = digest_of_rows(hub)
    with hub.database.transaction() as connection:
        victim = ParticipantId(rows(connection, "SELECT participant_id FROM participant ORDER BY participant_id")[0][0])
        TIMELINE.forget(connection, [victim], 1)
    damaged = verify(hub, TIMELINE, lambda _reached, _goal: None)

    rebuild_participant(hub, TIMELINE, victim)

    assert (damaged.equal, damaged.participants) == (False, [victim])
    assert digest_of_rows(hub) == before
