"""Kills at every point, outages, lost answers, rewound offsets, locks in the wrong order: nothing is lost, doubled or out of order."""

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import NoError
from kafka.structs import OffsetAndMetadata

from hub.intake.reading import Delivery, Parsed
from hub.run.failpoints import Failpoints
from hub.run.steps import receive
from hub.run.worker import INTAKE_GROUP, PROJECTION_GROUP
from hub.streams.looking import ends
from tests.torture.faults import FAILPOINTS, cut_sessions, deadlock, lose_answers
from tests.torture.oracle import judge, settle
from tests.torture.stack import Stack, topics_in_use, wait_until
from tests.torture.worker_slots import Slot

pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning"
)  # of kafka-python, when a broker dies
RATE = 60
BACKLOG = 12_000
CUTS = 10
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Workers:
    """One of each kind, each through the way to PostgreSQL that can be cut."""

    intake: Slot
    projections: Slot

    @property
    def exits(self) -> int:
        """How often one of them has ended."""
        return len(self.intake.exits) + len(self.projections.exits)

    def told(self, event: str) -> int:
        """How often they have logged it."""
        return self.intake.told(event) + self.projections.told(event)


@pytest.fixture(scope="module")
def workers(stack: Stack) -> Iterator[Workers]:
    """At work until the last test of the module."""
    pair = Workers(
        stack.worker("intake", "intake-a", severed=True).start(),
        stack.worker("projections", "projections-a", severed=True).start(),
    )
    yield pair
    stack.dismiss([pair.intake, pair.projections])


def test_r1_workers_killed_at_every_named_point(stack: Stack, workers: Workers) -> None:
    planned = {
        workers.intake: [f"{point}:{hit}" for hit, point in enumerate(FAILPOINTS["intake"], 1)],
        workers.projections: [f"{point}:{hit}" for point in FAILPOINTS["projections"] for hit in (1, 4)],
    }
    with stack.agencies.publishing(RATE):
        for slot, points in planned.items():
            slot.arm([{"HUB_FAILPOINT": point} for point in points])
            slot.kill()
        wait_until(lambda: all(slot.exits.count(-9) > len(points) for slot, points in planned.items()), "all have died")

    died = Counter((stack.folder / "failpoint-hits").read_text(encoding="ascii").split())
    assert died == Counter(point.partition(":")[0] for points in planned.values() for point in points)
    assert judge(stack).faults == {}


def test_r3_and_r5_broker_and_database_killed_under_load(stack: Stack, workers: Workers) -> None:
    with stack.agencies.publishing(RATE):
        for _ in range(2):
            stack.kill_postgres()
            time.sleep(1)
        stack.kill_broker()
        time.sleep(1)
        cut = cut_sessions(stack)
        time.sleep(0.5)

    assert cut > 0
    assert judge(stack).faults == {}
    assert workers.told("store_unavailable") > 0


def test_r6_answers_to_commit_lost(stack: Stack, workers: Workers) -> None:
    before = workers.exits
    with stack.agencies.publishing(RATE):
        for slot in (workers.intake, workers.projections):
            lose_answers(slot, CUTS)

    assert workers.told("move_was_committed") >= 2 * CUTS
    assert workers.exits == before
    assert judge(stack).faults == {}


def test_r10_offsets_that_kafka_keeps_are_rewound_or_put_to_the_end(stack: Stack, workers: Workers) -> None:
    logged = []
    for to_the_end in (False, True):
        stack.dismiss([workers.intake, workers.projections])
        stack.agencies.publish(200)
        before = stack.one("SELECT position FROM log_head")
        _reset_offsets(stack, to_the_end=to_the_end)
        workers.intake.start()
        workers.projections.start()
        settle(stack)
        logged.append(stack.one("SELECT position FROM log_head") - before)

    assert logged == [200, 200]
    assert judge(stack).faults == {}


def test_r17_a_backlog_is_read_with_little_memory_and_without_a_rebalance(stack: Stack, workers: Workers) -> None:
    before = stack.ask("SELECT topic, part, epoch FROM stream_position ORDER BY 1, 2"), workers.exits

    stack.agencies.publish(BACKLOG)
    seconds = settle(stack)

    assert (stack.ask("SELECT topic, part, epoch FROM stream_position ORDER BY 1, 2"), workers.exits) == before
    assert max(workers.intake.resident_bytes(), workers.projections.resident_bytes()) < 400 * MEGABYTE
    assert seconds < 60
    assert judge(stack).faults == {}


