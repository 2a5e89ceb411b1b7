"""Counts the statements that a piece of code sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from hub.run.hub import Hub


@contextmanager
def counted_queries(hub: Hub) -> Iterator[list[str]]:
    """The statements sent inside the block, COPY too."""
    statements: list[str] = []

    class Noting(psycopg.Cursor[Any]):  # rows of any shape
        def execute(self, query: Any, *arguments: Any, **options: Any) -> "Noting":  # psycopg's own signature
            statements.append(str(query))
            return super().execute(query, *arguments, **options)

        def copy(self, statement: Any, *arguments: Any, **options: Any) -> Any:  # the same
            statements.append(str(statement))
            return super().copy(statement, *arguments, **options)

    def note(connection: Any, *_: Any) -> None:  # the hooks' own signatures
        connection.cursor_factory = Noting

    def forget(connection: Any, *_: Any) -> None:  # the same
        connection.cursor_factory = psycopg.Cursor

    event.listen(hub.database.engine, "checkout", note)
    event.listen(hub.database.engine, "checkin", forget)
    try:
        yield statements
    finally:
        event.remove(hub.database.engine, "checkout", note)
        event.remove(hub.database.engine, "checkin", forget)
