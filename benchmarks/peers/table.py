"""What every peer writes to: one table, one statement, one table of positions; and the meter that all of them are read by.

Needs nothing but psycopg and orjson, because it runs in the peers' own environments too.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter, process_time

import orjson

CREATE = """
CREATE TABLE readmodel.peer_timeline (event_id text PRIMARY KEY, person text NOT NULL, type text NOT NULL,
    occurred_at timestamptz NOT NULL, data jsonb NOT NULL, part integer NOT NULL, place bigint NOT NULL);
CREATE TABLE readmodel.peer_position (peer text NOT NULL, part integer NOT NULL, next_offset bigint NOT NULL,
    epoch bigint NOT NULL, PRIMARY KEY (peer, part));
"""
DROP = "DROP TABLE IF EXISTS readmodel.peer_timeline, readmodel.peer_position"
UPSERT = """
INSERT INTO readmodel.peer_timeline (event_id, person, type, occurred_at, data, part, place)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::jsonb[], %s::int[], %s::bigint[])
ON CONFLICT (event_id) DO UPDATE SET person = excluded.person, type = excluded.type, occurred_at = excluded.occurred_at,
    data = excluded.data, part = excluded.part, place = excluded.place
"""
CLAIM = """
INSERT INTO readmodel.peer_position AS p (peer, part, next_offset, epoch) VALUES (%s, %s, 0, 1)
ON CONFLICT (peer, part) DO UPDATE SET epoch = p.epoch + 1 RETURNING next_offset, epoch
"""
MOVE = """
UPDATE readmodel.peer_position SET next_offset = %s WHERE peer = %s AND part = %s AND next_offset = %s AND epoch = %s
"""


def columns(records: Iterable[tuple[int, int, bytes]]) -> list[list[object]]:
    """The parameters of UPSERT for records (partition, offset, value); of two with one id the last one counts."""
    rows: dict[str, tuple[object, ...]] = {}
    for part, offset, value in records:
        event = orjson.loads(value)
        data = orjson.dumps(event["data"]).decode()
        rows[event["id"]] = (event["id"], event["person"], event["type"], event["time"], data, part, offset)
    return [list(column) for column in zip(*rows.values(), strict=True)]


@dataclass(slots=True)
class Meter:
    """Counts what is committed. The first batch starts the clock, so no start-up is in the figure; it ends at `goal`."""

    goal: int
    done: int = 0
    _first: int = 0
    _began: float = 0.0
    _cpu: float = 0.0
    _told: bool = field(default=False)

    def add(self, count: int) -> bool:
        """Whether that was all; it is then told in one line of JSON."""
        if self.done == 0:
            self._first, self._began, self._cpu = count, perf_counter(), process_time()
        self.done += count
        if self.done < self.goal or self._told:
            return self._told
        self._told = True
        events = self.done - self._first
        figures = {
            "per_second": events / (perf_counter() - self._began),
            "cpu_microseconds": (process_time() - self._cpu) / events * 1e6,
        }
        sys.stdout.buffer.write(orjson.dumps(figures) + b"\n")
        sys.stdout.flush()
        return True
