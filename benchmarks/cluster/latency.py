"""How long an event takes from a sender's `send` to the served timeline, through topic, intake, log, relay and projection."""

from collections.abc import Iterator
from statistics import median
from time import sleep

from benchmarks.cluster.flow import PER_SECOND, flowing
from benchmarks.cluster.stage import open_cluster, wait_for_owners
from benchmarks.rows import Row, p95, row
from benchmarks.stage import Stage
from hub.run.worker import INTAKE_GROUP, PROJECTION_GROUP

_SECONDS = 12
_WARM_SECONDS = 2  # not judged: every connection and plan is used for the first time


def measure_latency(stage: Stage) -> Iterator[Row]:
    """Single events of many persons through one intake worker and one projection worker."""
    found: list[float] = []
    middle: list[float] = []
    for run in range(stage.runs):
        with (
            open_cluster(stage) as cluster,
            cluster.database() as database,
            cluster.worker(database, "intake") as intake,
            cluster.worker(database, "projections") as projections,
        ):
            wait_for_owners(database, INTAKE_GROUP, {intake.owner})
            wait_for_owners(database, PROJECTION_GROUP, {projections.owner})
            stage.step(f"latency {run + 1}")
            with flowing(cluster, database) as (flow, watch):
                sleep(_WARM_SECONDS + _SECONDS)
                flow.end()
                seen = flow.seen(database, watch)
        judged = [each.seconds for each in seen if each.sent >= seen[0].sent + _WARM_SECONDS]
        found.append(p95(judged) * 1000)
        middle.append(median(judged) * 1000)
    what = f"from kafka-python's send to visible at {PER_SECOND} a second, p95"
    yield row("latency", what, "the limit alone", "ms", found, limit=("below", 300))
    yield row("latency", "the same, half of the events", "", "ms", middle)
