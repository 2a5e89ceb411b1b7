"""Every case of examples/cases comes out as it says, through the pure code that the hub runs."""

from pathlib import Path

import pytest
import yaml

from hub.tryout.case import read_case, run_case
from hub.tryout.story import Story

CASES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_comes_out_as_it_says(path: Path) -> None:
    assert run_case(read_case(path)).differences == []


def test_all_cases_are_here() -> None:
    assert len(CASES) == 45


def test_a_wrong_expectation_is_told() -> None:
    given = yaml.safe_load((CASES[0].parent / "t-spell-life.yaml").read_text(encoding="utf-8"))
    given["expect"] = [
        {
            "timeline": [{"key": "jt", "state": "active", "from": None, "flags": ["late"], "events": ["o"]}],
            "shown": [],
            "receipts": {"held": ["o"], "rejected": {"c": "field_missing"}},
            "hidden": ["SOC"],
            "groups": {"g": ["o"]},
            "participants": [],
            "protection": "sekretessmarkering",
            "log": [],
            "sources": {"jobbtorg": {"state": "gap", "held": 1}},
            "absent": ["jt"],
        }
    ]

    differences = run_case(Story("t-spell-life", given)).differences

    assert len(differences) == 15


def test_a_case_may_say_when_an_event_is_late() -> None:
    given = yaml.safe_load((CASES[0].parent / "t-late-other-source.yaml").read_text(encoding="utf-8"))
    given |= {"settings": {"late_after_days": 60}, "expect": [{"timeline": [{"key": "jt-late", "flags": []}]}]}

    assert run_case(Story("t-late-other-source", given)).differences == []
