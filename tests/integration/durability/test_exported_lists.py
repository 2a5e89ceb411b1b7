"""An exported list whose hub is killed is sent again: no row of it is taken for answered before it was."""

import signal
from pathlib import Path

import pytest

from hub.store.database import rows
from tests.databases import FreshDatabase, fresh_hub
from tests.integration.hub_commands import Commands
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
"""
ROWS = 5


@pytest.mark.parametrize("point", ["intake_after_insert", "intake_after_commit"])
def test_a_list_whose_import_was_killed_is_whole_after_the_next(
    database: FreshDatabase, tmp_path: Path, point: str
) -> None:
    lines = ["Kundnr;Personnr;Anmäld"]
    lines += [f"K{at};{number};2026-06-01" for at, number in enumerate(personal_numbers(ROWS))]
    (tmp_path / "list.csv").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    hub = Commands(database.environment(tmp_path), tmp_path)
    ingest = ("ingest", "list.csv", "--agency", "leverantor", "--format", "csv:map.toml", "--json")

    killed = hub.run(*ingest, HUB_FAILPOINT=point)
    again = hub.run(*ingest)

    with fresh_hub(database, tmp_path) as opened, opened.database.transaction() as connection:
        known = rows(connection, "SELECT reference FROM reference_binding ORDER BY reference")
    assert killed.code == -signal.SIGKILL
    assert (tmp_path / "failpoint-hits").read_text(encoding="ascii") == f"{point}\n"
    assert (again.code, again.document["accepted"] + again.document["duplicate"]) == (0, ROWS)
    assert known == [(f"K{at}",) for at in range(ROWS)]
