"""Set-based SQL that every table uses: parameters as arrays, rows in by COPY, one statement whatever the number."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import Connection


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
