"""An exported list whose import is killed: what was never answered was never said, and the next list is judged so."""

import signal
from pathlib import Path

from tests.databases import FreshDatabase
from tests.integration.hub_commands import Commands, CommandsHere
from tests.integration.published_numbers import personal_numbers

MAPPING = """
name = "deltagare"
source = "urn:samspar:source:leverantor:insatser"
encoding = "utf-8"
delimiter = ";"
key = ["Kundnr"]

[reference]
column = "Kundnr"

[time]
column = "Anmäld"
format = "%Y-%m-%d"

[[event]]
type = "participant.registered"
[event.identifiers]
"Personnr" = "personal_number"
[event.fields]
protection = { value = "none" }

[[event]]
type = "activity.registered"
changed = "activity.changed"
[event.fields]
key = { column = "Kundnr" }
activity = { value = "matchning" }
label = { column = "Insats" }
"""
ROWS = 5


def export(folder: Path, label: str) -> None:
    """The list as it is today."""
    lines = ["Kundnr;Personnr;Anmäld;Insats"]
    lines += [f"K{at};{number};2026-06-01;{label}" for at, number in enumerate(personal_numbers(ROWS))]
    (folder / "list.csv").write_text("\n".join(lines), encoding="utf-8")


def test_a_list_whose_import_was_killed_was_never_said_and_is_whole_after_the_next(
    database: FreshDatabase, tmp_path: Path
) -> None:
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    listed = (str(tmp_path / "list.csv"), "--agency", "leverantor", "--format", f"csv:{tmp_path / 'map.toml'}")
    settings = database.environment(tmp_path)
    hub = CommandsHere(settings, tmp_path)

    export(tmp_path, "Matchning")
    first = hub.json("ingest", *listed)
    export(tmp_path, "Språkstöd")
    killed = Commands(settings, tmp_path).run("ingest", *listed, HUB_FAILPOINT="intake_after_insert")
    export(tmp_path, "Matchning")
    as_before = hub.json("ingest", *listed)
    export(tmp_path, "Språkstöd")
    changed = hub.json("ingest", *listed)

    said = [(each["accepted"], each["duplicate"]) for each in (first, as_before, changed)]
    assert killed.code == -signal.SIGKILL
    assert (tmp_path / "failpoint-hits").read_text(encoding="ascii") == "intake_after_insert\n"
    assert said == [(2 * ROWS, 0), (0, 2 * ROWS), (ROWS, ROWS)]
