"""Positions of the log: gapless, in commit order, and never passed by a reader before they are there."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

from hub.log.entries import head, read_after
from hub.run.hub import Hub
from hub.store.database import execute, lock_intake
from schemas.vocabulary import Position
from tests.integration.intake.sending import send, told
from tests.integration.published_numbers import personal_numbers
from tests.unit.intake.builders import event, registration

WRITERS = 8
BATCHES = 12
BATCH = 5


class _ChangedMindError(Exception):
    pass


def test_a_reader_at_the_tail_sees_every_position_once_and_in_order_whatever_writers_do(hub: Hub) -> None:
    people = personal_numbers(WRITERS)
    done = threading.Event()

    def write(writer: int) -> list[str]:
        answers = told(send(hub, [registration(f"reg-{writer}", number=people[writer], subject=f"P{writer}")]))
        for batch in range(BATCHES):
            events = [
                event(f"{writer}-{batch}-{at}", "conversation.held", {"kind": "trepartssamtal"}, subject=f"P{writer}")
                for at in range(BATCH)
            ]
            answers += told(send(hub, events))
            change_mind(hub)
        return answers

    def read() -> list[tuple[int, datetime]]:
        seen: list[tuple[int, datetime]] = []
        last_look = False
        while True:
            with hub.database.transaction() as connection:
                found = read_after(connection, hub.ring, Position(seen[-1][0] if seen else 0), 7)
            seen += [(entry.position, entry.recorded_at) for entry in found]
            if not found and last_look:
                return seen
            last_look = done.is_set()

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reading = pool.submit(read)
        answers = [answer for written in pool.map(write, range(WRITERS)) for answer in written]
        done.set()
        seen = reading.result()

    assert set(answers) == {"accepted"}
    assert [position for position, _ in seen] == list(range(1, WRITERS * (1 + BATCHES * BATCH) + 1))
    assert sorted(seen, key=lambda entry: entry[1]) == seen


def change_mind(hub: Hub) -> None:
    """Take positions and roll back: they must be given to somebody else."""
    with suppress(_ChangedMindError), hub.database.transaction() as connection:
        lock_intake(connection)
        head(connection, hub.now())
        execute(connection, "UPDATE log_head SET position = position + 3")
        raise _ChangedMindError
