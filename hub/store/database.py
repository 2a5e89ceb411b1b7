"""The one place that opens and commits transactions, and the set-based writes that every table uses."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from schemas.errors import StoreUnavailable

_INTAKE_LOCK = 0x5A31  # one advisory lock for identity, claims and positions (decision 0005)


@dataclass(frozen=True, slots=True)
class Database:
    """A pool of connections to the hub's PostgreSQL."""

    engine: Engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Everything inside is committed together or not at all. Raises StoreUnavailable when the server is away."""
        try:
            with self.engine.connect() as connection:
                yield connection
                connection.commit()
        except OperationalError as error:
            raise StoreUnavailable(type(error.orig).__name__) from error
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error.orig, psycopg.InterfaceError):
                raise StoreUnavailable(type(error.orig).__name__) from error
            raise
        except psycopg.OperationalError as error:
            raise StoreUnavailable(type(error).__name__) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def connect(url: str, *, pool_size: int = 10) -> Database:
    """A database at a `postgresql+psycopg://` URL; nothing is opened yet."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10, "options": "-c timezone=UTC -c jit=off"},
    )
    event.listen(engine, "connect", _prepare_often)
    return Database(engine)


def _prepare_often(connection: psycopg.Connection[Any], _record: object) -> None:  # rows of any shape
    connection.prepare_threshold = 2


def lock_intake(connection: Connection) -> None:
    """Wait for the lock under which facts are read and outcomes recorded; held until the transaction ends."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_INTAKE_LOCK,))


def driver(connection: Connection) -> psycopg.Connection[tuple[Any, ...]]:  # rows of any shape
    """The psycopg connection below, for COPY and arrays."""
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection.driver_connection)  # untyped in SQLAlchemy


def rows(connection: Connection, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement; `statement` is ours and constant, values go as parameters."""
    result = connection.exec_driver_sql(statement, tuple(parameters))
    return [tuple(row) for row in result]


def execute(connection: Connection, statement: str, parameters: Sequence[object] = ()) -> int:
    """Run a statement; the number of rows it changed."""
    return connection.exec_driver_sql(statement, tuple(parameters)).rowcount


def copy_rows(
    connection: Connection, table: str, columns: Sequence[str], types: Sequence[str], values: Iterable[Sequence[object]]
) -> None:
    """COPY rows into a table in binary form: the fastest way in, one statement whatever the number."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    with driver(connection).cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.set_types(types)
        for row in values:
            copy.write_row(row)
