"""What a running hub sees to by itself once a minute: gauges for the metrics, alarms, the log's next partition."""

import threading

import structlog

from hub.log.entries import partition_ahead
from hub.run.hub import Hub
from hub.run.status import state
from schemas.errors import StoreUnavailable, StreamUnavailable

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
    if hub.settings.kafka_bootstrap_servers is not None:
        _look_at_streams(hub)
    with hub.database.transaction() as connection:
        partition_ahead(connection, hub.now())


def _look_at_streams(hub: Hub) -> None:
    """Raise an alarm for every partition with something to read that nobody reads."""
    from hub.run.stream_status import stream_state  # noqa: PLC0415 - an import that only who has Kafka should wait for

    try:
        found = stream_state(hub)
    except StreamUnavailable as error:
        log.warning("stream_unavailable", runner="housekeeping", error=str(error))
        return
    for each in found.partitions:
        still = each.seconds_since_advance is None or each.seconds_since_advance > hub.settings.watchdog_seconds
        if each.lag and still:
            log.error(
                "stream_lagging",
                group=each.group,
                topic=each.topic,
                partition=each.partition,
                owner=each.owner,
                lag=each.lag,
                waiting_seconds=each.waiting_seconds,
            )
