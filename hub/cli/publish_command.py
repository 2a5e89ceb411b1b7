"""`hub publish`: files to the hub over Kafka, from wherever the agency is, without a database, and the hub's receipts."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress

from connectors.kafka_publisher import LARGEST_EVENT_BYTES, Answer, Publisher
from hub import telemetry
from hub.cli.agency_files import agency_files, count_lines
from hub.cli.output import AsJson, console, print_json, progress_bar
from hub.cli.refusals import Refused, print_refused, refused_json
from hub.cli.topics_command import kafka_settings
from hub.run.importing import AgencyFile
from hub.run.ingest import cloudevents_bytes
from hub.run.one_core import one_core
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


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("publish")(publish_command)


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


def publish_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files, or folders of files in the order of their names; none: what waits in the outbox."),
    ] = None,
    outbox: Annotated[
        Path | None,
        typer.Option(
            help="The file in which events wait until they are answered; HUB_DATA_DIR/outbox/AGENCY.sqlite unless given."
        ),
    ] = None,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for receipts.")] = 30.0,
    *,
    agency: Annotated[str, typer.Option(help="Code of the agency that sends.")],
    no_wait: Annotated[bool, typer.Option("--no-wait", help="Do not read receipts.")] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help="Send these files again whatever was answered, and all that has no receipt."),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when something was rejected, for scripts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send files to the hub over Kafka and tell its receipts; repeating it does no harm, and needs no files.

    Exits 1 when the broker did not take everything: what it did not take waits in the outbox.
    """
    settings = kafka_settings()
    telemetry.configure(settings)
    logging.getLogger("kafka").setLevel(
        logging.CRITICAL
    )  # what it says of a broker that is away, the answer says better
    outcome = Outcome()
    files = _files(paths or [], agency, outcome)
    path = outbox or settings.data_dir / "outbox" / f"{agency}.sqlite"
    with (
        one_core(),
        Publisher(agency, client_settings(settings), path) as publisher,
        progress_bar(quiet=as_json) as bar,
    ):
        _put(publisher, files, outcome, bar, again=again)
        _send(publisher, outcome, bar, again=again)
        if outcome.failure is None and not no_wait:
            _read(publisher, outcome, bar, wait)
        outcome.statuses.update(waiting=publisher.waiting, unsent=publisher.unsent)
    if as_json:
        print_json(_as_json(outcome, path))
    else:
        _print(outcome, path, agency)
    if outcome.failure is not None:
        raise outcome.failure
    if strict and outcome.statuses["rejected"]:
        raise typer.Exit(1)


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


def _as_json(outcome: Outcome, path: Path) -> JsonObject:
    return {
        "deliveries": outcome.statuses.total(),
        **{status: outcome.statuses[status] for status in (*_ANSWERED, *_OPEN)},
        "by_reason": dict(sorted((+outcome.reasons).items())),
        "warnings": outcome.warnings,
        "refused": refused_json([stated for _, stated in outcome.refused.values()]),
        "outbox": str(path),
    }


def _print(outcome: Outcome, path: Path, agency: str) -> None:
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
