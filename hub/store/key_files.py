"""Files with secret keys: made once, whole or not at all, readable by their owner alone."""

import os
from pathlib import Path


def make_once(path: Path, content: bytes) -> None:
    """On disk as a whole before anybody relies on it; of two processes that make it at once, both use the first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}-{os.urandom(4).hex()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as new:
        new.write(content)
        new.flush()
        os.fsync(new.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
