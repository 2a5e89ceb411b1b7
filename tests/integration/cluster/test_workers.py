"""Workers as processes on a real broker: from a published event to the timeline, and how they end when they must."""

import json
import os
import signal
from dataclasses import replace
from threading import Event, Thread
from time import monotonic, sleep

import pytest
from kafka import KafkaAdminClient, TopicPartition
from structlog.testing import capture_logs

from hub import telemetry
from hub.log.records import Place, arrived
from hub.personal_numbers import redacted
from hub.run.housekeeping import keep_house
from hub.run.relay import LOCATOR
from hub.run.worker import PROJECTION_GROUP
from schemas.topics import CANONICAL, events_topic, receipts_topic
from tests.integration.cluster.running import AGENCIES, SIZES, Running
from tests.integration.published_numbers import personal_numbers
from tests.nursery import INTAKE, PROJECTIONS
from tests.unit.intake.builders import AF, JOBBTORG, event, opened, registration

ONE, OTHER = personal_numbers(2)
CANARY = "Skatteskuld vid Globen"


def note(event_id: str, *, subject: str = "J1", source: str = JOBBTORG) -> dict[str, object]:
    """A contact with words that must not be seen by whoever has no key."""
    return event(
        event_id,
        "enrolment.opened",
        {"key": event_id, "programme": "jobbtorg", "note": CANARY},
        subject=subject,
        source=source,
        schemaversion=2,
    )


def test_a_published_event_becomes_visible_and_its_sender_gets_a_receipt(running: Running) -> None:
    running.start()
    running.publish("jobbtorg", registration("reg", number=ONE), note("n1"))
    running.wait_for_receipts(2)
    running.wait_until_visible()

    assert running.statuses() == {"reg": "accepted", "n1": "accepted"}
    running.wait(lambda: len(running.written(*(receipts_topic(each) for each in AGENCIES))) == 2)
    told = running.written(receipts_topic("jobbtorg"))
    assert {json.loads(each.value or b"")["id"] for each in told} == {"reg", "n1"}
    assert {json.loads(each.value or b"")["status"] for each in told} == {"accepted"}
    locators = {dict(each.headers)[LOCATOR].decode() for each in told}
    assert locators == {locator for (locator,) in running.asked("SELECT locator FROM receipt")}
    assert all(locator.startswith("agency.jobbtorg.events/") for locator in locators)
    assert running.commands.json("verify")[0]["equal"]


def test_nothing_that_the_hub_writes_says_anything_of_a_person_in_the_clear(running: Running) -> None:
    running.start()
    running.publish(
        "jobbtorg", registration("reg-clear", number=ONE, subject="Case-4711"), note("n-clear", subject="Case-4711")
    )
    running.publish(
        "jobbtorg", b'{"data": "' + ONE.encode() + b'"', note("n-refused", subject="Case-4711") | {"time": "yesterday"}
    )
    running.wait_for_receipts(4)
    running.wait(lambda: len(running.canonical) == 2)
    running.wait(lambda: len(running.written(receipts_topic("jobbtorg"))) == 4)

    entries, receipts = running.canonical, running.written(receipts_topic("jobbtorg"))
    for record in (*entries, *receipts):
        clear = b" ".join([record.key or b"", record.value or b"", *(value for _, value in record.headers)])
        text = clear.decode("latin-1")
        assert redacted(text) == text
        for canary in (CANARY, "Case-4711", ONE, ONE.replace("-", "")):
            assert canary not in text
    for record in entries:
        assert b"jobbtorg" not in (record.value or b"")
        assert [name for name, _ in record.headers] == ["position", "previous"]
        opened_again = arrived(
            running.hub.ring, Place(record.partition, SIZES.partitions), record.headers, record.value
        )
        assert opened_again is not None
        assert str(opened_again.owner).encode() == record.key


