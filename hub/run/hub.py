"""What the steps work with: the database, the keys, the register, the clock. Built in bootstrap.py alone."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.intake.registry import Registry
from hub.log.tail import Tail
from hub.run.failpoints import Failpoints
from hub.settings import Settings
from hub.store.database import Database
from hub.store.keys import KeyRing
from hub.store.register import load_registry

_REGISTRY_AGE = timedelta(seconds=1)  # a new agency is known to every process within a second


@dataclass(slots=True)
class _Remembered:
    registry: Registry
    loaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """One hub process. `now` is the only clock."""

    settings: Settings
    database: Database
    ring: KeyRing
    now: Callable[[], datetime]
    failpoints: Failpoints = field(default_factory=Failpoints)
    tail: Tail = field(default_factory=Tail, repr=False)
    _remembered: list[_Remembered] = field(default_factory=list, repr=False)

    def registry(self) -> Registry:
        """The register, at most a second old."""
        now = self.now()
        if self._remembered and now - self._remembered[0].loaded_at < _REGISTRY_AGE:
            return self._remembered[0].registry
        with self.database.transaction() as connection:
            registry = load_registry(connection)
        if self._remembered and self._remembered[0].registry == registry:
            registry = self._remembered[0].registry  # keep what it has worked out
        self._remembered[:] = [_Remembered(registry, now)]
        return registry
