"""Topics for tests: made once for the session's broker, and begun at their ends by every test's own database."""

from collections.abc import Iterable, Mapping

from kafka import KafkaProducer

from hub.run.worker import INTAKE_GROUP, PROJECTION_GROUP
from hub.settings import Settings
from hub.store.database import Database, execute
from hub.store.streams import Partition, claim
from hub.streams.admin import mend, open_admin, read_layout
from hub.streams.looking import ends
from hub.streams.plan import Sizes, differences, planned
from hub.streams.sending import topic_states
from schemas.topics import CANONICAL, events_topic


def apply_topics(settings: Settings, agencies: Iterable[str], sizes: Sizes) -> None:
    """The topics of these agencies, as `hub topics apply` makes them."""
    wanted = planned(agencies, sizes)
    with open_admin(settings) as admin:
        mend(admin, settings, wanted, differences(wanted, read_layout(admin, settings, wanted)))


def begin_at_the_end(settings: Settings, database: Database, agencies: Iterable[str]) -> Mapping[Partition, int]:
    """Let a database's workers begin where the topics end now: what earlier tests have sent is none of its business."""
    groups = {INTAKE_GROUP: [events_topic(agency) for agency in agencies], PROJECTION_GROUP: [CANONICAL]}
    states = topic_states(settings, [topic for topics in groups.values() for topic in topics])
    parts = {
        group: [Partition(topic, part) for topic in topics for part in range(states[topic].partitions)]
        for group, topics in groups.items()
    }
    reached = ends(settings, [part for listed in parts.values() for part in listed])
    with database.transaction() as connection:
        for group, listed in parts.items():
            claim(connection, group, {part: states[part.topic].topic_id for part in listed}, "a test")
            for part in listed:
                execute(
                    connection,
                    "UPDATE stream_position SET next_offset = %s WHERE stream_group = %s AND topic = %s AND part = %s",
                    (reached[part], group, *part),
                )
    return {Partition(topic, part): offset for (topic, part), offset in reached.items()}


def producer_of(address: str) -> KafkaProducer:
    """Some sender's client."""
    return KafkaProducer(bootstrap_servers=address, acks="all", enable_idempotence=True)