@pytest.mark.parametrize("parts", [(0, 1), (1, 0)])
def test_a_registration_may_come_after_its_events_on_another_partition(
    running: Running, parts: tuple[int, int]
) -> None:
    running.start()
    running.publish("jobbtorg", opened("before"), part=parts[0])
    running.wait_for_receipts(1)
    held = running.statuses()
    running.wait(lambda: len(running.written(receipts_topic("jobbtorg"))) == 1)
    running.publish("jobbtorg", registration("reg", number=ONE), part=parts[1])
    running.wait_for_receipts(2)
    running.wait_until_visible()

    assert held == {"before": "held"}
    assert running.statuses() == {"before": "accepted", "reg": "accepted"}
    running.wait(lambda: len(running.written(receipts_topic("jobbtorg"))) == 3)
    told = [json.loads(each.value or b"") for each in running.written(receipts_topic("jobbtorg"))]
    assert sorted(each["status"] for each in told if each["id"] == "before") == ["accepted", "held"]


def test_two_agencies_events_of_one_person_meet_in_one_timeline(running: Running) -> None:
    running.start()
    running.publish("af", opened("af-1", source=AF, subject="A9"))
    running.publish("jobbtorg", registration("j-reg", number=ONE), opened("j-1"))
    running.publish("af", registration("af-reg", number=ONE, source=AF, subject="A9"))
    running.wait_for_receipts(4)
    running.wait_until_visible()

    assert running.asked("SELECT count(DISTINCT participant_id) FROM reference_binding") == [(1,)]
    assert running.asked("SELECT count(*) FROM readmodel.timeline_thing_v1 WHERE kind = 'enrolment'") == [(2,)]


def test_a_broken_record_is_seen_explained_repaired_and_settled(running: Running) -> None:
    running.start()
    running.publish("jobbtorg", registration("reg", number=ONE), opened("broken") | {"data": {"key": "e"}}, b"{no json")
    running.wait_for_receipts(3)
    listed = running.commands.json("quarantine", "list")
    running.publish("jobbtorg", opened("broken"))
    running.wait(lambda: running.statuses()["broken"] == "accepted")
    running.wait_until_visible()

    assert {each["reason"] for each in listed} == {"field_missing", "json_syntax"}
    left = running.commands.json("quarantine", "list")
    assert [each["reason"] for each in left] == ["json_syntax"]
    running.wait(lambda: len(running.written(receipts_topic("jobbtorg"))) == 4)
    answers = [json.loads(each.value or b"") for each in running.written(receipts_topic("jobbtorg"))]
    explained = next(each for each in answers if each["id"] == "broken" and each["status"] == "rejected")
    assert explained["problems"][0]["pointer"] == "/data/programme"
    assert explained["problems"][0]["expected"]


def test_a_worker_that_is_told_to_stop_goes_at_once_and_another_goes_on(running: Running) -> None:
    running.start()
    running.publish("jobbtorg", registration("reg", number=ONE))
    running.wait_for_receipts(1)
    running.wait_until_visible()
    began = monotonic()
    for worker in running.workers:
        worker.stop()
    took = monotonic() - began
    running.publish("jobbtorg", opened("after"))
    running.start()
    running.wait_for_receipts(2)
    running.wait_until_visible()

    assert took < 5
    assert "worker_ended" in running.workers[0].log.read_text(encoding="utf-8")
    assert running.commands.json("verify")[0]["equal"]


def test_a_worker_whose_partition_was_claimed_by_another_ends_with_75(running: Running) -> None:
    (worker,) = running.start(PROJECTIONS)
    running.start(INTAKE)
    running.publish("jobbtorg", registration("reg", number=ONE))
    running.wait_for_receipts(1)
    running.wait_until_visible()
    with running.hub.database.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE stream_position SET epoch = epoch + 1, owner = 'another' WHERE topic = 'participant.events'"
        )
    running.publish("jobbtorg", opened("after"))
    running.wait(lambda: not worker.is_running)

    assert '"code": 75' in worker.log.read_text(encoding="utf-8")


