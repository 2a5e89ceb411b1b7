"""What a long run did to the hub and what came of it, as a table and as JSON."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from schemas.event_type import JsonObject
from tests.torture.oracle import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """One fault: how long the partition that stood still longest did so, and until all moved again."""

    name: str
    note: str
    exits: Sequence[int]
    pause_seconds: float
    recovery_seconds: float
    limit: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A whole run."""

    seed: int
    minutes: float
    rate: int
    commit: str
    injected: Sequence[Injected]
    failpoint_hits: Counter[str]
    peak_megabytes: int
    verdict: Verdict

    def document(self) -> JsonObject:
        """For machines."""
        return {**asdict(self), "faults": self.verdict.faults}

    def table(self) -> str:
        """For people, as Markdown."""
        by_name: defaultdict[str, list[Injected]] = defaultdict(list)
        for each in self.injected:
            by_name[each.name].append(each)
        lines = [
            "| fault | times | exits of workers | pause of the worst partition, s: median, longest | aim | all move again after, s |",
            "|---|---|---|---|---|---|",
            *(_line(name, listed) for name, listed in sorted(by_name.items())),
        ]
        hits = ", ".join(f"{point} {count}" for point, count in sorted(self.failpoint_hits.items()))
        found = asdict(self.verdict)
        return "\n".join(
            (
                *lines,
                "",
                f"Killed at named points: {hits or 'none'}. Most memory of a worker: {self.peak_megabytes} MB.",
                f"Seed {self.seed}, {self.minutes:.1f} minutes, {self.rate} events a second, commit {self.commit}.",
                "",
                "| " + " | ".join(name.replace("_", " ") for name in found) + " |",
                "|" + "---|" * len(found),
                "| " + " | ".join(f"{value:,}" for value in found.values()) + " |",
            )
        )


def _line(name: str, listed: Sequence[Injected]) -> str:
    exits = Counter(code for each in listed for code in each.exits)
    told = ", ".join(f"{code}" if count == 1 else f"{code} ({count} times)" for code, count in sorted(exits.items()))
    pauses = [each.pause_seconds for each in listed]
    aim = listed[0].limit
    return (
        f"| {name} | {len(listed)} | {told or 'none'} | {median(pauses):.1f}, {max(pauses):.1f}"
        f" | {'' if aim is None else f'< {aim:.0f}'} | {max(each.recovery_seconds for each in listed):.1f} |"
    )
