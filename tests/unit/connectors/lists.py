"""Builders of mapping files and exported lists."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.csv_mapping import ExportMapping, read_mapping
from connectors.csv_rows import RowEvent, RowRefused, State, Translation, translate
from schemas.event_type import JsonObject

KEY = b"k" * 32
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
MAPPING = """
name = "insatser"
source = "urn:samspar:source:leverantor:insatser"
encoding = "utf-8"
delimiter = ";"
key = ["Kundnr"]

[reference]
column = "Kundnr"

[time]
column = "Anmäld"
format = "%Y-%m-%d %H:%M"

[[event]]
type = "activity.registered"
changed = "activity.changed"
[event.fields]
key = { column = "Kundnr" }
activity = { column = "Insats", codes = { "Praktik" = "praktik", "Sfi" = "sfi" } }
label = { column = "Rubrik" }
from = { column = "Start", date = "%d.%m.%Y" }
hours = { column = "Tim", decimal = "," }
week = { column = "Tider", many = "," }
obligation = { value = "must" }
"""
HEADER = "Kundnr;Insats;Rubrik;Start;Tim;Tider;Anmäld"
ROW = "K1;Praktik;Bageriet;02.03.2026;7,5;mon 09:00-12:00, tue 09:00-12:00;2026-02-27 08:30"


@dataclass
class Lists:
    """An agency that exports list after list; what was said is remembered as the hub does."""

    mapping: ExportMapping = field(default_factory=lambda: read_mapping(MAPPING, "map.toml"))
    state: State = field(default_factory=dict)
    now: datetime = NOW
    refused: set[str] = field(default_factory=set)

    def send(self, *rows: str, header: str = HEADER) -> Translation:
        """A list of these rows, sent."""
        return self.send_bytes("\r\n".join((header, *rows, "")).encode(self.mapping.encoding))

    def send_bytes(self, content: bytes) -> Translation:
        """A list as it stands in the file."""
        translation = translate(content, self.mapping, self.state, KEY, self.now, self.refused)
        self.state = translation.state
        return translation


def bodies(translation: Translation) -> list[JsonObject]:
    """The events of a list in which no row is wrong."""
    assert [item for item in translation.items if isinstance(item, RowRefused)] == []
    return [item.body for item in translation.items if isinstance(item, RowEvent)]


def wrong(translation: Translation) -> list[tuple[int, str | None, str, str]]:
    """The rows that are wrong: line, pointer, what was expected and found."""
    return [
        (item.line, each.pointer, each.expected, each.found)
        for item in translation.items
        if isinstance(item, RowRefused)
        for each in item.problems
    ]


def told(translation: Translation) -> list[str]:
    """The events in short."""
    return [f"{body['type'].removeprefix('se.samspar.')} {body['data'].get('label')}" for body in bodies(translation)]
