"""Where an embedded PostgreSQL of the test's own lives."""

from pathlib import Path

import pytest


@pytest.fixture
def postgres_dir(data_dir: Path) -> Path:
    """Not made yet; whatever is left there is stopped and removed."""
    return data_dir / "postgres"
