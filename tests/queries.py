"""Counts the statements that a piece of code sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from hub.run.hub import Hub


@contextmanager
def counted_queries(hub: Hub) -> Iterator[list[str]]:
    """The statements sent inside the block; COPY goes below SQLAlchemy and is not among them."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:  # the hook's own signature
        statements.append(statement)

    event.listen(hub.database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(hub.database.engine, "before_cursor_execute", note)
