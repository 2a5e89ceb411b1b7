"""The table for people, the verdicts, and benchmarks/results/latest.json for comparing two runs."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.rows import Row
from hub.bootstrap import now

RESULTS = Path(__file__).parent / "results"
_WIDTH = 150  # as wide as the sentences of the table; a narrower terminal wraps whole lines
_VERDICTS = {True: "[green]PASS[/]", False: "[bold red]FAIL[/]", None: "–"}


def print_rows(rows: Sequence[Row], size: str) -> None:
    """A table with one line per figure."""
    table = Table(title=f"Samspår beside its floor · {size}", title_justify="left", title_style="bold")
    for column in ("measure", "what", "beside", "median", "runs", "limit", ""):
        table.add_column(column, overflow="fold", justify="right" if column in {"median", "runs", "limit"} else "left")
    for found in rows:
        table.add_row(
            found.measure,
            found.what,
            found.beside,
            f"{_figure(found.value)} {found.unit}".strip(),
            " ".join(_figure(run) for run in found.runs) if len(found.runs) > 1 else "",
            "" if found.limit is None else f"{'≥' if found.kind == 'at least' else '<'} {found.limit:g}",
            _VERDICTS[found.holds],
        )
    screen = Console()
    screen.width = max(screen.width, _WIDTH)
    screen.print(table)


def write_rows(rows: Sequence[Row], *, participants: int, runs: int, load: float) -> Path:
    """The same as JSON, with the machine that it was measured on."""
    document = {
        "measured_at": now(),
        "participants": participants,
        "runs": runs,
        "machine": {
            "processors": os.cpu_count(),
            "load_before": load,
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "rows": [found.to_json() for found in rows],
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "latest.json"
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))
    return path


def _figure(value: float) -> str:
    """Three significant digits, whole numbers whole."""
    if value >= 100 or value == int(value):  # noqa: PLR2004  # from here on the decimals say nothing
        return f"{value:,.0f}"
    return f"{value:.3g}"
