"""What the hub itself sends to Kafka, and what it asks of a topic before it reads or writes there."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from kafka import KafkaProducer
from kafka.errors import KafkaError

from hub.settings import Settings
from hub.streams.admin import asked, client_settings, open_admin
from schemas.errors import Misconfigured, StreamUnavailable
from schemas.topics import CANONICAL

NO_CANONICAL = f"expected the topic {CANONICAL}, found none; run: hub topics apply"
WHOLE_BYTES = 700_000
"""What is sent to one partition in one call, keys and headers not counted, and is no more than this, is one batch."""

_ANSWER_MS = 10_000
_GIVE_UP_MS = 20_000
_FLUSH_SECONDS = 25
_LINGER_MS = 5_000  # nothing goes before the flush: what is for one partition must be one batch
_BATCH_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A record to send; without `partition` its key decides, without a key chance."""

    topic: str
    key: bytes | None
    value: bytes
    headers: Sequence[tuple[str, bytes]]
    partition: int | None = None


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as the broker knows it; made anew under the same name it has another id."""

    topic_id: str
    partitions: int


@dataclass(frozen=True, slots=True)
class Sender:
    """A producer of which every answer is looked at: kafka-python's flush raises nothing (STREAMING 3.2)."""

    _producer: KafkaProducer

    def send(self, messages: Iterable[Message]) -> None:
        """Return when all are acknowledged by every in-sync copy. Raises StreamUnavailable when one is not: send all again.

        Up to WHOLE_BYTES for a partition come there together or not at all, so that none is ever there without those before it.
        """
        if refused := self.offer(messages):
            found = ", ".join(sorted(set(refused.values())))
            message = f"expected every record to be acknowledged, found {found}; they are sent again"
            raise StreamUnavailable(message)

    def offer(self, messages: Iterable[Message]) -> dict[str, str]:
        """The topics that did not take all that was for them, each with what was found; all of them are waited for at once."""
        refused: dict[str, str] = {}
        answers = []
        for each in messages:
            if each.topic in refused:
                continue
            try:
                answer = self._producer.send(
                    each.topic, value=each.value, key=each.key, headers=list(each.headers), partition=each.partition
                )
            except KafkaError as error:
                refused[each.topic] = type(error).__name__
            else:
                answers.append((each.topic, answer))
        with suppress(KafkaError):  # the answers tell more
            self._producer.flush(_FLUSH_SECONDS)
        for topic, answer in answers:
            try:
                answer.get(0)
            except KafkaError as error:
                refused[topic] = type(error).__name__
        return refused


@contextmanager
def open_sender(settings: Settings) -> Iterator[Sender]:
    """A sender, until the block ends; what is not acknowledged then is not waited for."""
    given = client_settings(settings) | {
        "request_timeout_ms": _ANSWER_MS,
        "delivery_timeout_ms": _GIVE_UP_MS,
        "max_block_ms": _GIVE_UP_MS,
        "enable_idempotence": True,
        "acks": "all",
        "linger_ms": _LINGER_MS,
        "batch_size": _BATCH_BYTES,
        "allow_auto_create_topics": False,
    }
    producer = asked(lambda: KafkaProducer(**given), settings)
    try:
        yield Sender(producer)
    finally:
        producer.close(timeout=0)


def topic_states(settings: Settings, names: Iterable[str]) -> dict[str, TopicState]:
    """The topics that there are, of those named."""
    with open_admin(settings) as admin:
        described = asked(lambda: admin.describe_topics(list(names)), settings)
    return {
        each["name"]: TopicState(str(each["topic_id"]), len(each["partitions"]))
        for each in described
        if not each["error_code"]
    }


def canonical_topic(settings: Settings) -> TopicState:
    """The topic of the log. Raises Misconfigured where there is none."""
    topic = topic_states(settings, [CANONICAL]).get(CANONICAL)
    if topic is None:
        raise Misconfigured(NO_CANONICAL)
    return topic
