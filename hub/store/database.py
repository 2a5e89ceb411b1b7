"""The one place that opens and commits transactions, and the set-based writes that every table uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
from psycopg.types.json import set_json_dumps, set_json_loads
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from projections.sql import copy_rows, driver, execute, rows
from schemas.errors import StoreUnavailable

__all__ = ["Database", "connect", "copy_rows", "driver", "execute", "lock_intake", "one_snapshot", "rows"]

# A plan made while a table was small would be kept when it has grown: plan for the table as it is.
_OPTIONS = "-c timezone=UTC -c jit=off -c plan_cache_mode=force_custom_plan"
# A worker that is stopped in its tracks must not keep row locks that the next owner of its partitions needs for its claim.
_WORKER_OPTIONS = f"{_OPTIONS} -c statement_timeout=15s -c lock_timeout=6s -c idle_in_transaction_session_timeout=5s"
_WORKER_SOCKET = {"keepalives_idle": 3, "keepalives_interval": 2, "keepalives_count": 2, "tcp_user_timeout": 8000}
# What a stopped worker meets when it goes on is an InternalError.
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.IdleInTransactionSessionTimeout)
_INTAKE_LOCK = 0x5A31  # one advisory lock for identity, claims and positions (decision 0005)


@dataclass(frozen=True, slots=True)
class Database:
    """A pool of connections to the hub's PostgreSQL."""

    engine: Engine

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Everything inside is committed together or not at all. Raises StoreUnavailable when the server is away or every connection taken."""
        try:
            with self.engine.connect() as connection:
                connection.begin()  # statements go past SQLAlchemy, which would not know that there is something to commit
                yield connection
                connection.commit()
        except PoolExhausted as error:
            message = "expected a free connection of the pool, found none in time"
            raise StoreUnavailable(message) from error
        except OperationalError as error:
            raise StoreUnavailable(type(error.orig).__name__) from error
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error.orig, _AWAY):
                raise StoreUnavailable(type(error.orig).__name__) from error
            raise
        except _AWAY as error:
            raise StoreUnavailable(type(error).__name__) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def connect(url: str, *, pool_size: int = 10, worker: bool = False) -> Database:
    """A database at a `postgresql+psycopg://` URL; nothing is opened yet. A `worker` waits for nothing for long."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=10,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": 10,
            "options": _WORKER_OPTIONS if worker else _OPTIONS,
            **(_WORKER_SOCKET if worker else {}),
        },
    )
    event.listen(engine, "connect", _settle)
    return Database(engine)


def _settle(connection: psycopg.Connection[Any], _record: object) -> None:  # rows of any shape
    connection.prepare_threshold = 2
    set_json_dumps(orjson.dumps, connection)
    set_json_loads(orjson.loads, connection)


def one_snapshot(connection: Connection) -> None:
    """Let all that the transaction reads be as it is now, whatever others commit meanwhile. Call it first."""
    execute(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def lock_intake(connection: Connection) -> None:
    """Wait for the lock under which facts are read and outcomes recorded; held until the transaction ends."""
    execute(connection, "SELECT pg_advisory_xact_lock(%s)", (_INTAKE_LOCK,))
