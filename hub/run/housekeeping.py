"""What a running hub sees to by itself once a minute: gauges for the metrics, alarms, the log's next partition."""

import threading

import structlog

from hub.log.entries import partition_ahead
from hub.run.hub import Hub
from hub.run.status import state
from schemas.errors import StoreUnavailable

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 60.0


class Housekeeper:
    """A thread that looks once a minute, until it is stopped."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeper", daemon=True)

    def start(self) -> None:
        """Begin in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stopping.wait(_EVERY_SECONDS):
            try:
                keep_house(self._hub)
            except StoreUnavailable:
                log.warning("store_unavailable", runner="housekeeping")
            except Exception:  # a bug here must not end the alarms for good
                log.exception("housekeeping_failed")


def keep_house(hub: Hub) -> None:
    """Look once: set the gauges, raise the alarms, and make room in the log for the month to come."""
    found = state(hub)
    if found.held_too_long:
        log.warning("held_too_long", count=found.held_too_long, days=hub.settings.held_alarm_days)
    if found.parked:
        log.warning("participants_parked", count=found.parked)
    with hub.database.transaction() as connection:
        partition_ahead(connection, hub.now())
