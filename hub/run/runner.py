"""A runner: one thread that keeps its work at the end of the log, and a watchdog beside it.

One runner leads; others of the same database stand by and take over (DESIGN 10).
NOTIFY wakes it at once, polling wakes it when a notification is lost.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

import psycopg
import structlog

from hub.log.entries import CHANNEL, position_of_head
from hub.run.hub import Hub
from hub.run.project import BATCH, ReadModel, live_version, project
from schemas.errors import HubError, PositionTaken, StoreUnavailable, StreamUnavailable

log = structlog.get_logger(__name__)

_POLL_SECONDS = 0.5
_GATHER_SECONDS = 0.02  # events that come singly are folded some at a time: each fold has its own price
_BACKOFF_SECONDS = 1.0
_STOP_SECONDS = 30.0
_RUNNER_LOCK = 0x5A32
_FROZEN = "-c idle_session_timeout=15s"  # a leader that is stopped in its tracks loses the lock, and another takes over
_BUGS_IN_A_ROW = 5


class Work(Protocol):
    """What one runner at a time does with the log."""

    @property
    def name(self) -> str: ...

    def led(self) -> AbstractContextManager[object]:
        """Entered by the runner that leads, for as long as it leads."""

    def step(self) -> bool:
        """Do some more; whether it came to the end of the log. What it cannot do now it raises."""

    def lag(self) -> int:
        """How many entries of the log are left to do."""


@dataclass(frozen=True, slots=True)
class Projecting:
    """Folding the log into a read model, alone."""

    hub: Hub
    model: ReadModel

    @property
    def name(self) -> str:
        """The read model's."""
        return self.model.name

    def led(self) -> AbstractContextManager[object]:
        """It needs nothing but the database."""
        return nullcontext()

    def step(self) -> bool:
        """Fold the next batch."""
        return project(self.hub, self.model) < BATCH

    def lag(self) -> int:
        """The entries behind the served version's position."""
        with self.hub.database.transaction() as connection:
            return position_of_head(connection) - live_version(connection, self.model).position


class Runner:
    """Works until it is stopped. `failed` is called once when it cannot go on."""

    def __init__(self, hub: Hub, work: Work, failed: Callable[[str], None]) -> None:
        self._hub = hub
        self._work = work
        self._failed = failed
        self._stopping = threading.Event()
        self._advanced_at = monotonic()
        self._standing_by = False
        self._given_up = False
        self._bugs = 0
        self._threads = [
            threading.Thread(target=self._run, name=f"runner-{work.name}", daemon=True),
            threading.Thread(target=self._watch, name=f"watchdog-{work.name}", daemon=True),
        ]

    def start(self) -> None:
        """Begin in the background."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the batch at hand and end; a runner that was given up is not waited for."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=0 if self._given_up else _STOP_SECONDS)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._lead()
            except PositionTaken:
                log.info("runner_standing_by", runner=self._work.name)
                self._stopping.wait(_BACKOFF_SECONDS)
            except (StoreUnavailable, psycopg.OperationalError):
                log.warning("store_unavailable", runner=self._work.name)
                self._stopping.wait(_BACKOFF_SECONDS)
            except StreamUnavailable as error:
                log.warning("stream_unavailable", runner=self._work.name, error=str(error))
                self._advanced_at = monotonic()  # a fresh start would not bring the broker back
                self._stopping.wait(_BACKOFF_SECONDS)
            except HubError as error:
                log.critical("runner_stopped", runner=self._work.name, error=str(error))
                self._failed(str(error))
                return
            except Exception:  # a bug: retried a bounded number of times, then the process ends
                self._bugs += 1
                log.exception("runner_failed", runner=self._work.name, in_a_row=self._bugs)
                if self._bugs >= _BUGS_IN_A_ROW:
                    self._failed(f"{self._work.name} failed {self._bugs} times in a row")
                    return
                self._stopping.wait(_BACKOFF_SECONDS)

    def _lead(self) -> None:
        """Work while this process holds the runner lock of the database."""
        url = self._hub.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, options=_FROZEN) as listener:
            self._wait_for_the_lead(listener)
            self._advanced_at = monotonic()
            listener.execute(f"LISTEN {CHANNEL}")
            with self._work.led():
                while not self._stopping.is_set():
                    listener.execute("SELECT")  # that we are not frozen
                    list(listener.notifies(timeout=0))  # what they told of is read now, what comes later tells again
                    at_the_end = self._work.step()
                    self._advanced_at = monotonic()
                    self._bugs = 0
                    if at_the_end and list(listener.notifies(timeout=_POLL_SECONDS, stop_after=1)):
                        self._stopping.wait(_GATHER_SECONDS)

    def _wait_for_the_lead(self, listener: psycopg.Connection[tuple[Any, ...]]) -> None:  # rows of any shape
        """Until this process holds the lock of this work, or is told to stop."""
        while not self._stopping.is_set():
            got = listener.execute(
                "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_RUNNER_LOCK, self._work.name)
            ).fetchone()
            if got is not None and got[0]:
                self._standing_by = False
                log.info("runner_leading", runner=self._work.name)
                return
            if not self._standing_by:
                log.info("runner_standing_by", runner=self._work.name)
            self._standing_by = True
            self._stopping.wait(_BACKOFF_SECONDS)

    def _watch(self) -> None:
        """End a runner that has lag and does not advance: a supervisor starts it afresh."""
        patience = self._hub.settings.watchdog_seconds
        while not self._stopping.wait(min(5.0, patience / 4)):
            if self._standing_by or monotonic() - self._advanced_at < patience:
                continue
            try:
                lag = self._work.lag()
            except StoreUnavailable:
                continue
            if lag > 0:
                log.critical("watchdog_stopped_runner", runner=self._work.name, lag=lag)
                self._given_up = True
                self._failed(f"{self._work.name} has {lag} events to go and did not advance for {patience} s")
                return
