"""What is refused of an exported list: counted for its source, left alone by redrive, closed by the list that mends it."""

from pathlib import Path
from uuid import UUID

import pytest

from hub.run.hub import Hub
from hub.run.quarantine import redrive
from hub.run.status import state
from hub.store.quarantine import Quarantined, close, count_listed, find, listed
from tests.integration.connectors.supplier import FIRST, SECOND, Supplier

SOURCE = "urn:samspar:source:leverantor:insatser"
WRONG_CHECK_DIGIT = "19930920-2398"
GOOD = f"K1;{FIRST};Matchning;8"
UNREADABLE = f"K1;{FIRST};Matchning;sju"
REFUSED = f"K1;{FIRST};Matchning;800"


@pytest.fixture
def supplier(hub: Hub, tmp_path: Path) -> Supplier:
    """The supplier of the demo agencies."""
    return Supplier(hub, tmp_path)


def cases(supplier: Supplier) -> list[Quarantined]:
    with supplier.hub.database.transaction() as connection:
        return listed(connection)


def counted(supplier: Supplier) -> tuple[int, int]:
    """What the quarantine holds, and what the source is said to have in it."""
    found = state(supplier.hub)
    (source,) = [each for each in found.sources if each.source == SOURCE]
    return found.rejected, source.answer.rejected


def attempts(supplier: Supplier, case: UUID) -> int:
    with supplier.hub.database.transaction() as connection:
        found = find(connection, case)
    assert found is not None
    return found.attempts


def test_refused_rows_count_for_the_source_of_their_list(supplier: Supplier) -> None:
    supplier.send(UNREADABLE, f"K2;{SECOND};Matchning;800", "K3;;Dans;x", "K4;1;2;3;4;5")

    assert counted(supplier) == (5, 5)
    assert {(case.source, case.channel) for case in cases(supplier)} == {(SOURCE, "list")}
    with supplier.hub.database.transaction() as connection:
        assert count_listed(connection, agency="leverantor") == 5
        assert count_listed(connection, agency="leverantor", state="repaired") == 0


def test_a_list_that_is_refused_whole_counts_too_until_one_can_be_read(supplier: Supplier) -> None:
    supplier.send('K1;1;"Matchning;8')
    refused = counted(supplier)
    supplier.send(GOOD)

    assert (refused, counted(supplier)) == ((1, 1), (0, 0))


@pytest.mark.parametrize(
    "earlier",
    [
        [UNREADABLE],
        [UNREADABLE, UNREADABLE.replace("sju", "elva")],
        [REFUSED],
        [REFUSED, REFUSED.replace("800", "900")],
        [REFUSED, UNREADABLE, REFUSED],
        [UNREADABLE, REFUSED],
        [f"K1;{WRONG_CHECK_DIGIT};Matchning;8"],
        [GOOD, REFUSED, UNREADABLE],
    ],
    ids=["cell", "other cell", "value", "other value", "there and back", "cell, then value", "number", "known row"],
)
def test_the_case_of_a_row_is_closed_when_a_later_list_has_it_mended(supplier: Supplier, earlier: list[str]) -> None:
    for row in earlier:
        supplier.send(row)
        if row != GOOD:
            assert counted(supplier) in {(1, 1), (2, 2)}
    supplier.send(GOOD)

    assert (cases(supplier), counted(supplier)) == ([], (0, 0))


def test_a_list_closes_nothing_of_rows_that_it_does_not_have_or_refuses_itself(supplier: Supplier) -> None:
    supplier.send(UNREADABLE, f"K2;{SECOND};Matchning;8")
    supplier.send(f"K2;{SECOND};Matchning;8", f"K2;{SECOND};Dans;8")

    assert counted(supplier) == (2, 2)
    supplier.send(GOOD, f"K2;{SECOND};Matchning;8")
    assert counted(supplier) == (0, 0)


def test_a_row_that_is_wrong_again_in_the_same_way_is_open_again(supplier: Supplier) -> None:
    supplier.send(UNREADABLE)
    (case,) = cases(supplier)
    supplier.send(GOOD)
    supplier.send(UNREADABLE)

    assert [each.quarantine_id for each in cases(supplier)] == [case.quarantine_id]
    assert attempts(supplier, case.quarantine_id) == 2


def test_a_case_that_somebody_has_discarded_is_not_opened_again(supplier: Supplier) -> None:
    supplier.send(UNREADABLE)
    (case,) = cases(supplier)
    with supplier.hub.database.transaction() as connection:
        close(connection, case.quarantine_id, "discarded", "Jonas Berg", "Testdata", supplier.hub.now())
    supplier.send(UNREADABLE)

    assert counted(supplier) == (0, 0)


def test_a_dry_run_closes_nothing(supplier: Supplier) -> None:
    supplier.send(UNREADABLE)
    supplier.send(GOOD, dry=True)

    assert counted(supplier) == (1, 1)


def test_redrive_leaves_rows_alone_and_judges_their_events_again(supplier: Supplier) -> None:
    supplier.send(UNREADABLE, f"K2;{SECOND};Matchning;800")
    by_kind = {case.is_row: case.quarantine_id for case in cases(supplier)}

    redriven = redrive(supplier.hub, None, "Maria Ek")
    nobody = redrive(supplier.hub, [by_kind[True]], "Maria Ek", agency="af")

    assert redriven.rows == [by_kind[True]]
    assert [(case, receipt.status.value) for case, receipt in redriven.receipts] == [(by_kind[False], "rejected")]
    assert (nobody.rows, nobody.receipts) == ([], [])
    assert {case.quarantine_id for case in cases(supplier)} == {*by_kind.values()}
    assert attempts(supplier, by_kind[True]) == 1
