"""Topics that die and are made anew, or are not there yet, under processes that run: told, begun anew, and nothing lost."""

from dataclasses import replace
from time import sleep

from hub.run.relay import Relay
from hub.run.runner import Runner
from schemas.topics import CANONICAL, events_topic
from tests.integration.cluster.running import Running
from tests.integration.cluster.test_relay import received
from tests.integration.published_numbers import personal_numbers
from tests.nursery import INTAKE, PROJECTIONS
from tests.unit.intake.builders import opened, registration

TOPIC = events_topic("jobbtorg")
PEOPLE = personal_numbers(8)


def test_an_agencys_topic_made_anew_ends_the_worker_and_the_next_begins_it_at_its_beginning(running: Running) -> None:
    (worker,) = running.start(INTAKE)
    running.publish("jobbtorg", registration("reg", number=PEOPLE[0]), opened("o0", key="k0"), part=0)
    running.wait_for_receipts(2)
    running.delete_topic(TOPIC)
    running.apply_topics()
    running.publish("jobbtorg", *(opened(f"n{place}", key=f"n{place}") for place in range(4)), part=0)
    (lagging,) = [
        each
        for each in running.commands.json("status")["streams"]["partitions"]
        if (each["topic"], each["partition"]) == (TOPIC, 0)
    ]
    running.wait(lambda: not worker.is_running)
    running.start(INTAKE)
    running.wait_for_receipts(6)

    said = worker.log.read_text(encoding="utf-8")
    assert '"code": 71' in said
    assert "found that it was made anew" in said
    assert lagging["lag_events"] == 4
    assert set(running.statuses().values()) == {"accepted"}


def test_a_relay_that_runs_on_fills_the_logs_topic_when_it_is_made_anew_with_other_partitions(running: Running) -> None:
    failed: list[str] = []
    hub = replace(running.hub, settings=running.settings)
    serving = Runner(hub, Relay(hub), failed.append)
    serving.start()
    sleep(1)
    workers = running.start(INTAKE, PROJECTIONS)
    running.publish(
        "jobbtorg",
        *(registration(f"r{place}", number=number, subject=f"P{place}") for place, number in enumerate(PEOPLE)),
    )
    running.wait_for_receipts(len(PEOPLE))
    running.wait_until_visible()
    for worker in workers:
        worker.stop()
    running.delete_topic(CANONICAL)
    running.apply_topics(partitions=5)
    running.start(INTAKE, PROJECTIONS)
    running.publish("jobbtorg", *(opened(f"o{place}", key="k", subject=f"P{place}") for place in range(len(PEOPLE))))
    running.wait_for_receipts(2 * len(PEOPLE))
    running.wait_until_visible()
    serving.stop()

    assert failed == []
    assert running.asked("SELECT partitions FROM projection_position WHERE live") == [(5,)]
    assert running.commands.json("verify")[0]["equal"]
    running.make_log_topic_anew()


def test_a_relay_waits_for_a_topic_that_is_not_there_yet(running: Running) -> None:
    failed: list[str] = []
    running.delete_topic(CANONICAL)
    hub = replace(running.hub, settings=running.settings)
    relay = Runner(hub, Relay(hub), failed.append)
    relay.start()
    received(running.hub, "jobbtorg", registration("reg", number=PEOPLE[0]))
    sleep(2.5)
    running.apply_topics()
    running.wait(lambda: running.asked("SELECT position FROM relay_position") == [(1,)])
    relay.stop()

    assert failed == []


def test_an_entry_that_never_came_is_mended_by_a_rebuild(running: Running) -> None:
    intake, projections = running.start(INTAKE, PROJECTIONS)
    running.publish("jobbtorg", registration("reg", number=PEOPLE[0]))
    running.wait_for_receipts(1)
    running.wait_until_visible()
    intake.stop()
    received(running.hub, "jobbtorg", opened("skipped", key="s"))
    with running.hub.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE relay_position SET position = position + 1")
    running.start(INTAKE)
    running.publish("jobbtorg", opened("after", key="a"))
    running.wait(lambda: not projections.is_running)
    running.commands.json("rebuild", "timeline")
    (again,) = running.start(PROJECTIONS)
    running.publish("jobbtorg", opened("more", key="m"))
    running.wait_for_receipts(4)
    running.wait_until_visible()

    assert '"code": 72' in projections.log.read_text(encoding="utf-8")
    assert again.is_running
    assert running.commands.json("verify")[0]["equal"]
    assert running.asked("SELECT count(*) FROM readmodel.timeline_thing_v2 WHERE kind = 'enrolment'") == [(3,)]
