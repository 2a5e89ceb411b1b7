"""What a benchmark found: one row per figure, what it is compared with, and whether its limit holds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Literal

Kind = Literal["at least", "below", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure. `runs` are the single measurements; `value` is their median."""

    measure: str
    what: str
    beside: str
    unit: str
    value: float
    runs: tuple[float, ...]
    kind: Kind = "none"
    limit: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the limit holds; None: there is none."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.kind == "at least" else self.value < self.limit

    def to_json(self) -> dict[str, object]:
        """As it stands in latest.json."""
        return {**asdict(self), "holds": self.holds}


def row(  # a row has as many parts as its table has columns
    measure: str, what: str, beside: str, unit: str, runs: Sequence[float], *, limit: tuple[Kind, float] | None = None
) -> Row:
    """The median of some runs as a row."""
    kind, bound = limit or ("none", None)
    return Row(
        measure=measure,
        what=what,
        beside=beside,
        unit=unit,
        value=median(runs),
        runs=tuple(runs),
        kind=kind,
        limit=bound,
    )


def p95(seconds: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(seconds, n=20, method="inclusive")[-1]
