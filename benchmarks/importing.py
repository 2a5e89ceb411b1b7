"""The whole region through one hub process, until everything is visible, beside the floor."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import orjson

from benchmarks.floor import validate_and_copy
from benchmarks.rows import Row, row
from benchmarks.stage import SEED, Stage
from schemas.event_type import JsonObject
from tests.databases import FreshDatabase
from tests.integration.hub_service import HUB, environment

_LOOK_SECONDS = 0.05
_STATUSES = ("accepted", "duplicates", "held", "rejected")


def measure_import(stage: Stage) -> Iterator[Row]:
    """`hub demo --once` on a fresh database each time, and the floor right after it."""
    ratios: list[float] = []
    rates: list[float] = []
    memory: list[float] = []
    for run in range(stage.runs):
        with stage.database() as database:
            stage.step(f"import {run + 1}: the hub")
            summary, peak = import_region(stage, database)
            stage.step(f"import {run + 1}: the floor")
            with stage.hub(database) as hub:
                floor = validate_and_copy(hub, stage.region)
        assert floor.deliveries == summary["deliveries"], "both sides took the same deliveries"
        ratios.append(floor.seconds / summary["seconds"])
        rates.append(summary["deliveries"] / summary["seconds"])
        memory.append(peak / 1e6)
    what = f"{stage.participants} persons: files → accepted, logged, projected and visible, one process"
    beside = "validating the same bytes with the same models and COPY into one table"
    yield row("import", what, beside, "of the floor", ratios, limit=("at least", 0.07))
    yield row("import", "the same in deliveries a second", "orientation 5,000 on two idle cores", "/s", rates)
    yield row("import", "the most memory of that process", "the limit alone", "MB", memory, limit=("below", 400))


def import_region(stage: Stage, database: FreshDatabase) -> tuple[JsonObject, int]:
    """The summary of `hub demo --once`, and the most bytes of memory that its process had."""
    size = ("--participants", str(stage.participants), "--seed", str(SEED))
    command = [str(HUB), "demo", "--once", "--json", *size]
    with (
        (stage.home / "hub.log").open("ab") as log,
        subprocess.Popen(  # noqa: S603  # our own command
            command, env=environment(stage.environment(database)), stdout=subprocess.PIPE, stderr=log
        ) as process,
    ):
        peak = 0
        while process.poll() is None:
            peak = max(peak, _peak_of(process.pid))
            sleep(_LOOK_SECONDS)
        output = process.stdout.read() if process.stdout else b""
    assert process.returncode == 0, f"hub demo ended with {process.returncode}; see {stage.home}/hub.log"
    summary: JsonObject = orjson.loads(output)
    expected = stage.truth()["expected"]
    assert {name: summary[name] for name in _STATUSES} == {name: expected[name] for name in _STATUSES}, summary
    return summary, peak


def fill(stage: Stage) -> FreshDatabase:
    """A database with the whole region, imported once for all measures that only read it."""
    stage.step("importing the region")

    def send(database: FreshDatabase) -> None:
        import_region(stage, database)

    return stage.imported(send)


def _peak_of(pid: int) -> int:
    """The high-water mark of a process's memory in bytes; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)
