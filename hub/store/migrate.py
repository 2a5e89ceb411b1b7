"""Brings the database to the schema of this release, as the owner role."""

from pathlib import Path

from sqlalchemy import Connection

from hub.store.database import Database, execute, rows
from schemas.errors import Misconfigured

_SCRIPTS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x5A30


def upgrade(owner: Database) -> str:
    """Run what is missing; safe to call at every start and from several processes. The revision reached.

    Raises Misconfigured when something is missing that this role may not make.
    """
    with owner.transaction() as connection:
        found = _revision(connection)
        if (found or "") < _newest():  # a newer release only adds: this one works with its tables
            _need_the_owner(connection, found)
            execute(connection, "SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
            _run(connection)
        _partitions_ahead(connection)
        return str(_revision(connection))


def _need_the_owner(connection: Connection, found: str | None) -> None:
    if not rows(connection, "SELECT has_schema_privilege('public', 'CREATE')")[0][0]:
        message = (
            f"expected a database at revision {_newest()}, found {found or 'an empty one'}, and a role that may not change it;"
            " run: hub db upgrade, with HUB_OWNER_DATABASE_URL"
        )
        raise Misconfigured(message)


def _run(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - a third of a second that only a migration should cost
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    """The revision of the database; None: nothing is there yet."""
    if rows(connection, "SELECT to_regclass('alembic_version')::text")[0][0] is None:
        return None
    found = rows(connection, "SELECT version_num FROM alembic_version")
    return str(found[0][0]) if found else None


def _newest() -> str:
    """The revision that the release brings: the files are numbered."""
    return max(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def _partitions_ahead(connection: Connection) -> None:
    """This month's and the next month's partition of the log."""
    connection.exec_driver_sql("SELECT log_partition(now()), log_partition(now() + interval '1 month')")
