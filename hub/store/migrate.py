"""Brings the database to the schema of this release, as the owner role."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from hub.store.database import Database, rows

_SCRIPTS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x5A30


def upgrade(owner: Database) -> str:
    """Run what is missing; safe to call at every start and from several processes. The revision reached."""
    with owner.transaction() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _partitions_ahead(connection)
        return str(rows(connection, "SELECT version_num FROM alembic_version")[0][0])


def _partitions_ahead(connection: Connection) -> None:
    """This month's and the next month's partition of the log."""
    connection.exec_driver_sql("SELECT log_partition(now()), log_partition(now() + interval '1 month')")
