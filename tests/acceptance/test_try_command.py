"""`hub try` as a process owner meets it: equal, different in words, or not a case; never a traceback."""

import json
import random
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from hub.cli.main import app
from hub.tryout.case import read_case, run_case
from hub.tryout.notation import NotACaseError
from hub.tryout.shape import mistakes
from hub.tryout.story import Story

FOLDER = Path(__file__).parents[2] / "examples" / "cases"
SPELL_LIFE = FOLDER / "t-spell-life.yaml"
Node = Any  # whatever YAML holds
JUNK: tuple[Node, ...] = (None, -1, 1.5, True, "", "x", "2026-13-45", "hub:x", [], {}, [5], {"a": 1}, 10**30)


def hub_try(*arguments: str | Path) -> Result:
    """The command's answer."""
    return CliRunner().invoke(app, ["try", *map(str, arguments)])


def words(result: Result) -> str:
    """What a person reads, whatever the width of the terminal."""
    return " ".join(result.output.split())


def written(folder: Path, case: Node) -> Path:
    """A case as a file."""
    path = folder / "case.yaml"
    path.write_text(yaml.safe_dump(case, allow_unicode=True), encoding="utf-8")
    return path


def loaded(path: Path = SPELL_LIFE) -> dict[str, Node]:
    """A documented case, to be changed."""
    case: dict[str, Node] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return case


