"""For how long the timeline of some participants stands still when something happens to the workers, PostgreSQL or the broker.

An event's delay is counted from its `send` to the served timeline; the pause is the longest delay of those sent meanwhile,
so of the partition that fared worst.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from time import perf_counter, sleep

from benchmarks.cluster.flow import PER_SECOND, flowing
from benchmarks.cluster.stage import ClusterStage, Worker, open_cluster, wait_for_owners
from benchmarks.rows import Row, row
from benchmarks.stage import Stage
from hub.run.worker import INTAKE_GROUP, PROJECTION_GROUP

_SETTLE_SECONDS = 4.0
_AFTER_SECONDS = 6.0
_BEFORE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _Scene:
    """Who can be disturbed. `third` is a projection worker without a name that stays the same."""

    cluster: ClusterStage
    intake: Worker
    second: Worker
    third: Worker

    def nothing(self) -> None:
        """What the others are to be compared with."""

    def join(self) -> None:
        self.third.start()

    def leave(self) -> None:
        self.third.end()

    def kill_projections(self) -> None:
        self.second.kill()
        self.second.start()

    def kill_intake(self) -> None:
        self.intake.kill()
        self.intake.start()

    def kill_postgres(self) -> None:
        self.cluster.stage.cluster.restart(immediate=True)

    def kill_broker(self) -> None:
        self.cluster.broker.kill()
        self.cluster.broker.start()


@dataclass(frozen=True, slots=True)
class _Pause:
    """The longest delay, and how long it took to make it happen."""

    longest: float
    away: float


_HAPPENINGS: tuple[tuple[str, float | None, Callable[[_Scene], None]], ...] = (
    ("nothing happens", None, _Scene.nothing),
    ("a projection worker joins", 2, _Scene.join),
    ("a projection worker leaves", 2, _Scene.leave),
    ("a projection worker is killed and started again (--instance)", 5, _Scene.kill_projections),
    ("the intake worker that relays is killed and started again (--instance)", 5, _Scene.kill_intake),
    ("PostgreSQL is killed and started again", 3, _Scene.kill_postgres),
    ("the broker is killed and started again", 10, _Scene.kill_broker),
)


def measure_pauses(stage: Stage) -> Iterator[Row]:
    """One intake worker and two projection workers under a steady stream; one thing happens after the other."""
    found: dict[str, list[_Pause]] = {what: [] for what, _, _ in _HAPPENINGS}
    for run in range(stage.runs):
        with open_cluster(stage) as cluster:
            for what, pause in _disturbed(cluster, run).items():
                found[what].append(pause)
    for what, bound, happen in _HAPPENINGS:
        named = f"the worst partition, {PER_SECOND} events a second: {what}"
        longest = [each.longest for each in found[what]]
        if bound is None:
            yield row("pauses", named, "", "s", longest)
        else:
            yield row("pauses", named, "the limit alone", "s", longest, limit=("below", bound))
        if happen in {_Scene.kill_postgres, _Scene.kill_broker}:
            yield row(
                "pauses", "of that: from the kill until it answers again", "", "s", [each.away for each in found[what]]
            )


def _disturbed(cluster: ClusterStage, run: int) -> dict[str, _Pause]:
    """The longest delay around each happening."""
    with cluster.database() as database, ExitStack() as running:
        intake = running.enter_context(cluster.worker(database, "intake", "--instance", "in"))
        running.enter_context(cluster.worker(database, "projections", "--instance", "one"))
        second = running.enter_context(cluster.worker(database, "projections", "--instance", "two"))
        third = running.enter_context(cluster.worker(database, "projections", later=True))
        wait_for_owners(database, INTAKE_GROUP, {"in"})
        wait_for_owners(database, PROJECTION_GROUP, {"one", "two"})
        scene = _Scene(cluster, intake, second, third)
        windows: dict[str, tuple[float, float, float]] = {}
        with flowing(cluster, database) as (flow, watch):
            sleep(_SETTLE_SECONDS)
            for what, _, happen in _HAPPENINGS:
                cluster.stage.step(f"pauses {run + 1}: {what}")
                began = perf_counter()
                happen(scene)
                happened = perf_counter()
                sleep(_AFTER_SECONDS)
                windows[what] = began, happened, perf_counter()
                sleep(_SETTLE_SECONDS)
            flow.end()
            seen = flow.seen(database, watch)
    return {
        what: _Pause(
            max(each.seconds for each in seen if began - _BEFORE_SECONDS <= each.sent <= ended), happened - began
        )
        for what, (began, happened, ended) in windows.items()
    }
