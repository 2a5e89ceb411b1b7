"""Exported lists through the front door: repeated without harm, remembered per row, refused where they are wrong."""

from pathlib import Path

import pytest

from hub.run.csv_export import load_mapping
from hub.run.hub import Hub
from schemas.errors import Misconfigured
from tests.integration.connectors.supplier import FIRST, SECOND, Supplier, counts
from tests.integration.intake.sending import project_all


@pytest.fixture
def supplier(hub: Hub, tmp_path: Path) -> Supplier:
    """The supplier of the demo agencies."""
    return Supplier(hub, tmp_path)


ROWS = (f"K1;{FIRST};Språkstöd på Åsö;7,5", f"K2;{SECOND};Matchning;8")


def test_a_list_sent_twice_answers_duplicate_and_changes_nothing(supplier: Supplier) -> None:
    first, again, other_order = supplier.send(*ROWS), supplier.send(*ROWS), supplier.send(*reversed(ROWS))

    assert [counts(each) for each in (first, again, other_order)] == [
        ({"accepted": 4}, {}),
        ({"duplicate": 4}, {}),
        ({"duplicate": 4}, {}),
    ]
    assert supplier.log() == ["participant.registered", "activity.registered"] * 2
    assert project_all(supplier.hub) == 4


def test_there_and_back_again_are_three_events(supplier: Supplier) -> None:
    back_and_forth = [f"K1;{FIRST};{label};8" for label in ("A", "B", "A", "A")]

    told = [counts(supplier.send(row))[0] for row in back_and_forth]

    assert told == [{"accepted": 2}, {"duplicate": 1, "accepted": 1}, {"duplicate": 1, "accepted": 1}, {"duplicate": 2}]
    assert supplier.log()[1:] == ["activity.registered", "activity.changed", "activity.changed"]


def test_a_vanished_row_warns_and_closes_nothing(supplier: Supplier) -> None:
    supplier.send(*ROWS)

    tally = supplier.send(ROWS[0])

    assert [warning.partition(" are not")[0] for warning in tally.warnings] == [
        "list.csv: 2 statements of earlier lists"
    ]
    assert len(supplier.log()) == 4


def test_a_wrong_cell_refuses_its_event_with_line_and_column_and_the_rest_is_taken(supplier: Supplier) -> None:
    tally = supplier.send(f"K1;{FIRST};Matchning;sju", ROWS[1], "K3;19930920-2398;Matchning;8")

    refused = [
        (where, found.reason, found.pointer, found.found)
        for where, receipt in tally.refused
        for found in receipt.problems
    ]
    assert counts(tally)[0] == {"accepted": 3, "rejected": 2, "held": 1}
    assert refused == [
        ("list.csv:2", "field_invalid", "/Tim", "3 characters"),
        ("list.csv:4", "personal_number_checksum", "/data/identifiers/0/value", "wrong check digit"),
        ("list.csv:4", "participant_unknown", "/subject", "an unknown reference"),
    ]


def test_a_row_that_was_refused_at_first_is_still_new_when_it_is_mended(supplier: Supplier) -> None:
    wrong = "19930920-2398"  # the check digit
    lists = [
        f"K1;{number};Matchning;{hours}"
        for number, hours in ((wrong, "800"), (FIRST, "800"), (FIRST, "8"), (FIRST, "9"))
    ]

    told = [counts(supplier.send(row)) for row in (lists[0], *lists)]

    assert told == [
        ({"rejected": 2}, {"personal_number_checksum": 1, "field_invalid": 1}),
        ({"rejected": 2}, {"personal_number_checksum": 1, "field_invalid": 1}),
        ({"accepted": 1, "rejected": 1}, {"field_invalid": 1}),
        ({"duplicate": 1, "accepted": 1}, {}),
        ({"duplicate": 1, "accepted": 1}, {}),
    ]
    assert supplier.log() == ["participant.registered", "activity.registered", "activity.changed"]


def test_a_list_that_is_wrong_as_a_whole_is_one_refusal_and_nothing_is_remembered(supplier: Supplier) -> None:
    unclosed = supplier.send('K1;1;"Matchning;8', *ROWS)
    no_column = supplier.send("K1", encoding="utf-16")

    assert [
        (each.statuses, [receipt.problems[0].reason for _, receipt in each.refused]) for each in (unclosed, no_column)
    ] == [
        ({"rejected": 1}, ["field_invalid"]),
        ({"rejected": 1}, ["field_missing"]),
    ]
    assert counts(supplier.send(*ROWS)) == ({"accepted": 4}, {})


def test_a_dry_run_answers_as_the_run_would_and_remembers_nothing(supplier: Supplier) -> None:
    tried = supplier.send(*ROWS, dry=True)

    assert (counts(tried), supplier.log()) == (({"accepted": 4}, {}), [])
    assert counts(supplier.send(*ROWS)) == ({"accepted": 4}, {})


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="expected a mapping file, found nothing"):
        load_mapping(tmp_path / "nowhere.toml")
