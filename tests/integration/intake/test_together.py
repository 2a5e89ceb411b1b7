"""Calls that come at the same time share a transaction, and nothing else."""

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from hub.intake.reading import CallRefused, Delivery, read_batch
from hub.run.hub import Hub
from hub.run.together import Together
from hub.store.database import lock_intake, rows
from schemas.event_type import JsonObject
from schemas.receipts import Receipt
from tests.integration.intake.sending import send, told
from tests.unit.intake.builders import event, registration

CALLS = 6


def test_every_call_gets_the_receipts_of_its_own_deliveries_in_their_order(hub: Hub) -> None:
    send(hub, [registration()])
    calls = [deliveries(hub, [report(f"{call}-{at}") for at in range(call + 1)]) for call in range(CALLS)]

    answers = [answer.result() for answer in at_once(hub, calls)]

    assert [[receipt.id for receipt in receipts] for receipts in answers] == [
        [f"{call}-{at}" for at in range(call + 1)] for call in range(CALLS)
    ]
    assert {status for receipts in answers for status in told(receipts)} == {"accepted"}


def test_calls_that_wait_for_the_lock_are_recorded_together(hub: Hub) -> None:
    send(hub, [registration()])

    at_once(hub, [deliveries(hub, [report(str(call))]) for call in range(CALLS)])

    with hub.database.transaction() as connection:
        instants = rows(connection, "SELECT DISTINCT recorded_at FROM log_entry WHERE name <> 'participant.registered'")
    assert len(instants) < CALLS


def test_the_same_event_in_two_calls_is_accepted_once(hub: Hub) -> None:
    send(hub, [registration()])

    answers = at_once(hub, [deliveries(hub, [report("same")]) for _ in range(CALLS)])

    statuses = sorted(status for answer in answers for status in told(answer.result()))
    assert statuses == ["accepted"] + ["duplicate"] * (CALLS - 1)


def test_a_bug_that_one_call_meets_is_not_the_others_(hub: Hub) -> None:
    send(hub, [registration()])
    calls = [deliveries(hub, [report(str(call))]) for call in range(CALLS)]
    broken: Any = None  # nothing that a delivery can hold: what only a bug could bring about
    calls[3] = [replace(calls[3][0], locator=broken)]

    answers = at_once(hub, calls)

    assert [type(answer.exception()).__name__ for answer in answers] == ["NoneType"] * 3 + ["NotNullViolation"] + [
        "NoneType"
    ] * 2
    assert [told(answer.result()) for answer in answers if answer.exception() is None] == [["accepted"]] * (CALLS - 1)


def at_once(hub: Hub, calls: Sequence[Sequence[Delivery]]) -> list[Future[list[Receipt]]]:
    """The answers to calls that all came while another process held the intake lock."""
    together = Together()
    with ThreadPoolExecutor(len(calls)) as threads, hub.database.transaction() as connection:
        lock_intake(connection)
        answers = [threads.submit(together.receive, hub, call) for call in calls]
        while not all(answer.running() or answer.done() for answer in answers):
            pass
    return answers


def deliveries(hub: Hub, events: Sequence[JsonObject]) -> list[Delivery]:
    """One call with these events."""
    contents = read_batch(json.dumps(events).encode())
    assert not isinstance(contents, CallRefused)
    return [
        Delivery(agency="jobbtorg", channel="http", locator=f"request/{at}", received_at=hub.now(), content=content)
        for at, content in enumerate(contents)
    ]


def report(event_id: str) -> JsonObject:
    """An event that needs nothing but its person."""
    return event(event_id, "progress.reported", {"scale": 3, "scale_max": 5})
