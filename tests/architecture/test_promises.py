"""What the repository promises to whoever meets it first: make targets, the script of CI, the papers."""

import os
import subprocess

import pytest
import yaml

from tests.architecture.repository import ROOT


def test_make_alone_lists_the_promised_targets() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    listed = {line.split()[1] for line in shown.splitlines()}
    assert listed >= {"demo", "test", "check", "bench", "venv"}


def test_ci_runs_nothing_that_a_person_would_not_run() -> None:
    script = ROOT / ".ci" / "run"
    commands = [line for line in script.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec make test </dev/null"]
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize(
    "name", ["README.md", "LICENSE", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "publiccode.yml"]
)
def test_the_papers_are_there(name: str) -> None:
    assert (ROOT / name).stat().st_size > 0


def test_publiccode_names_the_licence_of_the_repository() -> None:
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    assert described["legal"]["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert all(len(text["shortDescription"]) <= 150 for text in described["description"].values())


def test_decisions_are_numbered_without_gap_and_say_context_choice_and_price() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    parts = ("## Context", "## Choice", "## Price")
    lacking = {page.name: part for page in pages for part in parts if part not in page.read_text(encoding="utf-8")}
    assert lacking == {}
