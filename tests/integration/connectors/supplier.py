"""An agency that exports lists, in front of a test's own hub."""

from pathlib import Path

from hub.run.hub import Hub
from hub.run.importing import AgencyFile, send_files
from hub.run.ingest import Tally
from hub.store.database import rows
from tests.integration.published_numbers import personal_numbers

MAPPING = """
name = "insatser"
source = "urn:samspar:source:leverantor:insatser"
encoding = "windows-1252"
delimiter = ";"
key = ["Kundnr"]

[reference]
column = "Kundnr"

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
label = { column = "Insats" }
hours = { column = "Tim", decimal = "," }
"""
HEADER = "Kundnr;Personnr;Insats;Tim"
FIRST, SECOND = personal_numbers(2)


class Supplier:
    """An agency that exports lists."""

    def __init__(self, hub: Hub, folder: Path) -> None:
        self.hub = hub
        self.folder = folder
        (folder / "map.toml").write_text(MAPPING, encoding="utf-8")

    def send(self, *lines: str, dry: bool = False, encoding: str = "windows-1252") -> Tally:
        """What became of a list of these rows."""
        path = self.folder / "list.csv"
        path.write_bytes("\r\n".join((HEADER, *lines, "")).encode(encoding))
        tally = Tally()
        file = AgencyFile(path=path, agency="leverantor", mapping=self.folder / "map.toml")
        send_files(self.hub, [file], tally, lambda _count: None, dry=dry)
        return tally

    def log(self) -> list[str]:
        """The types of all events, in the order of the log."""
        with self.hub.database.transaction() as connection:
            return [row[0] for row in rows(connection, "SELECT name FROM log_entry ORDER BY position")]


def counts(tally: Tally) -> tuple[dict[str, int], dict[str, int]]:
    """Statuses and reasons."""
    return dict(tally.statuses), dict(tally.reasons)
