"""The hub's Faust worker with the peers' table as its sink: the position in the same transaction is the only dedupe.

So rows come in by COPY, which knows no conflict. usage: python -m benchmarks.cluster.copy_sink TOPIC GROUP COUNT BATCH
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.peers.table import Meter
from hub.bootstrap import open_hub
from hub.run.faust_worker import run
from hub.run.hub import Hub
from hub.run.worker import Work
from hub.settings import load
from hub.store.database import driver
from hub.store.streams import Moves, move

_COPY = b"COPY readmodel.peer_timeline FROM STDIN"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class CopySink:
    """The peers' events into the peers' table."""

    hub: Hub
    topic: str
    group: str
    batch: int
    meter: Meter

    @property
    def topics(self) -> Sequence[str]:
        """The peers'."""
        return [self.topic]

    @property
    def contiguous(self) -> bool:
        """Nobody writes to it in transactions."""
        return True

    def prepare(self, work: Work) -> tuple[int, bytes]:
        """How many rows, and the text that COPY takes."""
        lines = list(_lines(work))
        return len(lines), "".join(lines).encode()

    def write(self, prepared: Any, moves: Moves) -> None:  # what `prepare` made
        """Rows and position."""
        count, text = prepared
        with self.hub.database.transaction() as connection:
            if not move(connection, self.group, moves):
                return
            with driver(connection).cursor() as cursor, cursor.copy(_COPY) as copy:
                copy.write(text)
        self.meter.add(count)


def _lines(work: Work) -> Iterator[str]:
    for partition, records in work.items():
        part = partition.part
        for record in records:
            value = record.value or b""
            event = orjson.loads(value)
            cells: tuple[str, ...] = (
                event["id"],
                event["person"],
                event["type"],
                event["time"],
                orjson.dumps(event["data"]).decode(),
            )
            if b"\\" in value:  # nothing that JSON writes without one needs one here
                cells = tuple(cell.translate(_ESCAPES) for cell in cells)
            yield "\t".join(cells) + f"\t{part}\t{record.offset}\n"


def main(topic: str, group: str, count: int, batch: int) -> None:
    """Until it is told to end."""
    with open_hub(load(), worker=True) as hub:
        run(hub, CopySink(hub, topic, group, batch, Meter(count)), [], group, static=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
