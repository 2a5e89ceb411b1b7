"""Which files a path names, for the commands that send them."""

from collections.abc import Sequence
from pathlib import Path

import typer

from hub.cli.output import errors
from hub.run.importing import MANIFEST, AgencyFile, region_files

_SUFFIXES = (".json", ".jsonl", ".csv")


def agency_files(path: Path, agency: str | None, file_format: str) -> list[AgencyFile]:
    """The files of a path in the order in which they are sent: one, those of a folder, or a region's own list."""
    folder = path.parent if path.name == MANIFEST else path
    if (folder / MANIFEST).is_file():
        return [file for file in region_files(folder) if agency in (None, file.agency)]
    if agency is None:
        errors.print("Expected --agency CODE, found none. Only a folder that `hub synth` wrote says who sends what.")
        raise typer.Exit(1)
    kind, _, mapping = file_format.partition(":")
    if file_format != "cloudevents" and (kind != "csv" or not mapping):
        errors.print(f"Expected --format cloudevents or csv:MAPPING, found {file_format}.")
        raise typer.Exit(1)
    listed = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES)
    if not path.exists():
        errors.print(f"Expected a file or folder, found nothing at {path}.")
        raise typer.Exit(1)
    return [AgencyFile(path=file, agency=agency, mapping=Path(mapping) if mapping else None) for file in listed]


def count_lines(files: Sequence[AgencyFile]) -> int | None:
    """How many deliveries there are, unless a batch file hides how many it holds."""
    if any(file.path.suffix == ".json" for file in files):
        return None
    return sum(_lines_of(file.path) for file in files)


def _lines_of(path: Path) -> int:
    with path.open("rb") as lines:
        return sum(1 for line in lines if line.strip())
