"""What is in the topics before a clock starts: the peers' plain events, and what the agencies of the region would publish."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

import orjson
from confluent_kafka import Producer
from kafka import KafkaAdminClient

from hub.run.importing import region_files
from hub.run.ingest import cloudevents_bytes
from schemas.topics import events_topic

_PERSONS = 5000
_FLUSH_SECONDS = 60
_REGISTRATION = b"participant.registered"  # as a type, and in what corrects one
Published = tuple[str, bytes, bytes]
"""Topic, key, value."""


def seed(broker: str, topic: str, events: int, partitions: int) -> None:
    """Make a topic of small events, the same ones whenever this is called."""
    admin = KafkaAdminClient(bootstrap_servers=broker)
    admin.create_topics({topic: {"num_partitions": partitions, "replication_factor": 1}})
    admin.close()
    drawn = random.Random(1)  # noqa: S311  # which person, not a secret

    def plain() -> Iterator[Published]:
        for number in range(events):
            person = f"p{drawn.randrange(_PERSONS)}"
            event = {
                "id": str(UUID(int=number)),
                "person": person,
                "type": f"t{number % 3}",
                "time": "2026-02-03T10:11:12Z",
                "data": {"seq": number},
            }
            yield topic, person.encode(), orjson.dumps(event)

    publish(broker, plain())


def publish(broker: str, messages: Iterable[Published]) -> int:
    """Send, and return when every broker has everything; how many."""
    settings = {"bootstrap.servers": broker, "acks": "all", "enable.idempotence": True, "linger.ms": 20, "log_level": 3}
    producer = Producer(settings)
    refused: list[object] = []
    sent = 0
    for sent, (topic, key, value) in enumerate(messages, 1):  # noqa: B007  # the last number is how many there were
        while True:
            try:
                producer.produce(
                    topic, value, key, on_delivery=lambda error, _: None if error is None else refused.append(error)
                )
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    assert producer.flush(_FLUSH_SECONDS) == 0, "the broker took everything"
    assert not refused, refused[:3]
    return sent


def published(region: Path) -> list[Published]:
    """What the agencies' systems publish, in the order of the manifest; the key is whom an event is about, for its source."""
    found: list[Published] = []
    for file in region_files(region):
        if file.mapping is None:
            topic = events_topic(file.agency)
            found += [(topic, _key(value), value) for _, value in cloudevents_bytes(file.path)]
    return found


def says_who(message: Published) -> bool:
    """Whether it registers somebody, or corrects who that was: what else is said waits for it, and it for nothing."""
    return _REGISTRATION in message[2]


def _key(value: bytes) -> bytes:
    event = orjson.loads(value)
    return f"{event.get('source')}#{event.get('subject')}".encode()
