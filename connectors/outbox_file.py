"""The file of an outbox: readable by its owner alone, for one program at a time, every commit on disk before it returns."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import OutboxUnavailable

_PRIVATE = 0o600
_SETTINGS = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
"""
_TABLES = """
CREATE TABLE IF NOT EXISTS owner (agency TEXT NOT NULL, secret BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS outgoing (
  place INTEGER PRIMARY KEY, fingerprint BLOB NOT NULL UNIQUE, source TEXT, id TEXT, origin TEXT NOT NULL,
  record_key BLOB, body BLOB, attempts INTEGER NOT NULL DEFAULT 0, record_partition INTEGER, record_offset INTEGER,
  status TEXT, receipt_id TEXT, receipt BLOB, told INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS by_event ON outgoing (source, id);
CREATE INDEX IF NOT EXISTS by_record ON outgoing (record_partition, record_offset) WHERE record_partition IS NOT NULL;
CREATE INDEX IF NOT EXISTS unsent ON outgoing (place) WHERE record_partition IS NULL;
CREATE INDEX IF NOT EXISTS unanswered ON outgoing (place) WHERE status IS NULL;
CREATE INDEX IF NOT EXISTS untold ON outgoing (place) WHERE told = 0 AND status IS NOT NULL;
CREATE TABLE IF NOT EXISTS read_to (receipts_partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, last_key BLOB);
"""


class OutboxFile:
    """An open SQLite file with the tables of an outbox. Raises OutboxUnavailable for whatever is wrong with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE)  # its journal gets the same mode
            os.fchmod(descriptor, _PRIVATE)
            os.close(descriptor)
        except OSError as error:
            raise self._unavailable(error) from error
        with self._explained():
            self._connection = sqlite3.connect(path, isolation_level="IMMEDIATE", timeout=0)
        try:
            with self._explained():
                self._connection.executescript(_SETTINGS + _TABLES)
        except OutboxUnavailable:
            self._connection.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is written inside is on disk as a whole when this ends, or not at all."""
        with self._explained(), self._connection:
            yield self._connection

    def number(self, query: str) -> int:
        """The number that a query gives."""
        with self.transaction() as connection:
            return int(connection.execute(query).fetchone()[0])

    def close(self) -> None:
        """Let others have it."""
        with self._explained():
            self._connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: Exception) -> OutboxUnavailable:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_BUSY":
            found, action = "one that another program has open", "wait until it has ended, or name another file"
        else:
            found, action = f"{type(error).__name__}: {error}", "mend that, or name another file"
        return OutboxUnavailable(f"expected an outbox to write to in {self._path}, found {found}; {action}")
