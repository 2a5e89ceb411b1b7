"""What a new embedded cluster is made of: its files, its three roles, its database. Safe to repeat after a crash."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from hub.store.embedded_place import Credentials, Place
from schemas.errors import Misconfigured

SUPERUSER: Final = "hub_superuser"
OWNER: Final = "hub_owner"
APP: Final = "hub_app"
DATABASE: Final = "samspar"
_MAJOR_VERSION = "18"
_HOST_RULES = "# only this machine, only with a password\nhost all all 127.0.0.1/32 scram-sha-256\n"

Connection = psycopg.Connection[tuple[object, ...]]


def initialise(place: Place, *, durable: bool) -> None:
    """The data directory as a whole or not at all: made beside and renamed. Refuses one of another major version."""
    if place.data.exists():
        _check_version(place.data)
        return
    unfinished = place.data.with_name("data.new")
    password = place.data.with_name("initial-password")
    shutil.rmtree(unfinished, ignore_errors=True)
    password.unlink(missing_ok=True)
    try:
        unfinished.mkdir(mode=0o700)
        place.own(unfinished)
        with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(place.credentials.superuser)
        place.own(password)
        _initdb(place, unfinished, password, durable=durable)
        (unfinished / "pg_hba.conf").write_text(_HOST_RULES, encoding="ascii")
        unfinished.rename(place.data)
    except OSError as error:
        message = (
            f"{unfinished}: expected to make a data directory there, found: {error}; name another one in HUB_DATA_DIR"
        )
        raise Misconfigured(message) from error
    finally:
        password.unlink(missing_ok=True)


def prepare(connection: Connection, credentials: Credentials) -> None:
    """The roles and the database, where they are missing. `connection` is the superuser's, without a transaction."""
    present = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role, password in ((OWNER, credentials.owner), (APP, credentials.app)):
        if role not in present:
            verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(verifier)
                )
            )
    if connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
        create_database(connection, DATABASE, template="template0")
    grant_database(connection, DATABASE)


def create_database(connection: Connection, name: str, *, template: str) -> None:
    """A database of the owner role."""
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
            sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
        )
    )


def grant_database(connection: Connection, name: str) -> None:
    """Only the hub's roles may connect. Repeatable."""
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(APP))
    )


def _initdb(place: Place, directory: Path, password: Path, *, durable: bool) -> None:
    # The builtin C.UTF-8 sorts the same on every machine; Swedish order is the hub's own sort key.
    command = [str(place.programs / "initdb"), "-D", str(directory), "-U", SUPERUSER, f"--pwfile={password}"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += [] if durable else ["--no-sync"]
    made = subprocess.run(  # noqa: S603 - our own constant command
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, **place.runs_as
    )
    if made.returncode != 0:
        message = f"initdb: expected a new cluster in {directory}, found: {made.stderr.strip()}; correct that, or set HUB_DATABASE_URL"
        raise Misconfigured(message)


def _check_version(data: Path) -> None:
    try:
        found = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError:
        found = "no PG_VERSION"
    if found != _MAJOR_VERSION:
        message = f"{data}: expected a cluster of PostgreSQL {_MAJOR_VERSION}, found {found}; restore it, or name another HUB_DATA_DIR"
        raise Misconfigured(message)