def test_a_database_that_is_ahead_of_its_topic_stops_the_worker_with_72(running: Running) -> None:
    with running.hub.database.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE stream_position SET next_offset = next_offset + 1000 WHERE topic = 'participant.events'"
        )
    (worker,) = running.start(PROJECTIONS)
    running.wait(lambda: not worker.is_running)

    said = worker.log.read_text(encoding="utf-8")
    assert '"code": 72' in said
    assert "records were lost, or the database is older or newer than the topic" in said


def test_records_that_expired_unread_stop_the_worker_with_72(running: Running) -> None:
    running.publish("jobbtorg", registration("reg", number=ONE), part=0)
    running.publish("jobbtorg", opened("o"), part=0)
    admin = KafkaAdminClient(bootstrap_servers=running.broker.address)
    topic = events_topic("jobbtorg")
    end = next(offset for part, offset in running.begins.items() if part == (topic, 0)) + 2
    admin.delete_records({TopicPartition(topic, 0): end})
    admin.close()
    (worker,) = running.start(INTAKE)
    running.wait(lambda: not worker.is_running)
    moved = running.commands.json("topics", "go-on", "jobbtorg", "--reason", "kept for too short a time")
    again = running.commands.json("topics", "go-on", "jobbtorg", "--reason", "kept for too short a time")
    running.start(INTAKE)
    running.publish("jobbtorg", registration("reg", number=ONE), part=0)
    running.wait_for_receipts(1)

    assert '"code": 72' in worker.log.read_text(encoding="utf-8")
    assert moved == [{"partition": 0, "expected": end - 2, "found": end}]
    assert again == []


def test_topics_that_are_not_there_are_told_before_anything_is_read(running: Running) -> None:
    running.commands.json("agency", "add", "nykommun", "--name", "Ny kommun", "--mark", "NY")

    ended = running.commands.run("worker", "intake")

    assert ended.code == 2
    assert "found none called agency.nykommun.events; run: hub topics apply" in " ".join(ended.logged.split())


def test_a_lagging_worker_is_found_from_status_alone(running: Running) -> None:
    intake, projections = running.start(INTAKE, PROJECTIONS)
    running.publish("jobbtorg", registration("reg", number=ONE))
    running.wait_for_receipts(1)
    running.wait_until_visible()
    os.kill(projections.pid, signal.SIGSTOP)
    running.publish("jobbtorg", *(opened(f"o{number}", key=f"k{number}") for number in range(5)))
    running.wait_for_receipts(6)
    running.wait(lambda: running.commands.json("status")["streams"]["relay"]["lag_events"] == 0)
    sleep(1)
    found = running.commands.json("status")["streams"]["partitions"]
    said = running.commands.run("status").said
    os.kill(projections.pid, signal.SIGCONT)
    running.wait_until_visible()

    lagging = [each for each in found if each["lag_events"]]
    assert {each["topic"] for each in lagging} == {CANONICAL}
    assert sum(each["lag_events"] for each in lagging) == 5
    assert all(each["waiting_seconds"] >= 1 for each in lagging)
    assert {each["owner"] for each in lagging} == {"projections of a test"}
    assert "Workers, the most to do first" in said
    assert "participant.events" in said
    assert intake.is_running