def test_r20_deadlocks_are_retried_in_place(stack: Stack, workers: Workers) -> None:
    before = workers.exits
    with stack.agencies.publishing(RATE):
        found = [deadlock(stack, INTAKE_GROUP), deadlock(stack, PROJECTION_GROUP)]

    assert min(found) > 0
    assert workers.exits == before
    told = [slot.told("store_unavailable", error="DeadlockDetected") for slot in (workers.intake, workers.projections)]
    assert min(told) > 0
    assert judge(stack).faults == {}


def test_r21_a_commit_that_takes_long_keeps_its_place_before_a_thousand_later_ones(
    stack: Stack, workers: Workers
) -> None:
    before, ended = stack.one("SELECT position FROM log_head"), workers.exits
    slow = Slow()
    late = threading.Thread(target=lambda: _receive_one(stack, slow))
    late.start()
    assert slow.reached.wait(20)
    stack.agencies.publish(1000)
    time.sleep(4)
    meanwhile = stack.one("SELECT position FROM log_head")
    slow.go_on.set()
    late.join(20)
    settle(stack)

    first = stack.one("SELECT event_id FROM log_entry WHERE position = %s", before + 1)
    assert (meanwhile, first, stack.one("SELECT position FROM log_head")) == (before, "late", before + 1001)
    assert workers.exits == ended
    found = judge(stack).faults
    assert found == {}


def test_s12_nothing_listens_but_broker_and_database(stack: Stack, workers: Workers) -> None:
    shown = subprocess.run(["ss", "-ltnpH"], check=True, capture_output=True, text=True).stdout.splitlines()
    ours = {"broker": stack.broker.pid, "database": stack.postgres.pid}
    ours |= {slot.name: slot.pid for slot in (workers.intake, workers.projections)}

    listening = {name: sum(f"pid={pid}," in line for line in shown) for name, pid in ours.items()}
    addresses = {line.split()[3].rpartition(":")[0] for line in shown if f"pid={stack.broker.pid}," in line}

    assert listening == {"broker": 2, "database": 1, workers.intake.name: 0, workers.projections.name: 0}
    assert addresses <= {"127.0.0.1", "[::ffff:127.0.0.1]"}


class Slow(Failpoints):
    """A transaction that has written everything and is not committed for a while."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def reach(self, point: str) -> None:
        """Wait there."""
        if point == "intake_after_insert":
            self.reached.set()
            self.go_on.wait(20)


def _receive_one(stack: Stack, slow: Slow) -> None:
    """One event over another channel, beside the workers."""
    body = {
        "specversion": "1.0",
        "id": "late",
        "source": "urn:samspar:source:jobbtorg:verksamhetssystem",
        "type": "se.samspar.conversation.held",
        "schemaversion": 1,
        "time": "2026-06-01T09:00:00+02:00",
        "subject": "person-0",
        "data": {"kind": "trepartssamtal"},
    }
    stack.agencies.note([("urn:samspar:source:jobbtorg:verksamhetssystem", "late")])
    with stack.hub() as hub:
        delivery = Delivery(
            agency="jobbtorg", channel="http", locator="request/0", received_at=hub.now(), content=Parsed(body)
        )
        receive(replace(hub, failpoints=slow), [delivery])


def _reset_offsets(stack: Stack, *, to_the_end: bool) -> None:
    """What an operator's slip with kafka-consumer-groups would do to both groups."""
    admin = KafkaAdminClient(bootstrap_servers=stack.broker.address)
    try:
        for group, topics in topics_in_use().items():
            found = stack.ask("SELECT topic, part FROM stream_position WHERE topic = ANY(%s)", topics)
            reached = ends(stack.kafka_settings(), found)
            offsets = {
                TopicPartition(topic, part): OffsetAndMetadata(end if to_the_end else 0, "", -1)
                for (topic, part), end in reached.items()
            }
            assert {*admin.alter_group_offsets(group, offsets).values()} == {NoError}
    finally:
        admin.close()
