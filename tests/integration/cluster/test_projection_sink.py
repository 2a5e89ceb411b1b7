"""What a projection worker does with the entries it is handed, on a real database: once, in order, or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from hub.log.records import last_positions, partition_of, read_records
from hub.run.hub import Hub
from hub.run.models import MODELS, TIMELINE
from hub.run.partitioned import give_back, lay_out, need_one_runner, positions
from hub.run.project import live_version, project
from hub.run.projection_sink import ProjectionSink
from hub.run.rebuild import rebuild, rebuild_participant, verify
from hub.run.status import parked
from hub.run.worker import PROJECTION_GROUP, Reading
from hub.store.database import rows
from hub.store.streams import Claim, Moves, Partition, claim
from schemas.errors import Misconfigured, PositionTaken, StreamGap
from schemas.topics import CANONICAL
from schemas.vocabulary import ParticipantId, Position
from tests.integration.intake.sending import send
from tests.integration.operation.test_parking import Stumbling
from tests.integration.published_numbers import personal_numbers
from tests.unit.intake.builders import event, opened, registration

PARTITIONS = 4
PEOPLE = personal_numbers(12)


@dataclass(frozen=True, slots=True)
class Given:
    """A record as a client hands it over."""

    offset: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(slots=True)
class Cluster:
    """A topic in memory that holds what the relay would have sent, and a worker's way of reading it."""

    hub: Hub
    sink: ProjectionSink
    topic: dict[Partition, list[Given]]

    def relay(self) -> None:
        """Send what was recorded and not sent yet."""
        sent = sum(len(each) for each in self.topic.values())
        with self.hub.database.transaction() as connection:
            last = last_positions(connection, Position(sent), PARTITIONS)
            records = read_records(connection, self.hub.ring, Position(sent), last, PARTITIONS, 10_000)
        for record in records:
            given = self.topic[Partition(CANONICAL, record.partition)]
            given.append(Given(len(given), record.value, record.headers))

    def claimed(self, *parts: int) -> "Worker":
        """A worker that owns these partitions."""
        wanted = {Partition(CANONICAL, part): "topic" for part in parts or range(PARTITIONS)}
        reading = Reading(contiguous=True)
        with self.hub.database.transaction() as connection:
            reading.begin(claim(connection, PROJECTION_GROUP, wanted, "a test"))
        return Worker(self, reading, list(wanted))


@dataclass(slots=True)
class Worker:
    """One worker with its partitions."""

    cluster: Cluster
    reading: Reading
    parts: list[Partition]

    def take(self, most: int = 10_000) -> tuple[object, Moves]:
        """The next records of every partition, prepared."""
        chunks = []
        for part in self.parts:
            begins = self.reading.position(part) or 0
            records = self.cluster.topic[part][begins : begins + most]
            if records:
                chunks.append((part, begins, records))
        work, moves = self.reading.take(chunks)
        return self.cluster.sink.prepare(work), moves

    def take_some(self) -> bool:
        """Commit one record of the partition that is furthest behind; whether there was one."""
        left = [part for part in self.parts if (self.reading.position(part) or 0) < len(self.cluster.topic[part])]
        if not left:
            return False
        part = min(left, key=lambda each: self.reading.position(each) or 0)
        begins = self.reading.position(part) or 0
        work, moves = self.reading.take([(part, begins, self.cluster.topic[part][begins : begins + 1])])
        self.cluster.sink.write(self.cluster.sink.prepare(work), moves)
        return True

    def work(self, most: int = 10_000) -> None:
        """Take and commit."""
        prepared, moves = self.take(most)
        self.cluster.sink.write(prepared, moves)


@pytest.fixture
def cluster(hub: Hub) -> Cluster:
    """Twelve people whom two agencies know, recorded and not projected."""
    for number, person in enumerate(PEOPLE):
        subject = f"P{number}"
        receipts = send(
            hub,
            [
                registration(f"reg-{number}", number=person, subject=subject),
                opened(f"open-{number}", key=f"k{number}", subject=subject),
                event(f"close-{number}", "enrolment.closed", {"key": f"k{number}", "outcome": "work"}, subject=subject),
            ],
        )
        assert {receipt.status for receipt in receipts} <= {"accepted", "rejected"}
    with hub.database.transaction() as connection:
        lay_out(connection, TIMELINE, PARTITIONS)
    made = Cluster(hub, ProjectionSink(hub, PARTITIONS), {Partition(CANONICAL, part): [] for part in range(PARTITIONS)})
    made.relay()
    return made


def equal(hub: Hub) -> bool:
    """Whether what is served equals a rebuild of as much of the log."""
    return verify(hub, TIMELINE, lambda _reached, _goal: None).equal


def served(hub: Hub) -> int:
    """How many rows are served."""
    return verify(hub, TIMELINE, lambda _reached, _goal: None).live.rows