def test_a_rolling_restart_and_a_rebuild_under_load_lose_nothing(running: Running) -> None:
    people = personal_numbers(20)
    running.publish(
        "jobbtorg",
        *(registration(f"r{place}", number=number, subject=f"P{place}") for place, number in enumerate(people)),
    )
    workers = running.start(INTAKE, INTAKE, PROJECTIONS, PROJECTIONS)
    running.wait_for_receipts(len(people))
    stopping = Event()
    published: list[str] = []

    def keep_publishing() -> None:
        while not stopping.wait(0.05):
            name = f"o{len(published)}"
            running.publish("jobbtorg", opened(name, key=name, subject=f"P{len(published) % len(people)}"))
            published.append(name)

    publishing = Thread(target=keep_publishing)
    publishing.start()
    try:
        for worker, kind in zip(workers, (INTAKE, INTAKE, PROJECTIONS, PROJECTIONS), strict=True):
            worker.stop()
            running.start(kind)
        rebuilt = running.commands.json("rebuild", "timeline")
    finally:
        stopping.set()
        publishing.join()
    running.wait_for_receipts(len(people) + len(published))
    running.wait_until_visible()

    assert len(published) > 20
    assert set(running.statuses().values()) == {"accepted"}
    assert rebuilt[0]["equal"]
    assert running.commands.json("verify")[0]["equal"]
    assert running.asked("SELECT count(*) FROM readmodel.timeline_thing_v2 WHERE kind = 'enrolment'") == [
        (len(published),)
    ]
    assert all(worker.is_running for worker in running.workers[4:])


def test_a_topic_that_is_made_anew_is_filled_from_the_log_and_nothing_is_done_twice(running: Running) -> None:
    running.start()
    running.publish("jobbtorg", registration("reg", number=ONE), opened("o1"))
    running.wait_for_receipts(2)
    running.wait_until_visible()
    for worker in running.workers:
        worker.stop()
    before = running.asked("SELECT count(*) FROM readmodel.timeline_thing_v1")
    running.delete_topic(CANONICAL)
    running.apply_topics(partitions=5)
    running.start()
    running.publish("jobbtorg", opened("o2", key="another"))
    running.wait_for_receipts(3)
    running.wait_until_visible()

    assert running.asked("SELECT partitions FROM projection_position WHERE live") == [(5,)]
    assert running.asked("SELECT count(*) FROM readmodel.timeline_thing_v1") == [(before[0][0] + 1,)]
    assert running.commands.json("verify")[0]["equal"]
    running.wait(
        lambda: (
            running.asked(
                "SELECT sum(next_offset)::int FROM stream_position WHERE stream_group = %s AND part < 5",
                PROJECTION_GROUP,
            )
            == [(3,)]
        )
    )
    running.make_log_topic_anew()


def test_what_nobody_reads_raises_an_alarm_and_is_in_the_metrics(running: Running) -> None:
    running.publish("jobbtorg", registration("reg", number=ONE), part=1)
    settings = running.settings.model_copy(update={"watchdog_seconds": 1})
    sleep(1.2)

    with capture_logs() as lines:
        keep_house(replace(running.hub, settings=settings))

    (alarm,) = [line for line in lines if line["event"] == "stream_lagging"]
    assert (alarm["topic"], alarm["partition"], alarm["lag"], alarm["owner"]) == (
        events_topic("jobbtorg"),
        1,
        1,
        "a test",
    )
    assert alarm["waiting_seconds"] >= 1
    lag = 'samspar_stream_lag_events{group="samspar.intake",partition="1",topic="agency.jobbtorg.events"} 1.0'
    assert lag in telemetry.metrics_text().decode()


def test_a_technician_publishes_a_file_and_reads_what_became_of_every_line(running: Running) -> None:
    running.start()
    lines = [registration("t-reg", number=ONE), opened("t-1"), opened("t-broken") | {"data": {}}]
    path = running.folder / "events.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")

    first = running.commands.json("publish", str(path), "--agency", "jobbtorg")
    again = running.commands.run("publish", str(path), "--agency", "jobbtorg")

    assert {name: first[name] for name in ("deliveries", "accepted", "rejected")} == {
        "deliveries": 3,
        "accepted": 2,
        "rejected": 1,
    }
    assert [each["locator"] for each in first["refused"]] == ["events.jsonl:3"]
    assert again.code == 0
    assert running.asked("SELECT count(*) FROM log_entry") == [(2,)]
