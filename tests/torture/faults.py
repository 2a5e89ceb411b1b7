"""Everything that is done to a stack, by name. Each does its harm once and says what it saw."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import psycopg

from hub.run.failpoints import POINTS
from hub.run.worker import INTAKE_GROUP, PROJECTION_GROUP
from tests.torture.stack import Stack, wait_until
from tests.torture.worker_slots import Slot

FAILPOINTS = {
    "intake": [point for point in POINTS if point.startswith(("intake", "relay")) and point != "intake_before_answer"],
    "projections": [point for point in POINTS if point.startswith("projection")],
}
"""The points of each kind of worker; an answer to a caller is given by `hub serve` alone."""

_TRIES = 400
_FOUND_COMMITTED = "move_was_committed"
_WAITS_FOR = "SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
_IN_TRANSACTION = (
    "SELECT pid, state_change FROM pg_stat_activity WHERE usename = 'hub_app' AND datname = %s AND state = 'idle in transaction'"
    " AND clock_timestamp() - state_change > interval '0.5 s' AND query <> ''"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is done, and what it says it has seen; `limit` is how many seconds the worst partition may pause for it, where that is an aim."""

    name: str
    act: Callable[[], object]
    limit: float | None = None


def freeze_in_transaction(stack: Stack, slots: Sequence[Slot], seconds: float) -> str:
    """Stop workers while the database waits for their next statement; they go on after their partitions have gone to others."""
    for slot in slots:
        _stop_in_transaction(stack, slot)
    before = [len(slot.exits) for slot in slots]
    time.sleep(seconds)
    for slot in slots:
        slot.send(signal.SIGCONT)
    for slot, known in zip(slots, before, strict=True):
        wait_until(partial(_ended_since, slot, known), f"{slot.name} has ended", 60)
    return ", ".join(f"exit {slot.exits[known]}" for slot, known in zip(slots, before, strict=True))


def _stop_in_transaction(stack: Stack, slot: Slot) -> None:
    """Hold the worker up in its next move of a position, stop it there, and let the move succeed."""
    group = INTAKE_GROUP if slot.name.startswith("intake") else PROJECTION_GROUP
    with psycopg.connect(stack.database.superuser_url) as connection:
        own = "stream_group = %s AND (owner = %s OR owner LIKE %s)"
        connection.execute(f"SELECT FROM stream_position WHERE {own} FOR UPDATE", (group, slot.name, f"%:{slot.pid}"))
        wait_until(lambda: bool(stack.ask(_WAITS_FOR, connection.info.backend_pid)), f"{slot.name} moves a position")
        slot.send(signal.SIGSTOP)
    wait_until(lambda: bool(stack.ask(_IN_TRANSACTION, stack.database.name)), f"{slot.name} stands in a transaction")


def _ended_since(slot: Slot, known: int) -> bool:
    return len(slot.exits) > known