def test_one_worker_brings_everything_up_to_date_and_again_changes_nothing(cluster: Cluster) -> None:
    worker = cluster.claimed()
    worker.work()
    with cluster.hub.database.transaction() as connection:
        live = live_version(connection, TIMELINE)
        head = rows(connection, "SELECT position FROM log_head")[0][0]

    assert (live.position, live.partitions) == (head, PARTITIONS)
    assert equal(cluster.hub)
    before = served(cluster.hub)
    cluster.claimed().work()
    assert served(cluster.hub) == before > 0


def test_partitions_that_stand_at_different_places_are_compared_as_they_stand_and_rebuilt_to_the_end(
    cluster: Cluster,
) -> None:
    cluster.claimed(0, 1).work()
    cluster.claimed(2).work(most=2)
    with cluster.hub.database.transaction() as connection:
        before = positions(connection, TIMELINE, live_version(connection, TIMELINE).version)

    assert equal(cluster.hub)
    assert rebuild(cluster.hub, TIMELINE, lambda _reached, _goal: None).equal
    with cluster.hub.database.transaction() as connection:
        live = live_version(connection, TIMELINE)
        head = rows(connection, "SELECT position FROM log_head")[0][0]
        assert len(set(before.values())) > 1
        assert (live.version, positions(connection, TIMELINE, 2)) == (2, dict.fromkeys(range(PARTITIONS), head))
    cluster.claimed(2, 3).work()
    assert equal(cluster.hub)


def test_the_database_and_the_hub_agree_on_the_partition_of_everybody(cluster: Cluster) -> None:
    with cluster.hub.database.transaction() as connection:
        found = rows(
            connection, "SELECT DISTINCT owner_id, log_part(owner_id, 4), log_part(owner_id, 7) FROM log_entry"
        )

    assert found
    assert [(partition_of(owner, 4), partition_of(owner, 7)) for owner, _, _ in found] == [each[1:] for each in found]


def test_up_to_where_everything_is_there_is_never_told_too_far(cluster: Cluster) -> None:
    worker = cluster.claimed()
    told: list[int] = []
    while worker.take_some():
        with cluster.hub.database.transaction() as connection:
            live = live_version(connection, TIMELINE)
            due = rows(
                connection,
                "SELECT min(log_entry.position) - 1 FROM log_entry JOIN projection_partition own"
                " ON own.part = log_part(owner_id, %s) AND own.version = %s WHERE log_entry.position > own.position",
                (PARTITIONS, live.version),
            )[0][0]
            head = rows(connection, "SELECT position FROM log_head")[0][0]
        told.append(live.position)
        assert live.position == (head if due is None else due)
    assert told == sorted(told)
    assert len(set(told)) > 2


def test_a_late_worker_changes_nothing_and_is_told(cluster: Cluster) -> None:
    late = cluster.claimed()
    prepared, moves = late.take()
    cluster.claimed().work(most=1)
    before = served(cluster.hub)

    with pytest.raises(PositionTaken, match="another worker has claimed it"):
        cluster.sink.write(prepared, moves)

    assert served(cluster.hub) == before
    assert equal(cluster.hub)


def test_a_commit_whose_answer_was_lost_is_not_done_twice(cluster: Cluster) -> None:
    worker = cluster.claimed()
    prepared, moves = worker.take()
    cluster.sink.write(prepared, moves)
    before = served(cluster.hub)

    cluster.sink.write(prepared, moves)

    assert served(cluster.hub) == before
    assert equal(cluster.hub)


def test_what_the_relay_sends_twice_is_known(cluster: Cluster) -> None:
    cluster.claimed().work()
    before = served(cluster.hub)
    for given in cluster.topic.values():
        given += [Given(len(given) + place, each.value, each.headers) for place, each in enumerate(list(given))]

    cluster.claimed().work()

    assert served(cluster.hub) == before
    assert equal(cluster.hub)


def test_an_entry_that_never_came_stops_the_worker_and_nothing_is_passed_over(cluster: Cluster) -> None:
    part = max(cluster.topic, key=lambda each: len(cluster.topic[each]))
    lost = cluster.topic[part].pop(1)
    cluster.topic[part] = [Given(place, each.value, each.headers) for place, each in enumerate(cluster.topic[part])]
    position = dict(lost.headers)["position"].decode()

    with pytest.raises(StreamGap, match=f"expected position {position} in partition {part.part}"):
        cluster.claimed(part.part).work()

    with cluster.hub.database.transaction() as connection:
        assert positions(connection, TIMELINE, 1)[part.part] == 0
    assert equal(cluster.hub)
    assert rebuild(cluster.hub, TIMELINE, lambda _reached, _goal: None).equal
    cluster.claimed(part.part).work()
    assert equal(cluster.hub)


