"""Records sent twice and out of order, events of every kind and version, and a fold that falls over each kind."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from hub.log.records import POSITION, PREVIOUS
from hub.run.models import TIMELINE
from hub.run.rebuild import rebuild_participant
from schemas.topics import CANONICAL
from schemas.vocabulary import ParticipantId
from tests.architecture.repository import ROOT
from tests.torture.kinds import Story, stories
from tests.torture.oracle import judge, settle
from tests.torture.stack import Stack, wait_until
from tests.torture.stumbling_worker import MENDED
from tests.torture.worker_slots import Slot

pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed <socket:ResourceWarning"
)  # of kafka-python, when a broker dies
A_FEW = 8  # fewer than stop the fold
RATE = 40
OTHER_FORMAT = b"\x01"
GAP = 72


@dataclass(frozen=True, slots=True)
class Workers:
    """The fold of one of them has a bug."""

    intake: Slot
    stumbling: Slot


@pytest.fixture(scope="module")
def workers(stack: Stack) -> Iterator[Workers]:
    """At work until the last test of the module."""
    stumbling = stack.worker("projections", "projections-d")
    stumbling.program = (sys.executable, "-m", "tests.torture.stumbling_worker")
    stumbling.arm([{"PYTHONPATH": str(ROOT)}] * 10)
    pair = Workers(stack.worker("intake", "intake-d").start(), stumbling.start())
    yield pair
    stack.dismiss([pair.intake, pair.stumbling])


def test_r9_records_sent_again_and_shuffled(stack: Stack, workers: Workers) -> None:
    trouble = stack.agencies.trouble
    trouble.replay, trouble.shuffle = 0.3, 50
    stack.agencies.publish(3000)
    trouble.replay, trouble.shuffle = 0.0, 1

    assert (trouble.replayed > 800, trouble.shuffled > 2500) == (True, True)
    assert judge(stack).faults == {}
    assert stack.one("SELECT count(*) FROM receipt WHERE held_at IS NOT NULL") > 0
    assert workers.intake.exits == []


def test_r24_every_kind_and_version_of_event_that_was_ever_shipped(stack: Stack, workers: Workers) -> None:
    told = stories("kept", follow=False)
    for story in told:
        stack.agencies.deliver(story.agency, story.bodies)

    assert judge(stack).faults == {}
    recorded = stack.one("SELECT count(*) FROM log_entry WHERE event_id LIKE 'kept-%%'")
    assert recorded == len(told)
    assert workers.stumbling.exits == []


def test_r2_and_r12_a_fold_that_falls_over_every_kind_parks_in_order_and_replays_in_order(
    stack: Stack, workers: Workers
) -> None:
    told = [story for story in stories("poison", follow=True) if story.of_person]
    with stack.agencies.publishing(RATE):
        for begins in range(0, len(told), A_FEW):
            _poison(stack, told[begins : begins + A_FEW])
    settle(stack)

    assert parked(stack, "error <> 'waits behind a parked event'") == len(told)
    assert parked(stack, "error = 'waits behind a parked event'") == sum(map(_behind, told))
    assert workers.stumbling.exits == []

    (stack.folder / MENDED).touch()
    people = stack.ask("SELECT DISTINCT participant_id FROM parked_event")
    last = people.pop()[0]
    with stack.hub() as hub:
        for (participant_id,) in people:
            rebuild_participant(hub, TIMELINE, ParticipantId(participant_id))
    by_command = stack.commands().run("rebuild", "timeline", "--participant", str(last))
    assert by_command.code == 0, by_command.logged
    assert judge(stack).faults == {}


def test_r24_a_record_of_another_release_ends_the_worker_until_the_topic_is_filled_anew(
    stack: Stack, workers: Workers
) -> None:
    begun = workers.intake.told("relay_begins_a_new_topic")
    _send_other_format(stack)
    wait_until(lambda: GAP in workers.stumbling.exits, "the worker refuses it")
    stack.dismiss([workers.stumbling, workers.intake])
    before = stack.one("SELECT sum(next_offset) FROM stream_position WHERE topic = %s", CANONICAL)
    admin = KafkaAdminClient(bootstrap_servers=stack.broker.address)
    admin.delete_topics([CANONICAL])
    admin.close()
    wait_until(lambda: stack.commands().run("topics", "apply").code == 0, "the topic is there anew", 30)
    workers.intake.start()
    workers.stumbling.start()

    found = judge(stack)
    assert found.faults == {}
    assert before > 0
    assert workers.intake.told("relay_begins_a_new_topic") == begun + 1


def parked(stack: Stack, which: str) -> int:
    return int(stack.one(f"SELECT count(*) FROM parked_event WHERE {which}"))


def _poison(stack: Stack, told: list[Story]) -> None:
    """Some kinds at a time, each with its own person: more in one batch, and the fold itself would be to blame."""
    before = parked(stack, "true")
    for story in told:
        stack.agencies.deliver(story.agency, story.bodies)
    due = before + len(told) + sum(map(_behind, told))
    wait_until(lambda: parked(stack, "true") >= due, "they are parked")


def _behind(story: Story) -> int:
    """How many events follow the poison."""
    return sum(body["id"].startswith("after-") for body in story.bodies)


def _send_other_format(stack: Stack) -> None:
    """What a later release might write."""
    producer = KafkaProducer(bootstrap_servers=stack.broker.address, enable_idempotence=True, acks="all")
    headers = [(POSITION, b"1000000"), (PREVIOUS, b"999999")]
    producer.send(
        CANONICAL, value=OTHER_FORMAT + b"sealed otherwise", key=b"somebody", headers=headers, partition=0
    ).get(20)
    producer.close()
