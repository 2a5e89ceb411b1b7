"""`make bench`: the hub beside the floor of the same machine, in the same run, medians of three.

`make bench ARGS=--small` is quick, `make bench ARGS="import rebuild"` chooses, `make bench ARGS=cluster` measures the workers
on Kafka beside other programs; exit 1 when a limit does not hold.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.cluster.digests import measure_digests
from benchmarks.cluster.intake import measure_intake
from benchmarks.cluster.latency import measure_latency
from benchmarks.cluster.pauses import measure_pauses
from benchmarks.cluster.rates import measure_rates
from benchmarks.cluster.timeline import measure_two
from benchmarks.counting import measure_queries
from benchmarks.importing import measure_import
from benchmarks.rebuilding import measure_participant, measure_rebuild
from benchmarks.report import print_rows, write_rows
from benchmarks.rows import Row
from benchmarks.serving import measure_batch, measure_timeline
from benchmarks.stage import Stage, open_stage
from benchmarks.visible import measure_visible

MEASURES: dict[str, Callable[[Stage], Iterator[Row]]] = {
    "import": measure_import,
    "rebuild": measure_rebuild,
    "participant": measure_participant,
    "timeline": measure_timeline,
    "batch": measure_batch,
    "visible": measure_visible,
    "queries": measure_queries,
}
CLUSTER: dict[str, Callable[[Stage], Iterator[Row]]] = {
    "rates": measure_rates,
    "two": measure_two,
    "intake-worker": measure_intake,
    "latency": measure_latency,
    "pauses": measure_pauses,
    "digests": measure_digests,
}
_S_SIZE = 1640
_SMALL = 200
_ALL_OF_CLUSTER = "cluster"


def main(arguments: list[str]) -> int:
    """Measure, print the table, and say whether every limit holds."""
    chosen = _parse(arguments)
    participants = _SMALL if chosen.small else _S_SIZE
    load = os.getloadavg()[0]
    screen = Console(stderr=True)
    if load > 0.5 * (os.cpu_count() or 1):
        screen.print(f"The machine is busy (load {load:.1f}): believe the ratios, not the absolute figures.")
    rows: list[Row] = []
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=screen
    ) as bar:
        task = bar.add_task("", total=len(chosen.measures))

        def step(what: str) -> None:
            bar.update(task, description=what)

        with open_stage(participants, chosen.runs, step) as stage:
            for name in chosen.measures:
                rows += (MEASURES | CLUSTER)[name](stage)
                bar.advance(task)
    print_rows(rows, f"{participants} persons, medians of {chosen.runs}")
    print(f"written to {write_rows(rows, participants=participants, runs=chosen.runs, load=load)}")
    failed = [found.what for found in rows if found.holds is False]
    for what in failed:
        print(f"FAIL {what}")
    return 1 if failed else 0


def _parse(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    names = [*MEASURES, *CLUSTER, _ALL_OF_CLUSTER]
    parser.add_argument("measures", nargs="*", choices=[*names, []], metavar="MEASURE", help=" ".join(names))
    parser.add_argument("--small", action="store_true", help=f"{_SMALL} persons instead of {_S_SIZE}")
    parser.add_argument("--runs", type=int, default=3, help="how often everything is measured")
    chosen = parser.parse_args(arguments)
    chosen.measures = [
        each for name in chosen.measures or MEASURES for each in (CLUSTER if name == _ALL_OF_CLUSTER else [name])
    ]
    return chosen


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
