"""Workers that come, go, freeze and wake up again: a partition has one owner, and whoever is late writes nothing."""

import os
import time
from collections.abc import Iterator
from functools import partial

import pytest

from tests.torture.faults import freeze_broker, freeze_in_transaction
from tests.torture.oracle import judge
from tests.torture.stack import Stack, wait_until
from tests.torture.worker_slots import Slot

pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning"
)  # of kafka-python, when a broker dies
RATE = 100
SESSION_SECONDS = 10
BY_ITSELF = {69, 75}
"""Fenced; or, where the others keep the database busy with what had waited, out of patience with it before it could ask."""


@pytest.fixture(scope="module")
def workers(stack: Stack) -> Iterator[dict[str, list[Slot]]]:
    """Two of each kind."""
    kinds = {
        kind: [stack.worker(kind, f"{kind}-{letter}").start() for letter in "bc"] for kind in ("intake", "projections")
    }
    named = {slot.name for listed in kinds.values() for slot in listed}
    wait_until(lambda: owners(stack) >= named, "all own partitions")
    yield kinds
    stack.dismiss([slot for listed in kinds.values() for slot in listed])


def owners(stack: Stack) -> set[str]:
    return {owner for (owner,) in stack.ask("SELECT DISTINCT owner FROM stream_position")}


def joined(stack: Stack, slots: list[Slot]) -> bool:
    return {f"{slot.pid}" for slot in slots} <= {owner.rpartition(":")[2] for owner in owners(stack)}


def claims(stack: Stack) -> int:
    return int(stack.one("SELECT sum(epoch) FROM stream_position"))


def test_r8_workers_frozen_in_a_transaction_wake_up_fenced_and_have_written_nothing(
    stack: Stack, workers: dict[str, list[Slot]]
) -> None:
    zombies = [listed[0] for listed in workers.values()]
    with stack.agencies.publishing(RATE):
        told = freeze_in_transaction(stack, zombies, SESSION_SECONDS + 4)

    assert {int(each.removeprefix("exit ")) for each in told.split(", ")} <= BY_ITSELF
    assert len(told.split(", ")) == len(zombies)
    assert judge(stack).faults == {}


def test_r7_workers_come_and_go_every_three_seconds(stack: Stack, workers: dict[str, list[Slot]]) -> None:
    before = claims(stack)
    with stack.agencies.publishing(RATE):
        for _ in range(2):
            came = [stack.worker(kind).start() for kind in workers]
            time.sleep(3)
            wait_until(partial(joined, stack, came), "they have joined")
            for slot in came:
                slot.leave()
                assert slot.exits == [os.EX_OK]

    assert claims(stack) - before > 4 * 12
    assert judge(stack).faults == {}


def test_r4_a_broker_that_answers_nothing_for_a_while(stack: Stack, workers: dict[str, list[Slot]]) -> None:
    with stack.agencies.publishing(RATE):
        freeze_broker(stack, SESSION_SECONDS + 4)

    assert judge(stack).faults == {}
    assert not any(slot.ended for listed in workers.values() for slot in listed)
