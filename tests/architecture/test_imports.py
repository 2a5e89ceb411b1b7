"""Who may import whom: the contracts of pyproject.toml hold, and each of them is able to notice."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT

PACKAGES = ("connectors", "hub", "projections", "schemas")

# contract, module that breaks it, the line it breaks it with
BREACHES = (
    ("direction", "projections/stray.py", "import hub.log"),
    ("direction", "schemas/stray.py", "import hub.settings"),
    ("direction", "connectors/stray.py", "import projections"),
    ("hub", "hub/store/stray.py", "import hub.run"),
    ("hub", "hub/stray.py", ""),
    ("pure", "schemas/stray.py", "import sqlalchemy"),
    ("pure", "hub/intake/stray.py", "import structlog"),
    ("pure", "hub/intake/stray.py", "import hub.telemetry"),
    ("pure", "connectors/stray.py", "import kafka"),
    ("tables", "projections/stray.py", "import projections.sql"),
    ("tables", "projections/timeline/stray.py", "import projections.timeline.rows"),
    ("faust", "hub/store/stray.py", "import faust"),
    ("faust", "hub/run/stray.py", "import faust"),
    ("faust", "hub/streams/stray.py", "import aiokafka"),
)


def lint_imports(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", *arguments]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)


def test_every_contract_is_kept() -> None:
    judged = lint_imports(ROOT)
    assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize(("contract", "module", "line"), BREACHES)
def test_a_contract_notices_what_breaks_it(tmp_path: Path, contract: str, module: str, line: str) -> None:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "*.csv", "*.json")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / module).write_text(f'"""A stray module."""\n{line}\n', encoding="utf-8")
    assert lint_imports(tmp_path, "--contract", contract).returncode == 1
