"""The region through the embedded default and through Kafka and its workers: do both say the same in the end?

What an agency exports as lists comes by file in both. Registrations, and what corrects them, are published first, one
agency after the other: Kafka keeps no order between topics, and who comes second with a number that is somebody else's
is refused. Everything else is published at once, in no order between topics and partitions.
"""

from collections.abc import Iterator
from itertools import groupby

from benchmarks.cluster.producing import publish, published, says_who
from benchmarks.cluster.stage import ClusterStage, open_cluster
from benchmarks.cluster.watching import READ, SERVED, watching
from benchmarks.importing import fill
from benchmarks.rows import Row, row
from benchmarks.stage import Stage
from hub.log.entries import position_of_head
from hub.run.digests import Digests, digest_rows
from hub.run.hub import Hub
from hub.run.importing import region_files, send_files
from hub.run.ingest import Tally
from hub.run.models import TIMELINE
from hub.run.project import live_version
from hub.run.worker import INTAKE_GROUP
from projections.timeline.rows import contents


def measure_digests(stage: Stage) -> Iterator[Row]:
    """Once: it is true or it is not."""
    with stage.hub(fill(stage)) as hub:
        embedded = _digests(hub)
    stage.step("digests: through Kafka")
    with open_cluster(stage) as cluster:
        through = _through_kafka(cluster)
    what = f"portable digests of the region, {through.rows:,} rows: through Kafka as embedded (1: equal)"
    equal = float(embedded.portable_digest == through.portable_digest)
    yield row("digests", what, "the embedded default", "", [equal], limit=("at least", 1))


def _through_kafka(cluster: ClusterStage) -> Digests:
    with cluster.database() as database, cluster.hub(database) as hub:
        everything = published(cluster.stage.region)
        with (
            watching(database, READ, INTAKE_GROUP) as watch,
            cluster.worker(database, "intake"),
            cluster.worker(database, "projections"),
        ):
            events = 0
            for _, together in groupby(filter(says_who, everything), key=lambda each: each[0]):
                events += publish(cluster.broker.address, together)
                watch.wait_until(events)
            events += publish(cluster.broker.address, (each for each in everything if not says_who(each)))
            watch.wait_until(events)
            lists = [file for file in region_files(cluster.stage.region) if file.mapping is not None]
            send_files(hub, lists, Tally(), lambda _: None)
            with hub.database.transaction() as connection:
                head = position_of_head(connection)
            with watching(database, SERVED) as served:
                served.wait_until(head)
            return _digests(hub)


def _digests(hub: Hub) -> Digests:
    with hub.database.transaction() as connection:
        assert position_of_head(connection), "something was received"
        live = live_version(connection, TIMELINE)
        return digest_rows(connection, hub.ring, contents(connection, live.version))