def places(value: Node, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a case."""
    if place:
        yield place
    for step in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[step], (*place, step))


def spoilt(case: Node, chance: random.Random) -> Node:
    """The case with something left out or replaced by something strange."""
    place = chance.choice(list(places(case)))
    holder = case
    for step in place[:-1]:
        holder = holder[step]
    if chance.random() < 0.4:
        del holder[place[-1]]
    else:
        holder[place[-1]] = deepcopy(chance.choice(JUNK))
    return case


def told(case: Node) -> str:
    """What a case comes to: what is wrong with it, or that it was run."""
    try:
        return "; ".join(mistakes(case)) or f"run: {run_case(Story(case['case'], case)).case}"
    except NotACaseError as error:
        return str(error)


def test_every_case_is_equal_and_its_json_has_the_promised_shape() -> None:
    result = hub_try(*sorted(FOLDER.glob("t-*.yaml")), "--json")

    document = json.loads(result.stdout)
    assert (
        result.exit_code,
        [(case["case"], case["equal"], case["differences"]) for case in document],
        {name for case in document for name in case},
        document[-1]["receipts"][0],
        document[-1]["timeline"][0]["state"],
    ) == (
        0,
        [(path.stem, True, []) for path in sorted(FOLDER.glob("t-*.yaml"))],
        {"case", "equal", "differences", "receipts", "timeline", "joint_lines", "findings"},
        {"key": "e", "status": "accepted", "reason": None},
        "recorded",
    )


def test_a_case_that_expects_something_else_says_what_differs_and_exits_with_1(tmp_path: Path) -> None:
    case = loaded()
    case["expect"] = [{"shown": ["jt", "other"], "timeline": [{"key": "jt", "state": "paused", "pauses": []}]}]

    result = hub_try(written(tmp_path, case))

    assert result.exit_code == 1
    assert "t-spell-life different" in words(result)
    assert "expect 1: shown: expected [jt, other], found [jt]" in words(result)
    assert "expect 1: jt.state: expected paused, found closed" in words(result)
    assert "expect 1: jt.pauses: expected [], found [[2026-06-15, 2026-08-02]]" in words(result)


@pytest.mark.parametrize(
    ("options", "state"),
    [
        pytest.param((), "closed", id="the day of the case"),
        pytest.param(("--as-of", "2026-06-20"), "paused", id="another day"),
        pytest.param(("--as-of", "2026-06-20", "--known-at", "2026-06-09"), "active", id="the day before it was told"),
        pytest.param(("--as-of", "2026-06-20", "--known-at", "2026-06-10T08:59"), "active", id="a minute before"),
        pytest.param(("--as-of", "2026-06-20", "--known-at", "2026-06-10"), "paused", id="the whole day it was told"),
    ],
)
def test_a_case_is_shown_on_another_day_and_as_known_at_another_instant(options: Sequence[str], state: str) -> None:
    result = hub_try(SPELL_LIFE, *options, "--json")

    assert json.loads(result.stdout)[0]["timeline"][0]["state"] == state


def test_text_in_brackets_is_shown_as_it_is(tmp_path: Path) -> None:
    case = loaded(FOLDER / "t-activity-and-course.yaml")
    case["story"][0]["label"] = "Coach [/] [bold]"

    result = hub_try(written(tmp_path, case), "--as-of", "2026-08-15")

    assert "Coach [/] [bold]" in words(result)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"story": []}, "expected at least one delivery in the story, found none"),
        ({"story": None}, "expected a list of deliveries as story, found nothing"),
        ({"story": [7]}, "expected a list of deliveries as story, found 7 in place 1"),
        ({"says": 7}, "expected a text as says, found 7"),
        ({"expect": {"shown": []}}, "expected a list of expectations as expect"),
        ({"expect": [{"shown": "jt"}]}, "expect 1: expected a list of texts as shown, found 'jt'"),
        ({"expect": [{"timeline": [{"state": "active"}]}]}, "expect 1 timeline 1: expected key, found none"),
        ({"expect": [{"sources": {"af": {"colour": 1}}}]}, "expect 1 sources af: expected one of complete_to, held"),
        ({"today": None}, "expected a day as today, found nothing"),
    ],
)
def test_what_is_not_a_case_says_where_and_exits_with_2(tmp_path: Path, change: dict[str, Node], said: str) -> None:
    result = hub_try(written(tmp_path, loaded() | change))

    assert result.exit_code == 2
    assert said in words(result)


@pytest.mark.parametrize(
    ("place", "change", "said"),
    [
        (1, {"event": "enrolment.teleported"}, "delivery 2: expected an event of the contract as event"),
        (1, {"received": "yesterday"}, "delivery 2: expected an instant or a day as received, found 'yesterday'"),
        (1, {"received": "2026-01-01T09:00"}, "delivery 2: expected received not before the delivery above"),
        (1, {"key": "o"}, "delivery 2: expected a key of its own, found o once more"),
        (1, {"again": "nobody"}, "delivery 2: expected the key of an earlier delivery as again, found 'nobody'"),
        (1, {"event": "enrolment.corrected"}, "delivery 2: expected replaces, found none"),
        (1, {"subject": "hub:jobbtorg#9"}, "expected somebody behind hub:jobbtorg#9 by then, found nobody"),
        (
            1,
            {"event": "enrolment.corrected", "replaces": "c", "reason": "?"},
            "c: expected a correction that leads to an event of its own, found a ring",
        ),
    ],
)
def test_a_delivery_that_leaves_the_notation_is_named(
    tmp_path: Path, place: int, change: dict[str, Node], said: str
) -> None:
    case = loaded()
    case["story"][place] |= change

    result = hub_try(written(tmp_path, case))

    assert result.exit_code == 2
    assert said in words(result)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"case: [", b"[" * 5000, b"", b"42", b"today: 2026-02-30"])
def test_a_file_that_is_no_yaml_mapping_is_not_a_case(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(content)

    assert (hub_try(path).exit_code, hub_try(tmp_path / "absent.yaml").exit_code) == (2, 2)


def test_an_instant_that_cannot_be_read_is_refused_before_anything_is_run() -> None:
    result = hub_try(SPELL_LIFE, "--known-at", "yesterday")

    assert (result.exit_code, words(result)) == (
        2,
        "Expected --known-at as 2026-11-20 or 2026-11-20T09:00, found something else.",
    )


def test_a_story_may_be_told_in_another_order(tmp_path: Path) -> None:
    written(tmp_path, loaded() | {"case": "case"})
    retold = tmp_path / "retold.yaml"
    retold.write_text("case: retold\nsays: The same.\nsame_as: case\n", encoding="utf-8")

    assert hub_try(retold).exit_code == 0


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.sampled_from(sorted(FOLDER.glob("t-*.yaml"))), st.integers(0, 10**6))
def test_however_a_case_is_spoilt_it_is_run_or_refused_in_words(path: Path, seed: int) -> None:
    case = spoilt(loaded(path), random.Random(seed))  # noqa: S311 - repeatable on purpose

    assert told(case)


def test_the_story_of_a_documented_case_makes_no_mistake() -> None:
    assert [read_case(path).case for path in sorted(FOLDER.glob("t-*.yaml"))] == [
        path.stem for path in sorted(FOLDER.glob("t-*.yaml"))
    ]
