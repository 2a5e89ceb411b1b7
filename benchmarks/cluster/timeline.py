"""The real timeline advanced by projection workers from what the relay has sent: the region's entries, before a clock starts."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.cluster.stage import ClusterStage, open_cluster, wait_for_owners
from benchmarks.cluster.watching import READ, SERVED, rate, watching
from benchmarks.rows import Row, row
from benchmarks.stage import Stage
from hub.log.entries import position_of_head
from hub.run.importing import region_files, send_files
from hub.run.ingest import Tally
from hub.run.relay import Relay
from hub.run.worker import PROJECTION_GROUP
from hub.store.database import rows
from tests.databases import FreshDatabase


@dataclass(frozen=True, slots=True)
class Region:
    """A database that holds the region's log and no read model yet, and how many entries the topic has of it."""

    database: FreshDatabase
    entries: int


@dataclass(frozen=True, slots=True)
class Projected:
    """How fast it went, and what it cost all workers together."""

    per_second: float
    cpu_microseconds: float


@contextmanager
def relayed_region(cluster: ClusterStage) -> Iterator[Region]:
    """The region received through the file door and relayed; nothing of it is projected."""
    with cluster.database() as database:
        with cluster.hub(database) as hub:
            cluster.stage.step("receiving the region")
            send_files(hub, region_files(cluster.stage.region), Tally(), lambda _: None)
            cluster.stage.step("relaying the region")
            relay = Relay(hub)
            with relay.led():
                while not relay.step():
                    pass
            with hub.database.transaction() as connection:
                entries = int(position_of_head(connection))
        yield Region(database, entries)


def projected(cluster: ClusterStage, region: Region, workers: int) -> Projected:
    """A fresh copy advanced by so many workers from the first entry to the last."""
    with cluster.copied(region.database) as database:
        with ExitStack() as started:
            watch = started.enter_context(watching(database, READ, PROJECTION_GROUP))
            running = [started.enter_context(cluster.worker(database, "projections")) for _ in range(workers)]
            watch.wait_until(region.entries)
            used = sum(each.cpu_seconds() for each in running)
        with cluster.worker(database, "projections") as late:
            wait_for_owners(database, PROJECTION_GROUP, {late.owner})
            used -= workers * late.cpu_seconds()  # what a start costs that finds everything done
        with cluster.hub(database) as hub, hub.database.transaction() as connection:
            assert rows(connection, SERVED)[0][0] == region.entries, "every entry is in the served version"
    return Projected(rate(watch.seen[0]), used / region.entries * 1e6)


def measure_two(stage: Stage) -> Iterator[Row]:
    """Two projection workers that share the partitions, and one that has them all, in turns."""
    ones: list[Projected] = []
    twos: list[Projected] = []
    with open_cluster(stage) as cluster, relayed_region(cluster) as region:
        for run in range(stage.runs):
            stage.step(f"two workers {run + 1}: one")
            ones.append(projected(cluster, region, workers=1))
            stage.step(f"two workers {run + 1}: two")
            twos.append(projected(cluster, region, workers=2))
    dearer = [two.cpu_microseconds / one.cpu_microseconds for one, two in zip(ones, twos, strict=True)]
    faster = [two.per_second / one.per_second for one, two in zip(ones, twos, strict=True)]
    what = "processor time per event, two projection workers"
    yield row("two", what, "one projection worker", "times", dearer, limit=("below", 1.15))
    yield row("two", "processor time per event, one worker", "", "µs", [each.cpu_microseconds for each in ones])
    yield row(
        "two",
        "throughput, two projection workers",
        "one worker; PostgreSQL and the broker share the cores",
        "times",
        faster,
    )
    yield row("two", "the same in events a second", "", "/s", [each.per_second for each in twos])
