"""A peer: librdkafka's consumer in a loop, rows and positions in one transaction, fenced by an epoch.

usage: python -m benchmarks.peers.confluent_loop BROKER TOPIC GROUP COUNT BATCH; the database's address on stdin
"""

import sys

import psycopg
from confluent_kafka import Consumer, TopicPartition

from benchmarks.peers.table import CLAIM, MOVE, UPSERT, Meter, columns

_PATIENCE_SECONDS = 0.2


def main(broker: str, topic: str, group: str, meter: Meter, batch: int) -> None:
    """Read until everything is written."""
    held: dict[int, tuple[int, int]] = {}
    with psycopg.connect(sys.stdin.readline().strip()) as connection:

        def assigned(consumer: Consumer, partitions: list[TopicPartition]) -> None:
            for each in sorted(partitions, key=lambda each: each.partition):
                claimed = connection.execute(CLAIM, (group, each.partition)).fetchone()
                assert claimed is not None
                held[each.partition] = claimed
                each.offset = claimed[0]
            connection.commit()
            consumer.assign(partitions)

        consumer = Consumer(
            {
                "bootstrap.servers": broker,
                "group.id": group,
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 100,
                "queued.min.messages": 100_000,
                "isolation.level": "read_committed",
            }
        )
        consumer.subscribe([topic], on_assign=assigned)
        while True:
            records: list[tuple[int, int, bytes]] = []
            for message in consumer.consume(batch, _PATIENCE_SECONDS):
                error, part, offset, value = message.error(), message.partition(), message.offset(), message.value()
                assert error is None, error
                assert part is not None
                assert offset is not None
                assert value is not None
                records.append((part, offset, bytes(value)))
            if not records:
                continue
            ends = {part: offset + 1 for part, offset, _ in records}
            with connection.transaction():
                connection.execute(UPSERT, columns(records))
                for part, end in sorted(ends.items()):
                    moved = connection.execute(MOVE, (end, group, part, *held[part])).rowcount
                    assert moved == 1, "another one has claimed the partition"
            held |= {part: (end, held[part][1]) for part, end in ends.items()}
            consumer.commit(offsets=[TopicPartition(topic, part, end) for part, end in ends.items()])
            if meter.add(len(records)):
                return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Meter(int(sys.argv[4])), int(sys.argv[5]))
