"""Set-based SQL that every table uses: parameters as arrays, rows in by COPY, one statement whatever the number.

Statements go to psycopg directly: SQLAlchemy keeps the connections and their transactions, and would cost as much as
the statement itself for what is text and tuples on both sides.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

import psycopg
from sqlalchemy import Connection


def driver(connection: Connection) -> psycopg.Connection[tuple[Any, ...]]:  # rows of any shape
    """The psycopg connection below, for COPY and arrays."""
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection.driver_connection)  # untyped in SQLAlchemy


def rows(connection: Connection, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement; `statement` is ours and constant, values go as parameters."""
    with driver(connection).cursor(binary=True) as cursor:
        return cursor.execute(statement.encode(), [_parameter(value) for value in parameters]).fetchall()


def execute(connection: Connection, statement: str, parameters: Sequence[object] = ()) -> int:
    """Run a statement; the number of rows it changed."""
    with driver(connection).cursor() as cursor:
        return cursor.execute(statement.encode(), [_parameter(value) for value in parameters]).rowcount


def copy_rows(
    connection: Connection, table: str, columns: Sequence[str], types: Sequence[str], values: Iterable[Sequence[object]]
) -> None:
    """COPY rows into a table in binary form: the fastest way in, one statement whatever the number."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    with driver(connection).cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.set_types(types)
        for row in values:
            copy.write_row(row)


def _parameter(value: object) -> object:
    """Long lists of ids, numbers, truths and texts as the array literal itself: psycopg would look at every element on its own."""
    if not isinstance(value, list):
        return value
    kinds = set(map(type, value))
    if kinds == {UUID}:
        return f"{{{','.join([each.hex for each in value])}}}"
    if kinds == {int}:
        return f"{{{','.join(map(str, value))}}}"
    if kinds == {bool}:
        return f"{{{','.join(['t' if each else 'f' for each in value])}}}"
    if kinds == {str}:
        return f"{{{','.join([_quoted(each) for each in value])}}}"
    return value


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
