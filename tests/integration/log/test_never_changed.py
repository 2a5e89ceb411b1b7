"""What is recorded stays: no role changes or deletes it, and no code of the hub tries to."""

import re
from pathlib import Path

import psycopg
import pytest

import hub as hub_package
from hub.run.hub import Hub
from tests.databases import FreshDatabase
from tests.integration.intake.sending import send
from tests.unit.intake.builders import opened, registration

STATEMENTS = (
    "UPDATE log_entry SET agency = 'af'",
    "DELETE FROM log_entry",
    "TRUNCATE log_entry",
    "UPDATE read_row SET agency = 'af'",
    "DELETE FROM read_row",
    "TRUNCATE read_row",
)


def a_partition(database: FreshDatabase) -> str:
    with psycopg.connect(database.superuser_url) as connection:
        found = connection.execute("SELECT min(inhrelid::regclass::text) FROM pg_inherits").fetchone()
    assert found is not None
    return str(found[0])


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_hubs_own_role_may_neither_change_nor_delete_what_is_recorded(
    database: FreshDatabase, statement: str
) -> None:
    with psycopg.connect(database.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("verb", ["UPDATE {} SET agency = 'af'", "DELETE FROM {}", "TRUNCATE {}", "INSERT INTO {}"])
def test_the_hubs_own_role_has_no_way_around_through_a_partition(database: FreshDatabase, verb: str) -> None:
    statement = verb.format(a_partition(database)) + (" DEFAULT VALUES" if verb.startswith("INSERT") else "")
    with psycopg.connect(database.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_not_even_the_owner_of_the_tables_changes_them_by_mistake(
    hub: Hub, database: FreshDatabase, statement: str
) -> None:
    send(hub, [registration(), opened()])
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute(
            "INSERT INTO read_row (read_at, channel, agency, reader, action, outcome, fields, entries, position)"
            " VALUES (now(), 'cli', 'af', 'operator', 'timeline', 'allowed', '{}', 0, 0)"
        )
    with (
        psycopg.connect(database.owner_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="expected nobody to change"),
    ):
        connection.execute(statement)


def test_the_hubs_own_role_may_add_and_read_and_owns_nothing(database: FreshDatabase) -> None:
    with psycopg.connect(database.superuser_url) as connection:
        granted = connection.execute(
            "SELECT table_name, array_agg(privilege_type::text ORDER BY privilege_type)"
            " FROM information_schema.role_table_grants WHERE grantee = 'hub_app' AND table_schema = 'public'"
            " AND (table_name LIKE 'log_entry%' OR table_name = 'read_row') GROUP BY table_name ORDER BY table_name"
        ).fetchall()
        owned = connection.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE nspname = 'public' AND pg_get_userbyid(relowner) = 'hub_app'"
        ).fetchall()
    assert granted == [("log_entry", ["INSERT", "SELECT"]), ("read_row", ["INSERT", "SELECT"])]
    assert owned == []


def test_no_code_of_the_hub_changes_or_deletes_what_is_recorded() -> None:
    forbidden = re.compile(r"(UPDATE|DELETE FROM|TRUNCATE( TABLE)?)\s+(ONLY\s+)?(log_entry|read_row)", re.IGNORECASE)
    sources = [path for path in Path(hub_package.__file__).parent.rglob("*") if path.suffix in (".py", ".sql", ".mako")]
    assert [path.name for path in sources if forbidden.search(path.read_text(encoding="utf-8"))] == []
    assert forbidden.search("delete from log_entry") is not None
