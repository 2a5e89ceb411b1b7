"""The repository as the architecture tests see it: its root and the files that belong to it."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NOT_OURS = {"__pycache__", "var", "build", "dist", "node_modules"}
_FOLDERS = (
    "schemas",
    "connectors",
    "projections",
    "hub",
    "tests",
    "benchmarks",
    "examples",
    "docs",
    "requirements",
    ".ci",
)


def files() -> Iterator[Path]:
    """Every file of ours, generated and ignored ones left out."""
    yield from sorted(path for path in ROOT.iterdir() if path.is_file())
    for folder in _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and not _NOT_OURS & set(path.parts) and ".egg-info" not in str(path):
                yield path


def python_files() -> list[Path]:
    """Every module of ours."""
    return [path for path in files() if path.suffix == ".py"]


def relative(path: Path) -> str:
    """The path from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()
