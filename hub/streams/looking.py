"""What a topic holds, asked by whoever only looks: where its partitions end, and when a record was written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import CorruptRecordError

from hub.settings import Settings
from hub.streams.admin import asked, client_settings

_PATIENCE_SECONDS = 5.0
_POLL_MS = 200
Answer = TypeVar("Answer")


def ends(settings: Settings, partitions: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
    """The offset after the last record of each partition."""
    wanted = [TopicPartition(*partition) for partition in partitions]
    return _looking(
        settings,
        lambda consumer: {(each.topic, each.partition): end for each, end in consumer.end_offsets(wanted).items()},
    )


def beginnings(settings: Settings, partitions: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], int]:
    """The offset of the first record that each partition still holds."""
    wanted = [TopicPartition(*partition) for partition in partitions]
    return _looking(
        settings,
        lambda consumer: {
            (each.topic, each.partition): first for each, first in consumer.beginning_offsets(wanted).items()
        },
    )


def stamps(
    settings: Settings, offsets: Mapping[tuple[str, int], tuple[int, int]]
) -> Mapping[tuple[str, int], float | None]:
    """When the first record at or behind an offset was written, in seconds since 1970.

    `offsets`: from where to look, and where the partition ends. None: there is no record there, only the marks that
    transactions leave. What is not read in time, or not at all, is left out.
    """

    def look(consumer: KafkaConsumer) -> dict[tuple[str, int], float | None]:
        left = {TopicPartition(*partition): end for partition, (_, end) in offsets.items()}
        found: dict[tuple[str, int], float | None] = {}
        consumer.assign(list(left))
        for partition, (offset, _) in offsets.items():
            consumer.seek(TopicPartition(*partition), offset)
        until = monotonic() + _PATIENCE_SECONDS
        while left and monotonic() < until:
            try:
                polled = consumer.poll(timeout_ms=_POLL_MS, max_records=len(left))
            except CorruptRecordError:  # of a header's name that is no text, too: kafka-python reads no further
                break
            for partition, records in polled.items():
                if left.pop(partition, None) is not None:
                    found[partition.topic, partition.partition] = records[0].timestamp / 1000
                    consumer.pause(partition)
            for partition in [each for each, end in left.items() if consumer.position(each) >= end]:
                del left[partition]
                found[partition.topic, partition.partition] = None
        return found

    return _looking(settings, look)


@dataclass(frozen=True, slots=True)
class Found:
    """A record, as whoever only looks at it sees it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def records_from(settings: Settings, offsets: Mapping[tuple[str, int], int]) -> Iterator[Found]:
    """Every record of partitions from these offsets to their ends as they are now, each partition in its order."""
    goals = ends(settings, offsets)
    consumer = asked(lambda: _consumer(settings), settings)
    try:
        begins = {TopicPartition(*partition): offset for partition, offset in offsets.items()}
        consumer.assign(list(begins))
        for partition, offset in begins.items():
            consumer.seek(partition, offset)
        left = {TopicPartition(*each): goal for each, goal in goals.items() if goal > offsets[each]}
        while left:
            for partition, records in consumer.poll(timeout_ms=_POLL_MS).items():
                for each in records:
                    yield Found(each.topic, each.partition, each.offset, each.key, each.value, each.headers)
                if records[-1].offset + 1 >= left.get(partition, 0):
                    left.pop(partition, None)
    finally:
        consumer.close()


def _looking(settings: Settings, look: Callable[[KafkaConsumer], Answer]) -> Answer:
    def opened() -> Answer:
        consumer = _consumer(settings)
        try:
            return look(consumer)
        finally:
            consumer.close()

    return asked(opened, settings)


def _consumer(settings: Settings) -> KafkaConsumer:
    return KafkaConsumer(
        **client_settings(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
