"""The demo as a region runs it: agencies publish to a real Kafka broker, workers receive and project, PostgreSQL holds the truth."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from time import sleep

from connectors.outgoing import read_outgoing
from hub.run.hub import Hub
from hub.run.importing import AgencyFile, final_statuses, send_files, statuses_over_kafka, wait_until_visible
from hub.run.ingest import Tally, cloudevents_bytes
from hub.run.stream_check import held
from hub.run.worker import INTAKE_GROUP
from hub.settings import Settings, environment_of
from hub.store.database import rows
from hub.store.register import agencies
from hub.streams.admin import layout_of, mend, open_admin, read_layout
from hub.streams.broker import Broker, fetch_jars
from hub.streams.looking import ends
from hub.streams.plan import differences
from hub.streams.sending import Message, Sender, open_sender
from schemas.errors import HubError
from schemas.topics import CANONICAL, events_topic

_KINDS = ("intake", "projections")
_LOOK_SECONDS = 0.02
_STOP_SECONDS = 15.0
_TOGETHER = 2000
_HEADERS = (("content-type", b"application/cloudevents+json"),)


@contextmanager
def broker(settings: Settings) -> Iterator[Settings]:
    """The settings with a broker: the configured one, or one of our own in the data directory, stopped afterwards."""
    if settings.kafka_bootstrap_servers is not None:
        yield settings
        return
    own = Broker(settings.data_dir.absolute() / "kafka", fetch_jars(settings.data_dir))
    own.start()
    try:
        yield settings.model_copy(update={"kafka_bootstrap_servers": own.address})
    finally:
        own.stop()


@contextmanager
def workers(hub: Hub, failures: list[str]) -> Iterator["Workers"]:
    """One worker of each kind as a process of its own, on the hub's database, until the block ends."""
    with hub.database.transaction() as connection:
        wanted = layout_of(hub.settings, [agency.code for agency in agencies(connection)])
    with open_admin(hub.settings) as admin:
        mend(admin, hub.settings, wanted, differences(wanted, read_layout(admin, hub.settings, wanted)))
    url = hub.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    settings = hub.settings.model_copy(update={"database_url": url, "data_dir": hub.settings.data_dir.absolute()})
    started = Workers([_started(settings, kind) for kind in _KINDS], failures)
    try:
        yield started
    finally:
        started.stop()


@dataclass(frozen=True, slots=True)
class Workers:
    """The demo's workers; one that ends is told in `failures`."""

    processes: "Sequence[subprocess.Popen[bytes]]"
    failures: list[str]

    def look(self) -> None:
        """Raise HubError when one has ended: here nobody starts it anew."""
        for kind, process in zip(_KINDS, self.processes, strict=True):
            if process.poll() is not None:
                message = f"expected the {kind} worker to work, found that it has ended with {process.returncode}; see its log in kafka/"
                self.failures.append(message)
                raise HubError(message)

    def stop(self) -> None:
        """End them, as a supervisor does."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def send_over_kafka(
    hub: Hub, files: Sequence[AgencyFile], progress: Callable[[int], None], running: Workers
) -> tuple[Counter[str], Counter[str]]:
    """Publish what agencies publish, one file after the other, lists through the front door, until all is visible.

    Counts by final status and by reason. Raises HubError unless participant.events then holds exactly the accepted events.
    """
    tally = Tally()
    published = 0
    before, reasons_before = statuses_over_kafka(hub)
    with open_sender(hub.settings) as sender:
        for file in files:
            if file.mapping is not None:
                send_files(hub, [file], tally, progress)
                continue
            published += _publish(sender, file, progress)
            _wait_until_received(hub, events_topic(file.agency), running)
    wait_until_visible(hub, running.failures)
    _need_exactly_the_log(hub)
    listed, listed_reasons = final_statuses(hub, tally)
    statuses, reasons = statuses_over_kafka(hub)
    statuses, reasons = statuses - before, reasons - reasons_before
    statuses["duplicate"] += published - statuses.total()
    return statuses + listed, reasons + listed_reasons


def _need_exactly_the_log(hub: Hub) -> None:
    """Raise HubError unless participant.events holds exactly the accepted events."""
    found = held(hub)
    if not found.exact:
        message = (
            f"expected {CANONICAL} to hold exactly the accepted events, found {found.missing} missing, {found.foreign} of"
            f" others and {found.misplaced} out of place beside {found.entries}; the demo needs a broker without another hub's topics"
        )
        raise HubError(message)


def _started(settings: Settings, kind: str) -> "subprocess.Popen[bytes]":
    log = settings.data_dir / "kafka"
    log.mkdir(exist_ok=True)
    with (log / f"{kind}.log").open("ab") as output:
        return subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "hub.cli.main", "worker", kind],
            env=environment_of(settings),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _publish(sender: Sender, file: AgencyFile, progress: Callable[[int], None]) -> int:
    secret = sha256(file.agency.encode()).digest()  # of the demo's sender alone
    events = [event for _, event in cloudevents_bytes(file.path)]
    for place in range(0, len(events), _TOGETHER):
        together = events[place : place + _TOGETHER]
        sender.send(
            Message(
                topic=events_topic(file.agency), key=read_outgoing(event, secret).key, value=event, headers=_HEADERS
            )
            for event in together
        )
        progress(len(together))
    return len(events)


def _wait_until_received(hub: Hub, topic: str, running: Workers) -> None:
    """Return when every record of a topic has been received."""
    parts = [(topic, part) for part in range(hub.settings.kafka_agency_partitions)]
    goals = ends(hub.settings, parts)
    while True:
        with hub.database.transaction() as connection:
            reached = dict(
                rows(
                    connection,
                    "SELECT part, next_offset FROM stream_position WHERE stream_group = %s AND topic = %s",
                    (INTAKE_GROUP, topic),
                )
            )
        if all(reached.get(part, 0) >= goal for (_, part), goal in goals.items()):
            return
        running.look()
        sleep(_LOOK_SECONDS)
