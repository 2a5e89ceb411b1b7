"""One intake worker and all that the region's agencies publish: in the topics before, the producer stopped."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from benchmarks.cluster.producing import publish, published, says_who
from benchmarks.cluster.stage import ClusterStage, open_cluster
from benchmarks.cluster.watching import READ, rate, watching
from benchmarks.rows import Row, row
from benchmarks.stage import Stage
from hub.run.hub import Hub
from hub.run.relay import Relay
from hub.run.runner import Runner
from hub.run.worker import INTAKE_GROUP


def measure_intake(stage: Stage) -> Iterator[Row]:
    """From the first commit to the last; with the relay beside it, and with a relay elsewhere that has the lead and rests."""
    alone: list[float] = []
    relaying: list[float] = []
    with open_cluster(stage) as cluster:
        with cluster.database():  # makes the topics
            events = publish(cluster.broker.address, sorted(published(stage.region), key=says_who, reverse=True))
        for run in range(stage.runs):
            stage.step(f"intake {run + 1}: alone")
            alone.append(_received(cluster, events, relays=False))
            stage.step(f"intake {run + 1}: with its relay")
            relaying.append(_received(cluster, events, relays=True))
    what = f"one intake worker, {events:,} events of the region, receipts and log committed"
    yield row("intake", what, "the relay rests; orientation 5,000 on two idle cores", "/s", alone)
    yield row("intake", "the same while it leads the relay", "in the same process", "/s", relaying)


def _received(cluster: ClusterStage, events: int, *, relays: bool) -> float:
    with (
        cluster.database() as database,
        cluster.hub(database) as hub,
        nullcontext() if relays else _resting(hub),
        watching(database, READ, INTAKE_GROUP) as watch,
        cluster.worker(database, "intake"),
    ):
        watch.wait_until(events)
    return rate(watch.seen[0])


@dataclass(frozen=True, slots=True)
class _Rest:
    """The relay's lead, and nothing done with it."""

    name: str

    def led(self) -> AbstractContextManager[object]:
        return nullcontext()

    def step(self) -> bool:
        return True

    def lag(self) -> int:
        return 0


@contextmanager
def _resting(hub: Hub) -> Iterator[None]:
    failures: list[str] = []
    runner = Runner(hub, _Rest(Relay(hub).name), failures.append)
    runner.start()
    yield
    runner.stop()
    assert not failures, failures
