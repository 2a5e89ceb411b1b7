"""Files through the front door: JSON Lines and batch files of CloudEvents, chunk by chunk, repeatable without harm."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import sleep
from typing import TypeVar

import structlog

from hub.intake.reading import CallRefused, Content, Delivery, Unreadable, read_batch, read_record
from hub.intake.strict_json import StrictJson, TextRefusedError
from hub.personal_numbers import redacted
from hub.run.hub import Hub
from hub.run.steps import Batch, examined, rehearse, take
from schemas.errors import StoreUnavailable
from schemas.receipts import Receipt, Status

log = structlog.get_logger(__name__)

T = TypeVar("T")

CHUNK = 2000
_ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.5
_WITH_REASON = (Status.HELD, Status.REJECTED)

Progress = Callable[[int], None]
"""Called with the number of deliveries that were just answered."""


@dataclass(slots=True)
class Tally:
    """What became of deliveries: counts per status, and the first reasons and answers of those held or rejected."""

    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, Receipt]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def add(self, deliveries: Sequence[Delivery], receipts: Sequence[Receipt]) -> None:
        """Count the receipts of some deliveries."""
        self.statuses.update(str(receipt.status) for receipt in receipts)
        for delivery, receipt in zip(deliveries, receipts, strict=True):
            if receipt.status in _WITH_REASON:
                self.reasons[receipt.problems[0].reason] += 1
                self.refused.append((delivery.locator, receipt))


def ingest(hub: Hub, deliveries: Iterable[Delivery], tally: Tally, progress: Progress, *, dry: bool = False) -> None:
    """Send deliveries in chunks of one transaction each. Raises StoreUnavailable when the database stays away."""
    for chunk, batch in _one_ahead(_batches(hub, deliveries)):
        receipts = rehearse(hub, batch) if dry else _taken(hub, batch)
        tally.add(chunk, receipts)
        progress(len(chunk))


def _batches(hub: Hub, deliveries: Iterable[Delivery]) -> Iterator[tuple[Sequence[Delivery], Batch]]:
    stream = iter(deliveries)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk, examined(hub, chunk)


def _one_ahead(items: Iterator[T]) -> Iterator[T]:
    """The items, each made while the one before it is used: reading and examining do not wait for the database."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="one-ahead") as maker:
        coming = maker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, items, None)
            yield item


def cloudevents_bytes(path: Path) -> Iterator[tuple[str, bytes]]:
    """The events of a file as they stand there, each with its locator, for another way than the front door."""
    name = tellable_locator(path)
    if path.suffix == ".json":
        for place, piece in enumerate(_pieces(path.read_bytes())):
            yield f"{name}#{place}", piece
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield f"{name}:{number}", line.rstrip(b"\r\n")


def _pieces(body: bytes) -> Sequence[bytes]:
    """The elements of a batch file as they stand there; what is no JSON array stands for itself."""
    reader = StrictJson()
    try:
        text = body.decode()
        listed = isinstance(reader.parse(text)[0], list)
    except (UnicodeDecodeError, TextRefusedError):
        return [body]
    return [piece.encode() for _, piece in reader.elements(text)] if listed else [body]


def cloudevents_file(hub: Hub, path: Path, agency: str) -> Iterator[Delivery]:
    """The deliveries of a file: `.json` holds one batch array or one event, anything else is JSON Lines."""
    if path.suffix != ".json":
        for locator, line in cloudevents_bytes(path):
            yield delivery(hub, agency, locator, read_record(line))
        return
    for place, content in enumerate(_batch(path.read_bytes())):
        yield delivery(hub, agency, f"{tellable_locator(path)}#{place}", content)


def _batch(body: bytes) -> Sequence[Content]:
    """The elements of a batch file. One that is refused whole is one unreadable delivery, so that it too gets a receipt."""
    contents = read_batch(body)
    if not isinstance(contents, CallRefused):
        return contents
    if contents.problem.reason == "batch_not_an_array":
        return [read_record(body)]
    return [Unreadable(problems=(contents.problem,), raw=body)]


def delivery(hub: Hub, agency: str, locator: str, content: Content, *, channel: str = "file") -> Delivery:
    """A delivery from a file, received now."""
    return Delivery(agency=agency, channel=channel, locator=locator, received_at=hub.now(), content=content)


def tellable_locator(path: Path) -> str:
    """The name of a file for a locator. Files are sometimes named after a person: the locator is not."""
    return redacted(path.name)


def _taken(hub: Hub, batch: Batch) -> list[Receipt]:
    """Take, waiting out a database that is away for a while: what was recorded already answers `duplicate`."""
    for attempt in range(_ATTEMPTS):
        try:
            return take(hub, batch)
        except StoreUnavailable:
            if attempt == _ATTEMPTS - 1:
                raise
            log.warning("store_unavailable", attempt=attempt + 1)
            sleep(_FIRST_PAUSE_SECONDS * 2**attempt)
    raise StoreUnavailable
