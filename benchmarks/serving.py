"""`hub serve` under the hands of its users: a long timeline read, and batches that wait for each other."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from time import perf_counter

import orjson

from benchmarks.agency import AGENCY, System, registration, reports, system
from benchmarks.rows import Row, p95, row
from benchmarks.stage import Stage
from tests.databases import FreshDatabase

ENTRIES = 500
_PAGES = 100
_BATCH = 500
_BATCHES = 24
_SENDERS = 2  # one is judged, the other waits


def measure_timeline(stage: Stage) -> Iterator[Row]:
    """One page with all of a long timeline, one call after the other."""
    found: list[float] = []
    with stage.database() as database, stage.served(database) as port, system(stage, database, port) as caller:
        participant = _long_timeline(caller)
        for run in range(stage.runs):
            stage.step(f"timeline {run + 1}")
            took = []
            for _ in range(_PAGES):
                began = perf_counter()
                page = caller.timeline(participant, ENTRIES)
                took.append(perf_counter() - began)
                assert page.count(b'"entry_id"') == ENTRIES
            found.append(p95(took) * 1000)
    yield row(
        "timeline", f"a page of {ENTRIES} entries over HTTP, p95", "the limit alone", "ms", found, limit=("below", 50)
    )


def measure_batch(stage: Stage) -> Iterator[Row]:
    """The region's own batches, sent by two systems at once."""
    found: list[float] = []
    with stage.database() as database, stage.served(database) as port:
        bodies = _batches(stage.region)
        per_run = min(_BATCHES, len(bodies) // stage.runs)
        for run in range(stage.runs):
            stage.step(f"batch {run + 1}")
            mine = bodies[run * per_run : (run + 1) * per_run]
            found.append(p95(_send_side_by_side(stage, database, port, mine)))
    what = f"a batch of {_BATCH} events over HTTP while another one waits, p95"
    yield row("batch", what, "the limit alone", "s", found, limit=("below", 1))


def _long_timeline(caller: System) -> str:
    """A participant with many entries; asks until all of them are visible."""
    answer = caller.send(registration("long"))
    participant = str(answer["participant_id"])
    receipts = caller.send(orjson.dumps(list(reports("long", ENTRIES + 20))))["receipts"]
    assert Counter(receipt["status"] for receipt in receipts) == {"accepted": ENTRIES + 20}
    while json.loads(caller.timeline(participant, 1))["total"] < ENTRIES + 21:
        pass
    return participant


def _batches(region: Path) -> list[bytes]:
    """What one agency's system sent, in its order, cut into full batches."""
    manifest = orjson.loads((region / "manifest.json").read_bytes())
    paths = [region / entry["path"] for entry in manifest if entry["agency"] == AGENCY]
    events = (event for path in paths for event in orjson.loads(path.read_bytes()))
    batches: list[bytes] = []
    while len(batch := list(islice(events, _BATCH))) == _BATCH:
        batches.append(orjson.dumps(batch))
    return batches


def _send_side_by_side(stage: Stage, database: FreshDatabase, port: int, bodies: list[bytes]) -> list[float]:
    """Seconds from sending a batch to its receipts, for every batch."""
    waiting = iter(bodies)

    def send_all() -> list[float]:
        took = []
        with system(stage, database, port) as caller:
            for body in waiting:
                began = perf_counter()
                answer = caller.send(body)
                took.append(perf_counter() - began)
                assert len(answer["receipts"]) == _BATCH
        return took

    with ThreadPoolExecutor(_SENDERS) as senders:
        futures = [senders.submit(send_all) for _ in range(_SENDERS)]
        return [seconds for future in futures for seconds in future.result()]
