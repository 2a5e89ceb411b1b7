"""What a topic holds, asked by whoever only looks: where its partitions end, and when a record was written."""

from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import TypeVar

from kafka import KafkaConsumer, TopicPartition

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


def stamps(settings: Settings, offsets: Mapping[tuple[str, int], int]) -> Mapping[tuple[str, int], float]:
    """When the first record at or behind an offset was written, in seconds since 1970; what is not read in time is left out."""

    def look(consumer: KafkaConsumer) -> dict[tuple[str, int], float]:
        left = {TopicPartition(*partition): offset for partition, offset in offsets.items()}
        found: dict[tuple[str, int], float] = {}
        consumer.assign(list(left))
        for partition, offset in left.items():
            consumer.seek(partition, offset)
        until = monotonic() + _PATIENCE_SECONDS
        while left and monotonic() < until:
            for partition, records in consumer.poll(timeout_ms=_POLL_MS, max_records=len(left)).items():
                if left.pop(partition, None) is not None:
                    found[partition.topic, partition.partition] = records[0].timestamp / 1000
                    consumer.pause(partition)
        return found

    return _looking(settings, look)


def _looking(settings: Settings, look: Callable[[KafkaConsumer], Answer]) -> Answer:
    def opened() -> Answer:
        consumer = KafkaConsumer(
            **client_settings(settings),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=65_536,
        )
        try:
            return look(consumer)
        finally:
            consumer.close()

    return asked(opened, settings)
