"""A read model is replaced by its next version while it is read and fed: nobody waits, nobody sees less."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.access.policy import Reader
from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.opening import Question
from hub.run.project import ReadModel, live_version
from hub.run.reading import Timeline, open_timeline
from hub.run.rebuild import Compared, Progress, rebuild, rebuild_participant, verify
from hub.store.database import execute, rows
from schemas.vocabulary import ParticipantId
from tests.integration.intake.sending import project_all, send
from tests.integration.published_numbers import personal_numbers
from tests.unit.intake.builders import event, opened, registration

READER = Reader(agency="jobbtorg", name="operator", channel="cli")
PEOPLE = 20


def a_population(hub: Hub) -> list[ParticipantId]:
    """People with a registration and an enrolment each, projected."""
    receipts = send(
        hub,
        [
            each
            for at, number in enumerate(personal_numbers(PEOPLE))
            for each in (
                registration(f"reg-{at}", number=number, subject=f"P{at}"),
                opened(f"open-{at}", subject=f"P{at}"),
            )
        ],
    )
    project_all(hub)
    return [receipt.participant_id for receipt in receipts[::2] if receipt.participant_id is not None]


def versions(hub: Hub) -> list[tuple[int, bool]]:
    with hub.database.transaction() as connection:
        return [
            (version, live)
            for version, live in rows(connection, "SELECT version, live FROM projection_position ORDER BY version")
        ]


def tables(hub: Hub) -> list[str]:
    with hub.database.transaction() as connection:
        found = rows(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'readmodel' ORDER BY 1")
    return [str(row[0]) for row in found]


def test_a_rebuild_is_built_beside_compared_and_switched_to(hub: Hub) -> None:
    a_population(hub)
    seen: list[tuple[int, int]] = []
    compared = rebuild(hub, TIMELINE, lambda done, total: seen.append((done, total)))

    assert compared.equal
    assert compared.live.rows == compared.rebuilt.rows == 2 * PEOPLE
    assert seen[-1] == (2 * PEOPLE, 2 * PEOPLE)
    assert versions(hub) == [(1, False), (2, True)]


def test_the_version_before_stays_for_who_reads_it_and_goes_with_the_next(hub: Hub) -> None:
    a_population(hub)
    for _ in range(2):
        rebuild(hub, TIMELINE, lambda _done, _total: None)
    verify(hub, TIMELINE, lambda _done, _total: None)
    assert versions(hub) == [(2, False), (3, True)]
    assert tables(hub) == ["timeline_thing_v2", "timeline_thing_v3"]


def test_what_a_killed_rebuild_left_behind_is_removed_by_the_next(hub: Hub) -> None:
    a_population(hub)
    with hub.database.transaction() as connection:
        TIMELINE.create(connection, 2)
        execute(
            connection,
            "INSERT INTO projection_position (projection, version, position) VALUES ('timeline', 2, 7)",
        )
    assert verify(hub, TIMELINE, lambda _done, _total: None).equal
    assert (versions(hub), tables(hub)) == ([(1, True)], ["timeline_thing_v1"])


def test_reading_and_feeding_go_on_while_versions_are_replaced(hub: Hub) -> None:
    people = a_population(hub)
    done = threading.Event()

    def read() -> set[int | None]:
        seen: set[int | None] = set()
        while not done.is_set():
            opened_ = open_timeline(hub, READER, Question(participant_id=people[0], purpose="planning"))
            seen.add(opened_.total if isinstance(opened_, Timeline) else None)
        return seen

    def feed() -> int:
        sent = 0
        while not done.is_set():
            talk = event(f"talk-{sent}", "conversation.held", {"kind": "trepartssamtal"}, subject="P1")
            send(hub, [talk])
            project_all(hub)
            sent += 1
        return sent

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        feeder = pool.submit(feed)
        try:
            compared = [rebuild(hub, TIMELINE, lambda _done, _total: None) for _ in range(4)]
        finally:
            done.set()
        totals = [reader.result() for reader in readers]
        sent = feeder.result()

    project_all(hub)
    assert [each.equal for each in compared] == [True] * 4
    assert totals == [{2}, {2}]
    assert verify(hub, TIMELINE, lambda _done, _total: None).live.rows == 2 * PEOPLE + sent


@pytest.mark.parametrize("build", [verify, rebuild])
def test_the_runner_goes_on_while_two_versions_are_compared(
    hub: Hub, build: Callable[[Hub, ReadModel, Progress], Compared]
) -> None:
    people = a_population(hub)

    def run(done: int, total: int) -> None:
        """What a runner does once both stand at the same place."""
        assert done == total
        with hub.database.transaction() as connection:  # fails at once where a runner would wait
            execute(connection, "SELECT FROM projection_position WHERE live FOR UPDATE NOWAIT")
        send(hub, [event("talk", "conversation.held", {"kind": "trepartssamtal"}, subject="P0")])
        assert project_all(hub) == 1

    compared = build(hub, TIMELINE, run)
    opened_ = open_timeline(hub, READER, Question(participant_id=people[0], purpose="planning"))

    assert (compared.equal, compared.live.rows) == (True, 2 * PEOPLE)
    assert isinstance(opened_, Timeline)
    assert "conversation.held" in {entry.kind for entry in opened_.everything}
    assert verify(hub, TIMELINE, lambda _done, _total: None).live.rows == 2 * PEOPLE + 1


def test_one_participant_is_rebuilt_from_fewer_events_than_all(hub: Hub) -> None:
    people = a_population(hub)
    with hub.database.transaction() as connection:
        execute(
            connection,
            "DELETE FROM readmodel.timeline_thing_v1 WHERE participant_id = %s",
            (people[3],),
        )
        position = live_version(connection, TIMELINE).position
    damaged = verify(hub, TIMELINE, lambda _done, _total: None)
    events = rebuild_participant(hub, TIMELINE, people[3])

    assert (damaged.equal, damaged.participants) == (False, [people[3]])
    assert (events, position) == (2, 2 * PEOPLE)
    assert verify(hub, TIMELINE, lambda _done, _total: None).equal
