"""`make torture`: minutes of faults, drawn from a seed, under load; ends with 1 unless nothing was lost, doubled or misordered."""

import argparse
import logging
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import orjson
import structlog

from hub.streams.broker import fetch_jars
from tests.architecture.repository import ROOT
from tests.torture.faults import Fault, chosen
from tests.torture.oracle import Verdict, judge
from tests.torture.pauses import Place, Watch
from tests.torture.report import Injected, Run
from tests.torture.stack import Stack, started, wait_until
from tests.torture.worker_slots import Slot

_WORKERS = 2
_RECOVERY_SECONDS = 120.0
_CALM_SECONDS = 3.0
_LITTLE = 2  # seconds of load: lag that hides no pause


def main() -> int:
    """Run, and print what came of it."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=int, default=200, help="events a second, of three agencies")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--logs", type=Path, help="a folder for the workers' logs")
    given = parser.parse_args()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    with started(fetch_jars(ROOT / "var"), seed=given.seed) as stack:
        try:
            run = _Torture(stack, given.seed, given.minutes, given.rate).run()
        finally:
            if given.logs is not None:
                given.logs.mkdir(parents=True, exist_ok=True)
                for slot in stack.slots:
                    copy(slot.log, given.logs)
    sys.stdout.write(
        orjson.dumps(run.document(), option=orjson.OPT_INDENT_2).decode() if given.json else f"\n{run.table()}"
    )
    sys.stdout.write("\n")
    return 1 if run.verdict.faults else 0


class _Torture:
    def __init__(self, stack: Stack, seed: int, minutes: float, rate: int) -> None:
        self._stack = stack
        self._seed = seed
        self._minutes = minutes
        self._rate = rate
        self._chance = random.Random(seed)  # noqa: S311  # which fault comes next is no secret
        self._injected: list[Injected] = []
        self._watch = Watch(stack.database.superuser_url)

    def run(self) -> Run:
        began = time.monotonic()
        slots = {
            kind: [self._stack.worker(kind, f"{kind}-{place}", severed=place == 0).start() for place in range(_WORKERS)]
            for kind in ("intake", "projections")
        }
        with self._stack.agencies.publishing(self._rate):
            wait_until(lambda: len(self._live()) >= self._everything(), "all partitions move")
            time.sleep(_CALM_SECONDS)
            for fault in self._faults(slots, began + self._minutes * 60):
                self._inject(fault)
            seconds = time.monotonic() - began
        _tell(f"{seconds:.0f} s, {self._stack.agencies.sent} records sent; all of them are looked at now")
        peak = max(slot.resident_bytes() for slot in self._stack.slots)
        verdict: Verdict = judge(self._stack)
        self._watch.stop()
        hits = self._stack.folder / "failpoint-hits"
        return Run(
            seed=self._seed,
            minutes=seconds / 60,
            rate=self._rate,
            commit=_commit(),
            injected=self._injected,
            failpoint_hits=Counter(hits.read_text(encoding="ascii").split() if hits.exists() else []),
            peak_megabytes=peak // 2**20,
            verdict=verdict,
        )

    def _faults(self, slots: dict[str, list[Slot]], until: float) -> Iterator[Fault]:
        """Rounds of all faults in an order that is drawn anew, until the time is over."""
        while True:
            groups = chosen(self._stack, slots, self._chance)
            self._chance.shuffle(groups)
            for group in groups:
                if time.monotonic() > until:
                    return
                yield from group

    def _inject(self, fault: Fault) -> None:
        live, before = self._live(), {slot.name: len(slot.exits) for slot in self._stack.slots}
        began = time.monotonic()
        note = fault.act()
        done = time.monotonic()
        try:
            wait_until(
                lambda: not self._watch.standing(live, done + 0.2),
                f"all partitions move after: {fault.name}",
                _RECOVERY_SECONDS,
            )
        except AssertionError:
            _tell(
                f"standing: {sorted(self._watch.standing(live, done + 0.2))}; {self._stack.agencies.waiting} not acknowledged"
            )
            raise
        recovered = time.monotonic()
        exits = [code for slot in self._stack.slots for code in slot.exits[before.get(slot.name, 0) :]]
        injected = Injected(
            name=fault.name,
            note="" if note is None else f"{note}",
            exits=exits,
            pause_seconds=self._watch.worst_pause(live, began, recovered),
            recovery_seconds=recovered - began,
            limit=fault.limit,
        )
        self._injected.append(injected)
        _tell(f"{fault.name}: pause {injected.pause_seconds:.1f} s, exits {exits} {injected.note}")
        self._calm()

    def _calm(self) -> None:
        """Until a pause shows at once: next to nothing waits, and everybody has come back."""
        wait_until(self._little_waits, "little waits", _RECOVERY_SECONDS)
        time.sleep(_CALM_SECONDS)

    def _little_waits(self) -> bool:
        lag = self._stack.one(
            "SELECT (SELECT position FROM log_head) - (SELECT projected_to(p) FROM projection_position p WHERE live)"
        )
        return lag < _LITTLE * self._rate and len(self._live()) >= self._everything()

    def _live(self) -> set[Place]:
        return self._watch.live(time.monotonic())

    def _everything(self) -> int:
        """Three agencies' partitions, and those of the log."""
        return 3 * 3 + 12


def _tell(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stderr.flush()


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
