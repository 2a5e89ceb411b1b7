"""Named points at which a test may kill the process, with the hits counted: crash-safety is tested, not hoped for."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path

POINTS = (
    "intake_before_insert",
    "intake_after_insert",
    "intake_after_commit",
    "intake_before_answer",
    "projection_before_insert",
    "projection_after_insert",
    "projection_after_commit",
    "relay_before_send",
    "relay_after_send",
    "relay_after_note",
)


@dataclass(slots=True)
class Failpoints:
    """`armed` is a point and at which hit the process dies; hits are written to a file before the signal."""

    armed: str | None = None
    at_hit: int = 1
    hits_file: Path | None = None
    _hits: dict[str, int] = field(default_factory=dict)

    def reach(self, point: str) -> None:
        """Pass a point; a no-op unless it is armed."""
        if point != self.armed:
            return
        self._hits[point] = self._hits.get(point, 0) + 1
        if self._hits[point] < self.at_hit:
            return
        if self.hits_file is not None:
            with self.hits_file.open("a", encoding="ascii") as hits:
                hits.write(f"{point}\n")
                hits.flush()
                os.fsync(hits.fileno())
        os.kill(os.getpid(), signal.SIGKILL)
