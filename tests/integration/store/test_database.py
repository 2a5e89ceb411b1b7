"""What a transaction promises."""

from hub.run.hub import Hub
from hub.store.database import copy_rows, rows


def test_rows_that_copy_alone_brought_are_committed(hub: Hub) -> None:
    row = ("jobbtorg", "Vällingby filial")

    with hub.database.transaction() as connection:
        copy_rows(connection, "agency_unit", ("agency", "unit"), ("text", "text"), [row])

    with hub.database.transaction() as connection:
        assert rows(connection, "SELECT agency, unit FROM agency_unit WHERE unit = %s", (row[1],)) == [row]
