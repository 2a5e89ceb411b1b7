"""An import on one core: its threads take turns at the interpreter, and each turn on another core finds its cache cold.

Measured on two cores (`make bench`): a fifth less time. PostgreSQL has the other core to itself.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_TURN_SECONDS = 0.05  # whoever waits for the database gives its turn away at once; the others need not be hurried


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this thread, and those that it starts meanwhile, on one core; nothing where the system has no such thing."""
    turn = sys.getswitchinterval()
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set[int]()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        if len(cores) > 1:
            os.sched_setaffinity(0, {max(cores)})
        yield
    finally:
        if len(cores) > 1:
            os.sched_setaffinity(0, cores)
        sys.setswitchinterval(turn)
