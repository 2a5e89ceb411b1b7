"""In a folder without a hub: commands that need one say so and make nothing, those that begin one begin it."""

import json
import socket
from pathlib import Path

import pytest

from schemas.errors import Misconfigured
from tests.integration.hub_commands import Commands, CommandsHere
from tests.unit.intake.builders import PERSONAL_NUMBER, event, registration

NOBODY = "00000000-0000-4000-8000-000000000000"
NEEDING = [
    ("status",),
    ("verify",),
    ("rebuild", "timeline"),
    ("quarantine", "list"),
    ("quarantine", "show", NOBODY),
    ("quarantine", "redrive"),
    ("quarantine", "discard", NOBODY, "--reason", "x"),
    ("agency", "list"),
    ("agency", "add", "x", "--name", "X", "--mark", "XX"),
    ("source", "list"),
    ("source", "add", "urn:samspar:source:x:y", "--agency", "x"),
    ("find",),
    ("timeline", NOBODY),
    ("plan", NOBODY),
    ("findings", NOBODY),
    ("reads", NOBODY),
]


@pytest.mark.parametrize("command", NEEDING, ids=" ".join)
def test_a_command_that_needs_a_hub_says_where_it_looked_and_makes_none(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Misconfigured, match="found nothing there; run it where the hub runs") as refused:
        CommandsHere({}, tmp_path).run(*command)

    assert str(tmp_path / "var") in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_in_another_folder_the_relative_default_is_refused_with_2_for_a_token_too(tmp_path: Path) -> None:
    hub = Commands({}, tmp_path)
    asked = ("token", "--agency", "jobbtorg", "--scope", "events:write")
    elsewhere = [hub.run("status"), hub.run(*asked)]
    named = hub.run(*asked, HUB_DATA_DIR=str(tmp_path / "mine"))

    assert [ended.code for ended in elsewhere] == [2, 2]
    assert all("expected the data of a hub in" in " ".join(ended.logged.split()) for ended in elsewhere)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert named.code == 0


def test_whoever_names_the_directory_has_said_where_the_hub_is_to_be(data_dir: Path, tmp_path: Path) -> None:
    added = Commands({"HUB_DATA_DIR": str(data_dir)}, tmp_path).run("agency", "add", "x", "--name", "X", "--mark", "XX")

    assert added.code == 0, added.logged
    assert (data_dir / "postgres").is_dir()


def test_ingest_begins_a_hub_says_so_and_ends_with_1_only_when_it_is_to_be_strict(
    data_dir: Path, tmp_path: Path
) -> None:
    good = registration("one", number=PERSONAL_NUMBER)
    wrong = event("two", "enrolment.opened", {"key": "k", "programme": "astronaut"}, schemaversion=2)
    for name, events in (("good", [good]), ("mixed", [good, wrong])):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, events)), encoding="utf-8")
    hub = Commands({"HUB_DATA_DIR": str(data_dir)}, tmp_path)

    first, again, dry = (
        hub.run("ingest", f"{name}.jsonl", "--agency", "jobbtorg", "--json", *more)
        for name, more in (("good", ("--strict",)), ("mixed", ()), ("mixed", ("--strict", "--dry-run")))
    )

    assert ["starting a new one" in ended.logged for ended in (first, again, dry)] == [True, False, False]
    assert [(each.code, each.document["duplicate"], each.document["rejected"]) for each in (first, again, dry)] == [
        (0, 0, 0),
        (0, 1, 1),
        (1, 1, 1),
    ]


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_taken_port_is_told_before_anything_is_begun(command: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = Commands({"HUB_DATA_DIR": str(tmp_path / "var")}, tmp_path).run(command, "--port", port)

    assert (ended.code, f"127.0.0.1:{port}" in " ".join(ended.logged.split())) == (2, True)
    assert list(tmp_path.iterdir()) == []
