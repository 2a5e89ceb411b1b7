"""What the front door writes, on a real PostgreSQL: one transaction, one receipt each, nothing twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from psycopg.errors import InsufficientPrivilege

from hub.run.hub import Hub
from hub.run.status import state
from hub.store.database import connect, execute, rows
from tests.databases import FreshDatabase, with_driver
from tests.integration.intake.sending import project_all, send, told
from tests.queries import counted_queries
from tests.unit.intake.builders import AF, JOBBTORG, event, opened, registration


def test_a_redelivered_event_is_answered_with_its_first_receipt(hub: Hub) -> None:
    first = send(hub, [registration(), opened()])

    again = send(hub, [registration(), opened()])

    assert told(first) == ["accepted", "accepted"]
    assert told(again) == ["duplicate", "duplicate"]
    assert [receipt.receipt_id for receipt in again] == [receipt.receipt_id for receipt in first]
    assert [receipt.position for receipt in again] == [1, 2]


def test_held_events_are_released_in_order_in_the_transaction_that_registers_the_person(hub: Hub) -> None:
    closed = event("x", "enrolment.closed", {"key": "e"}, sequence="2")
    assert told(send(hub, [closed])) == ["held participant_unknown"]
    assert told(send(hub, [opened(sequence="1")])) == ["held participant_unknown"]

    send(hub, [registration()])

    with hub.database.transaction() as connection:
        log = rows(connection, "SELECT event_id FROM log_entry ORDER BY position")
        waiting = rows(connection, "SELECT count(*) FROM held_event")
    assert log == [("reg",), ("o",), ("x",)]
    assert waiting == [(0,)]
    assert told(send(hub, [closed])) == ["duplicate"]


def test_the_same_bytes_get_the_same_rejection_and_repaired_ones_are_judged_afresh(hub: Hub) -> None:
    send(hub, [registration()])
    wrong = event("o", "enrolment.opened", {"key": "e", "programme": "astronaut"}, schemaversion=2)

    first, second = send(hub, [wrong])[0], send(hub, [wrong])[0]
    repaired = send(hub, [opened()])

    assert first == second
    assert told([first]) == ["rejected code_unknown"]
    assert told(repaired) == ["accepted"]
    with hub.database.transaction() as connection:
        assert rows(
            connection, "SELECT state, attempts FROM quarantine JOIN receipt ON receipt_id = quarantine_id"
        ) == [("repaired", 2)]


def test_a_person_registered_by_two_agencies_at_the_same_moment_becomes_one_participant(hub: Hub) -> None:
    def register(place: int) -> None:
        agency, source = ("jobbtorg", JOBBTORG) if place % 2 else ("af", AF)
        send(hub, [registration(f"reg-{place}", subject=f"R{place}", source=source)], agency=agency)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(register, range(24)))

    with hub.database.transaction() as connection:
        assert rows(connection, "SELECT count(*) FROM participant") == [(1,)]
        assert rows(connection, "SELECT count(DISTINCT participant_id), count(*) FROM reference_binding") == [(1, 24)]
        positions = [row[0] for row in rows(connection, "SELECT position FROM log_entry ORDER BY position")]
    assert positions == list(range(1, 25))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_entry SET agency = 'x'",
        "DELETE FROM log_entry",
        "TRUNCATE log_entry",
        "UPDATE read_row SET unit = 'x'",
        "DELETE FROM read_row",
    ],
)
def test_the_hubs_own_role_cannot_change_the_log_or_the_read_rows(hub: Hub, statement: str) -> None:
    send(hub, [registration()])

    with pytest.raises(InsufficientPrivilege, match="permission denied"), hub.database.transaction() as connection:
        execute(connection, statement)


def test_a_batch_of_a_thousand_needs_as_many_queries_as_one_of_ten(hub: Hub) -> None:
    send(hub, [registration(subject="P0"), opened(subject="P0")])
    few = [opened(f"a{place}", key=f"a{place}", subject="P0") for place in range(10)]
    many = [opened(f"b{place}", key=f"b{place}", subject="P0") for place in range(1000)]

    with counted_queries(hub) as small:
        send(hub, few)
    with counted_queries(hub) as large:
        send(hub, many)

    assert len(large) == len(small) <= 30


def test_completeness_counts_what_was_refused_and_waits_out_the_grace_period(hub: Hub) -> None:
    send(hub, [registration(sequence="1"), opened("o", sequence="2"), opened("p", key="p", sequence="4")])

    jobbtorg = next(each.answer for each in state(hub).sources if each.source == JOBBTORG)

    assert (jobbtorg.state, jobbtorg.missing_sequences) == ("complete", ())
    assert jobbtorg.complete_to is not None


def test_personal_data_is_only_ciphertext_in_the_log_and_the_read_model(hub: Hub, database: FreshDatabase) -> None:
    secret = "Skatteskuld vid Globen"
    send(hub, [registration(), event("c", "conversation.held", {"place": secret})])
    project_all(hub)

    owner = connect(with_driver(database.superuser_url))
    with owner.transaction() as connection:
        tables = rows(
            connection,
            "SELECT format('%%I.%%I', table_schema, table_name) FROM information_schema.tables"
            " WHERE table_schema IN ('public', 'readmodel') AND table_type = 'BASE TABLE'",
        )
        found = [
            name
            for (name,) in tables
            if any(
                secret in str(row) or "198601012381" in str(row) or "19860101-2381" in str(row)
                for row in rows(connection, f"SELECT * FROM {name}")
            )
        ]
    owner.close()
    assert len(tables) > 15
    assert found == []
