"""The key that wraps all others: made once, whole, and the same for everybody who starts at the same moment."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hub.store.keys import open_key_ring

STARTERS = 8


def test_all_that_start_at_the_same_moment_use_the_same_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "kek"
    together = threading.Barrier(STARTERS)

    def start() -> bytes:
        together.wait(10)
        return open_key_ring(path, create=True).hasher.fingerprint(b"the same")

    with ThreadPoolExecutor(STARTERS) as pool:
        indexes = [each.result() for each in [pool.submit(start) for _ in range(STARTERS)]]

    assert len(set(indexes)) == 1
    assert [found.name for found in path.parent.iterdir()] == ["kek"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