def freeze_broker(stack: Stack, seconds: float) -> None:
    """Stop the broker: it takes connections and answers nothing."""
    os.kill(stack.broker.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(stack.broker.pid, signal.SIGCONT)


def cut_sessions(stack: Stack) -> int:
    """End every session of the hub's processes; how many."""
    return int(
        stack.one(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'hub_app' AND datname = %s",
            stack.database.name,
        )
    )


def deadlock(stack: Stack, group: str) -> int:
    """Take a worker's locks in the other order until the database has ended one of the two; how many it ended."""
    before = _deadlocks(stack)
    for _ in range(_TRIES):
        version = stack.one("SELECT version FROM projection_position WHERE live")
        second = {
            INTAKE_GROUP: "SELECT FROM log_head FOR UPDATE",
            PROJECTION_GROUP: f"LOCK TABLE readmodel.timeline_thing_v{version} IN SHARE MODE",
        }[group]
        with suppress(psycopg.errors.DeadlockDetected), psycopg.connect(stack.database.superuser_url) as connection:
            connection.execute("SET deadlock_timeout = '30s'")  # whoever looks first is ended: the worker
            connection.execute(second)
            time.sleep(0.5)  # a worker moves its positions meanwhile, and waits for us
            connection.execute("SELECT FROM stream_position WHERE stream_group = %s FOR UPDATE", (group,))
        if (found := _deadlocks(stack)) > before:
            return found - before
    message = "no deadlock came about"
    raise AssertionError(message)


def join(stack: Stack, kind: str) -> Slot:
    """Another worker comes, and owns partitions."""
    slot = stack.worker(kind).start()
    wait_until(lambda: _owns(stack, slot.pid), f"{slot.name} owns partitions", 60)
    return slot


def kill_at(slot: Slot, others: Sequence[Slot], point: str, hit: int) -> str:
    """Kill a worker, and let its next start kill itself at a point; then it is started as ever. A relay must lead for that."""
    slot.arm([{"HUB_FAILPOINT": f"{point}:{hit}"}])
    before, claimed = len(slot.exits), slot.told("partitions_claimed")
    slot.kill()
    wait_until(lambda: slot.told("partitions_claimed") > claimed, f"{slot.name} works again", 60)
    if point.startswith("relay"):
        for other in others:
            other.kill()
    wait_until(lambda: _ended_since(slot, before + 1), f"{slot.name} has killed itself at {point}", 90)
    return f"{point}, hit {hit}"


def chosen(stack: Stack, slots: dict[str, list[Slot]], chance: random.Random) -> list[list[Fault]]:
    """Every fault of the long run, with who is hit drawn anew; what is listed together is done one after the other."""
    intake, projections = chance.choice(slots["intake"]), chance.choice(slots["projections"])
    kind = chance.choice(list(FAILPOINTS))
    (doomed, *others), point, hit = slots[kind], chance.choice(FAILPOINTS[kind]), chance.randrange(1, 10)
    down = chance.choice([5.0, 15.0])
    return [
        [Fault("intake worker killed, restarted", intake.kill, 5.0)],
        [Fault("projection worker killed, restarted", projections.kill, 5.0)],
        [Fault("worker killed at a named point", partial(kill_at, doomed, others, point, hit))],
        [Fault("PostgreSQL killed, restarted at once", stack.kill_postgres, 3.0)],
        [Fault("PostgreSQL killed, 5 or 15 s away", partial(stack.kill_postgres, down))],
        [Fault("broker killed, restarted at once", stack.kill_broker, 10.0)],
        [Fault("broker killed, 5 or 15 s away", partial(stack.kill_broker, down))],
        [Fault("broker frozen for 15 s", partial(freeze_broker, stack, 15))],
        [Fault("intake worker frozen in a transaction, 16 s", partial(freeze_in_transaction, stack, [intake], 16))],
        [
            Fault(
                "projection worker frozen in a transaction, 16 s",
                partial(freeze_in_transaction, stack, [projections], 16),
            )
        ],
        _come_and_go(stack, "intake", "intake worker"),
        _come_and_go(stack, "projections", "projection worker"),
        [Fault("every database session cut", partial(cut_sessions, stack))],
        [Fault("answers to COMMIT lost, intake", partial(lose_answers, slots["intake"][0], 10))],
        [Fault("answers to COMMIT lost, projection", partial(lose_answers, slots["projections"][0], 10))],
        [Fault("deadlock with intake", partial(deadlock, stack, INTAKE_GROUP))],
        [Fault("deadlock with a fold", partial(deadlock, stack, PROJECTION_GROUP))],
        [Fault("read model replaced, a worker killed meanwhile", partial(rebuild_and_kill, stack, projections))],
    ]


def _come_and_go(stack: Stack, kind: str, word: str) -> list[Fault]:
    came: list[Slot] = []

    def come() -> None:
        came.append(join(stack, kind))

    def go() -> str:
        return f"in {came[0].leave():.1f} s"

    return [Fault(f"{word} joins", come, 2.0), Fault(f"{word} leaves", go, 2.0)]


def lose_answers(slot: Slot, cuts: int) -> str:
    """Lose the answers to the COMMITs of a worker's next batches; it finds each committed when it tries again."""
    assert slot.way is not None
    goal, known = slot.way.cuts + cuts, slot.told(_FOUND_COMMITTED)
    slot.way.arm(cuts)
    wait_until(lambda: slot.way is not None and slot.way.cuts >= goal, f"{slot.name} has lost the answers", 60)
    wait_until(lambda: slot.told(_FOUND_COMMITTED) - known >= cuts, f"{slot.name} has found them committed", 60)
    return f"{cuts} answers"


def rebuild_and_kill(stack: Stack, slot: Slot) -> str:
    """Replace the served read model while one of those who advance it dies."""
    ended: list[int] = []
    rebuilding = threading.Thread(target=lambda: ended.append(stack.commands().run("rebuild", "timeline").code))
    rebuilding.start()
    time.sleep(2)
    slot.kill()
    rebuilding.join(120)
    assert ended == [0], "the rebuild failed"
    return "switched"


def _owns(stack: Stack, pid: int) -> bool:
    return bool(stack.one("SELECT count(*) FROM stream_position WHERE owner LIKE %s", f"%:{pid}"))


def _deadlocks(stack: Stack) -> int:
    return int(stack.one("SELECT deadlocks FROM pg_stat_database WHERE datname = %s", stack.database.name))
