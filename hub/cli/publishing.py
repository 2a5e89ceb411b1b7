"""What `hub publish` does: files into the outbox, from there to the brokers, and receipts back."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from rich.markup import escape
from rich.progress import Progress

from connectors.kafka_publisher import LARGEST_EVENT_BYTES, Answer, Publisher
from hub.cli.agency_files import agency_files, count_lines
from hub.cli.output import console, progress_bar
from hub.cli.refusals import Refused, print_refused, refused_json
from hub.run.importing import AgencyFile
from hub.run.ingest import cloudevents_bytes
from hub.run.one_core import one_core
from hub.settings import Settings
from hub.streams.admin import client_settings
from schemas.errors import StreamUnavailable
from schemas.event_type import JsonObject
from schemas.reasons import problem
from schemas.receipts import Status

_TOGETHER = 5_000
_REFUSED = (Status.HELD, Status.REJECTED)
_ANSWERED = ("accepted", "duplicate", "held", "rejected")
_OPEN = ("waiting", "unsent")
_WORDS = {"waiting": "without receipt", "unsent": "not sent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How to publish. `wait`: seconds to read receipts for; None: not at all."""

    agency: str
    wait: float | None
    again: bool
    quiet: bool


@dataclass(slots=True)
class Outcome:
    """What became of events: counts by status, the first reasons, and those that were held or rejected by their number."""

    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    refused: dict[int, tuple[Status, Refused]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    failure: StreamUnavailable | None = None

    def add(self, number: int, status: Status, stated: Refused) -> None:
        """Count an answer, instead of an earlier one about the same event."""
        earlier = self.refused.pop(number, None)
        if earlier is not None:
            self.statuses[earlier[0]] -= 1
            self.reasons[earlier[1].problems[0].reason] -= 1
        self.statuses[status] += 1
        if status in _REFUSED:
            self.refused[number] = status, stated
            self.reasons[stated.problems[0].reason] += 1


def publish(settings: Settings, paths: Sequence[Path], path: Path, asked: Asked) -> Outcome:
    """Put what files hold into the outbox at `path`, send what waits there, and read receipts for a while."""
    logging.getLogger("kafka").setLevel(
        logging.CRITICAL
    )  # what it says of a broker that is away, the answer says better
    outcome = Outcome()
    files = _files(paths, asked.agency, outcome)
    with (
        one_core(),
        Publisher(asked.agency, client_settings(settings), path) as publisher,
        progress_bar(quiet=asked.quiet) as bar,
    ):
        _put(publisher, files, outcome, bar, again=asked.again)
        _send(publisher, outcome, bar, again=asked.again)
        if outcome.failure is None and asked.wait is not None:
            _read(publisher, outcome, bar, asked.wait)
        outcome.statuses.update(waiting=publisher.waiting, unsent=publisher.unsent)
    return outcome


def _files(paths: Sequence[Path], agency: str, outcome: Outcome) -> list[AgencyFile]:
    """The files of events. A list is compared with the one before, which the hub remembers and a sender does not."""
    listed = [file for path in paths for file in agency_files(path, agency, "cloudevents")]
    events = [file for file in listed if file.mapping is None and file.path.suffix != ".csv"]
    if left := len(listed) - len(events):
        outcome.warnings.append(f"{left} exported lists were left out: send them where the hub runs, with hub ingest")
    return events


def _put(publisher: Publisher, files: Sequence[AgencyFile], outcome: Outcome, bar: Progress, *, again: bool) -> None:
    """Everything into the outbox, so that it is safe before the first of it is sent."""
    if not files:
        return
    task = bar.add_task("put in the outbox", total=count_lines(files))
    fitting = _fitting(files, outcome)
    while chunk := list(islice(fitting, _TOGETHER)):
        put = publisher.put([event for _, event in chunk], [locator for locator, _ in chunk], again=again)
        outcome.statuses["duplicate"] += put.duplicates
        bar.advance(task, len(chunk))
    bar.update(task, total=bar.tasks[task].completed)


def _fitting(files: Sequence[AgencyFile], outcome: Outcome) -> Iterator[tuple[str, bytes]]:
    """The events that a record can hold; the others are refused here, as the hub would refuse them."""
    too_large = 0
    for file in files:
        for locator, event in cloudevents_bytes(file.path):
            if len(event) <= LARGEST_EVENT_BYTES:
                yield locator, event
                continue
            too_large += 1
            found = problem("event_too_large", None, found=f"{len(event)} bytes")
            outcome.add(-too_large, Status.REJECTED, Refused(locator, None, None, (found,)))


def _send(publisher: Publisher, outcome: Outcome, bar: Progress, *, again: bool) -> None:
    task = bar.add_task("acknowledged by Kafka", total=publisher.unsent or None)
    try:
        publisher.send(lambda count: bar.advance(task, count), again=again)
    except StreamUnavailable as error:
        outcome.failure = error
    bar.update(task, total=bar.tasks[task].completed)


def _read(publisher: Publisher, outcome: Outcome, bar: Progress, wait: float) -> None:
    task = bar.add_task("answered by the hub", total=publisher.waiting or None)
    try:
        for answer in publisher.receipts(wait):
            outcome.add(answer.number, answer.receipt.status, _refused(answer))
            bar.advance(task)
    except StreamUnavailable as error:
        outcome.warnings.append(f"The receipts could not be read: {error}")


def _refused(answer: Answer) -> Refused:
    receipt = answer.receipt
    return Refused(answer.origin, receipt.receipt_id, receipt.id, receipt.problems)


def outcome_json(outcome: Outcome, path: Path) -> JsonObject:
    """For machines, in the words of `hub ingest --json`."""
    return {
        "deliveries": outcome.statuses.total(),
        **{status: outcome.statuses[status] for status in (*_ANSWERED, *_OPEN)},
        "by_reason": dict(sorted((+outcome.reasons).items())),
        "warnings": outcome.warnings,
        "refused": refused_json([stated for _, stated in outcome.refused.values()]),
        "outbox": str(path),
    }


def print_outcome(outcome: Outcome, path: Path, agency: str) -> None:
    """For people: counts, what was refused and why, and what to do about what is open."""
    waiting, unsent, rejected = (outcome.statuses[status] for status in ("waiting", "unsent", "rejected"))
    told = [*_ANSWERED, *(status for status in _OPEN if outcome.statuses[status])]
    counts = ", ".join(f"{outcome.statuses[status]} {_WORDS.get(status, status)}" for status in told)
    console.print(f"{outcome.statuses.total()} deliveries: {counts}")
    for warning in outcome.warnings:
        console.print(f"[yellow]{escape(warning)}[/]")
    if outcome.refused or not waiting + unsent:
        print_refused([stated for _, stated in outcome.refused.values()], "the same command with --json")
    if rejected:
        console.print("Mend what was rejected and publish it under the same id; --again sends it as it is.")
    if waiting:
        console.print(
            f"{waiting} are with Kafka and have no receipt. Is a `hub worker intake` running at the hub?"
            f" Read on later with: hub publish --agency {agency}"
        )
    if unsent:
        console.print(f"Nothing is lost: {unsent} wait in {path}. Send them later with: hub publish --agency {agency}")
