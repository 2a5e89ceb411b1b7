"""A peer: Faust as it comes, batches by `noack_take`, acknowledged after the commit. At least once; positions in Kafka.

usage: python -m benchmarks.peers.stock_faust BROKER TOPIC GROUP COUNT BATCH DIRECTORY; the database's address on stdin
"""

import asyncio
import os
import sys
from typing import Any

import faust
import psycopg

from benchmarks.peers.table import UPSERT, Meter, columns

_PATIENCE_SECONDS = 0.2
_BUFFERED = 65_536  # records; its default of 4,096 lets it stand still for a second again and again


async def main(arguments: list[str], address: str) -> None:
    """Read until everything is written; the process ends there."""
    broker, topic, group, count, batch, directory = arguments
    meter = Meter(int(count))
    app = faust.App(
        group,
        broker=f"kafka://{broker}",
        datadir=directory,
        env_prefix="PEER_",
        store="memory://",
        key_serializer="raw",
        value_serializer="raw",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=4 << 20,
        stream_buffer_maxsize=_BUFFERED,
        broker_commit_interval=1.0,
    )
    connection = await psycopg.AsyncConnection.connect(address)

    async def project(stream: Any) -> None:  # of Faust
        async for events in stream.noack_take(int(batch), within=_PATIENCE_SECONDS):
            async with connection.transaction():
                await connection.execute(
                    UPSERT, columns((each.message.partition, each.message.offset, each.value) for each in events)
                )
            for each in events:
                each.ack()
            if meter.add(len(events)):
                os._exit(0)

    read = app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    app.agent(read, concurrency=1)(project)
    await app.start()
    await app.wait_until_stopped()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:], sys.stdin.readline().strip()))
