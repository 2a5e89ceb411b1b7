"""A directory for an embedded PostgreSQL of the test's own."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store import embedded


@pytest.fixture
def postgres_dir() -> Iterator[Path]:
    """Not made yet; whatever is left there is stopped and removed."""
    directory = Path(tempfile.mkdtemp(prefix="samspar-tests-"))
    directory.chmod(0o711)
    yield directory / "postgres"
    embedded.remove(directory / "postgres")
    shutil.rmtree(directory)