def test_a_missing_offset_stops_the_worker(cluster: Cluster) -> None:
    part = max(cluster.topic, key=lambda each: len(cluster.topic[each]))
    del cluster.topic[part][1]

    with pytest.raises(StreamGap, match=f"expected offset 0 of {CANONICAL}/{part.part}.* with 1 missing"):
        cluster.claimed(part.part).work()


@pytest.mark.parametrize("value", [None, b"x" * 80])
def test_a_record_of_somebody_else_is_told_and_left(cluster: Cluster, value: bytes | None) -> None:
    for given in cluster.topic.values():
        given.insert(0, Given(0, value, ()))
        given[:] = [Given(place, each.value, each.headers) for place, each in enumerate(given)]

    cluster.claimed().work()

    assert equal(cluster.hub)
    with cluster.hub.database.transaction() as connection:
        assert live_version(connection, TIMELINE).position == rows(connection, "SELECT position FROM log_head")[0][0]


def test_a_record_that_was_sent_to_another_number_of_partitions_is_left(cluster: Cluster) -> None:
    with cluster.hub.database.transaction() as connection:
        others = read_records(connection, cluster.hub.ring, Position(0), {}, PARTITIONS + 1, 10_000)
    for part, given in cluster.topic.items():
        stray = [Given(0, each.value, each.headers) for each in others if each.partition == part.part]
        given[:] = [Given(place, each.value, each.headers) for place, each in enumerate([*stray, *given])]

    cluster.claimed().work()

    assert equal(cluster.hub)
    with cluster.hub.database.transaction() as connection:
        assert live_version(connection, TIMELINE).position == rows(connection, "SELECT position FROM log_head")[0][0]


def test_a_record_that_no_key_of_the_hub_opens_stops_the_worker(cluster: Cluster) -> None:
    part = max(cluster.topic, key=lambda each: len(cluster.topic[each]))
    first = cluster.topic[part][0]
    assert first.value is not None
    cluster.topic[part][0] = Given(0, first.value[:-1] + bytes([first.value[-1] ^ 1]), first.headers)

    with pytest.raises(StreamGap, match="is this worker's key file that of the others"):
        cluster.claimed(part.part).work()


def test_a_poison_event_parks_its_participant_and_everybody_else_flows(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODELS, TIMELINE.name, Stumbling("open-3"))
    cluster.claimed().work()
    (aside,) = parked(cluster.hub)
    monkeypatch.setitem(MODELS, TIMELINE.name, TIMELINE)

    rebuild_participant(cluster.hub, TIMELINE, ParticipantId(aside.participant_id))

    assert aside.error == "ZeroDivisionError"
    assert parked(cluster.hub) == []
    assert equal(cluster.hub)


def test_another_number_of_partitions_begins_where_everything_is_there(cluster: Cluster) -> None:
    cluster.claimed(0, 2).work()
    before = served(cluster.hub)
    with cluster.hub.database.transaction() as connection:
        lay_out(connection, TIMELINE, 1)
    single = Partition(CANONICAL, 0)
    with cluster.hub.database.transaction() as connection:
        records = read_records(connection, cluster.hub.ring, Position(0), {}, 1, 10_000)
    again = Cluster(cluster.hub, ProjectionSink(cluster.hub, 1), {single: []})
    again.topic[single] = [Given(place, each.value, each.headers) for place, each in enumerate(records)]
    with cluster.hub.database.transaction() as connection:
        claims = claim(connection, PROJECTION_GROUP, {single: "another topic"}, "a test")
    assert claims == {single: Claim(0, 2)}
    reading = Reading(contiguous=True)
    reading.begin(claims)
    Worker(again, reading, [single]).work()

    assert served(cluster.hub) > before
    assert equal(cluster.hub)


def test_a_worker_of_another_number_of_partitions_changes_nothing(cluster: Cluster) -> None:
    worker = cluster.claimed()
    with cluster.hub.database.transaction() as connection:
        lay_out(connection, TIMELINE, 7)

    with pytest.raises(PositionTaken, match="to be laid out for 4 partitions, found 7"):
        worker.work()

    assert equal(cluster.hub)


def test_the_one_runner_stands_by_where_workers_project(cluster: Cluster) -> None:
    with pytest.raises(PositionTaken, match="found the workers of a cluster"):
        project(cluster.hub, TIMELINE)


def test_one_process_projects_again_when_the_workers_have_given_it_back(cluster: Cluster) -> None:
    cluster.claimed(0, 3).work()
    with pytest.raises(Misconfigured, match="hub topics leave"):
        need_one_runner(cluster.hub)
    give_back(cluster.hub)
    need_one_runner(cluster.hub)
    while project(cluster.hub, TIMELINE):
        pass

    assert equal(cluster.hub)
    with cluster.hub.database.transaction() as connection:
        live = live_version(connection, TIMELINE)
        assert (live.position, live.partitions) == (rows(connection, "SELECT position FROM log_head")[0][0], None)
