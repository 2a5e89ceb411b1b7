"""The ids that a list's rows get are never refused at the front door."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from connectors.csv_mapping import read_mapping
from connectors.csv_rows import RowEvent, translate

MAPPING = """
name = "deltagare"
source = "urn:samspar:source:leverantor:lista"
encoding = "utf-8"
delimiter = ";"
key = ["Personnr"]

[reference]
number = "Personnr"

[time]
column = "Tid"
format = "%Y-%m-%d %H:%M"

[[event]]
type = "participant.registered"
[event.identifiers]
"Personnr" = "personal_number"
[event.fields]
protection = { value = "none" }
"""
LIST = b"Personnr;Tid\n19860314-2384;2026-11-02 08:00\n"


@given(key=st.binary(min_size=32, max_size=32))
def test_ids_and_references_made_of_hashes_hold_no_digits_that_could_be_a_personal_number(key: bytes) -> None:
    translation = translate(LIST, read_mapping(MAPPING, "deltagare.toml"), {}, key, datetime(2026, 11, 20, tzinfo=UTC))

    made = [item.body[name] for item in translation.items if isinstance(item, RowEvent) for name in ("id", "subject")]
    assert [(len(text), text.isalpha()) for text in made] == [(32, True), (32, True)]
