"""How many events a second a worker takes, beside peers on the same broker and PostgreSQL: everything is in the topics before."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import orjson

from benchmarks.cluster.peers import CONFLUENT, FAUST, JAVA, Figures, Peer
from benchmarks.cluster.producing import seed
from benchmarks.cluster.stage import ClusterStage, open_cluster
from benchmarks.cluster.timeline import projected, relayed_region
from benchmarks.peers.table import CREATE, DROP
from benchmarks.rows import Row, row
from benchmarks.stage import Stage
from hub.store.database import execute, rows
from tests.databases import FreshDatabase

_TOPIC = "bench.events"
_PARTITIONS = 4
_EVENTS = 300_000
_FEW_EVENTS = 60_000  # with a small region
_SMALL_REGION = 500
_PEERS_BATCH = 1000
_OURS_BATCH = 4000
_GROUPS = count(1)


def measure_rates(stage: Stage) -> Iterator[Row]:
    """Every program once a run, one after the other."""
    events = _FEW_EVENTS if stage.participants <= _SMALL_REGION else _EVENTS
    ours: list[Figures] = []
    theirs: dict[str, list[Figures]] = {peer.name: [] for peer in (JAVA, CONFLUENT, FAUST)}
    timeline: list[float] = []
    with open_cluster(stage) as cluster, cluster.database() as database, relayed_region(cluster) as region:
        stage.step("seeding the peers' topic")
        seed(cluster.broker.address, _TOPIC, events, _PARTITIONS)
        for run in range(stage.runs):
            stage.step(f"rates {run + 1}: our Faust worker, the peers' table")
            ours.append(_ours(cluster, database, events))
            for peer in (JAVA, CONFLUENT, FAUST):
                stage.step(f"rates {run + 1}: {peer.name}")
                theirs[peer.name].append(_theirs(cluster, database, peer, events))
            stage.step(f"rates {run + 1}: the timeline")
            timeline.append(projected(cluster, region, workers=1).per_second)
    yield from _beside_peers(events, ours, theirs)
    loop = [each.per_second for each in theirs[CONFLUENT.name]]
    ratios = [mine / other for mine, other in zip(timeline, loop, strict=True)]
    what = "one projection worker with the real timeline"
    yield row("projection", what, CONFLUENT.name, "times", ratios, limit=("at least", 0.3))
    yield row("projection", "the same in events a second", "orientation 12,000 on two idle cores", "/s", timeline)


def _beside_peers(events: int, ours: list[Figures], theirs: dict[str, list[Figures]]) -> Iterator[Row]:
    mine = [each.per_second for each in ours]
    what = f"our Faust worker, {events:,} events into the peers' table"
    for peer, bound in ((JAVA, 1.5), (CONFLUENT, 2.0), (FAUST, 7.0)):
        others = [each.per_second for each in theirs[peer.name]]
        ratios = [one / other for one, other in zip(mine, others, strict=True)]
        yield row("worker", what, peer.name, "times", ratios, limit=("at least", bound))
    beside = f"COPY, {_OURS_BATCH:,} events a transaction; the peers upsert {_PEERS_BATCH:,}"
    yield row("worker", "our Faust worker in events a second", beside, "/s", mine)
    cpu = [each.cpu_microseconds for each in ours if each.cpu_microseconds is not None]
    yield row("worker", "our Faust worker's processor time per event", "", "µs", cpu)
    for name, figures in theirs.items():
        yield row("worker", f"{name}, events a second", "", "/s", [each.per_second for each in figures])


def _ours(cluster: ClusterStage, database: FreshDatabase, events: int) -> Figures:
    group = f"bench.ours-{next(_GROUPS)}"
    module = "benchmarks.cluster.copy_sink"
    with (
        _table(cluster, database, events),
        cluster.module(database, module, _TOPIC, group, str(events), str(_OURS_BATCH)) as worker,
    ):
        told = orjson.loads(worker.said())
        return Figures(told["per_second"], told["cpu_microseconds"])


def _theirs(cluster: ClusterStage, database: FreshDatabase, peer: Peer, events: int) -> Figures:
    with _table(cluster, database, events):
        return peer.run(cluster, database, (_TOPIC, f"bench.theirs-{next(_GROUPS)}", events, _PEERS_BATCH))


@contextmanager
def _table(cluster: ClusterStage, database: FreshDatabase, events: int) -> Iterator[None]:
    """The peers' table, empty; full when the block ends."""
    with cluster.hub(database) as hub:
        with hub.database.transaction() as connection:
            execute(connection, DROP)
            for statement in CREATE.strip().rstrip(";").split(";"):
                execute(connection, statement)
        yield
        with hub.database.transaction() as connection:
            assert rows(connection, "SELECT count(*) FROM readmodel.peer_timeline")[0][0] == events
