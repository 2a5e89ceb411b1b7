"""The intake worker's work: what agencies publish goes through the front door, with its receipts and its position at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog

from hub.intake.reading import Content, Delivery, Parsed, Unreadable
from hub.intake.records import read_kafka_record
from hub.run.hub import Hub
from hub.run.ingest import CHUNK
from hub.run.steps import Batch, examined, take
from hub.run.worker import INTAKE_GROUP, Record, Work
from hub.store.register import agencies
from hub.store.streams import Claim, Moves, Partition, move
from schemas.errors import HubError, TooManyParked
from schemas.reasons import problem
from schemas.receipts import Problem
from schemas.topics import events_topic

log = structlog.get_logger(__name__)

CHANNEL = "kafka"
_A_FEW = 10


@dataclass(frozen=True, slots=True)
class Prepared:
    """Deliveries with partition and offset, and what is known of them; None: a fault of ours, take each alone."""

    read: Sequence[tuple[Partition, int, Delivery]]
    batch: Batch | None


@dataclass(slots=True)
class _Faults:
    """The deliveries of one batch that met a fault of ours: a few are set aside, more are the release's fault."""

    count: int = 0

    def meet(self, locator: str, error: Exception) -> Problem:
        """What to tell the sender. Raises TooManyParked."""
        self.count += 1
        if self.count > _A_FEW:
            message = f"expected at most {_A_FEW} deliveries of a batch to meet a fault, found more up to {locator}"
            raise TooManyParked(message) from error
        log.error("delivery_failed", locator=locator, exc_info=error)
        return problem("hub_fault", None, found=type(error).__name__)


@dataclass(frozen=True, slots=True)
class IntakeSink:
    """Receives what is published to the agencies' topics; whose topic it is, says who sends."""

    hub: Hub
    agency_of: Mapping[str, str]

    @property
    def group(self) -> str:
        """The consumer group (SURFACE 5)."""
        return INTAKE_GROUP

    @property
    def topics(self) -> Sequence[str]:
        """An explicit list: an agency that joins is read after a rolling restart (DESIGN 10)."""
        return sorted(self.agency_of)

    @property
    def batch(self) -> int:
        """As many as from a file."""
        return CHUNK

    @property
    def contiguous(self) -> bool:
        """An agency's client may use transactions, whose markers take offsets."""
        return False

    def prepare(self, work: Work) -> Prepared:
        """Read and examine."""
        now, faults = self.hub.now(), _Faults()
        read = [
            (
                partition,
                record.offset,
                Delivery(
                    agency=self.agency_of[partition.topic],
                    channel=CHANNEL,
                    locator=(locator := f"{partition.topic}/{partition.part}/{record.offset}"),
                    received_at=now,
                    content=_content(record, locator, faults),
                ),
            )
            for partition, records in work.items()
            for record in records
        ]
        try:
            return Prepared(read, examined(self.hub, [delivery for _, _, delivery in read]))
        except HubError:
            raise
        except Exception:  # a fault of ours: `write` finds out whose delivery meets it
            log.exception("examining_failed", group=self.group, count=len(read))
            return Prepared(read, None)

    def write(self, prepared: Any, moves: Moves) -> None:  # Prepared
        """Decide and record; a batch that was committed before without our knowing is left as it is.

        A fault of ours harms the delivery that meets it and no other's: it goes to the quarantine, with its receipt.
        """
        if prepared.batch is not None:
            try:
                self._take(prepared.batch, moves)
            except HubError:
                raise
            except Exception:  # nothing of it was recorded
                log.exception("batch_failed", group=self.group, count=len(prepared.read))
            else:
                return
        self._take_each(prepared.read, moves)

    def _take(self, batch: Batch, moves: Moves) -> None:
        take(self.hub, batch, begin=lambda connection: move(connection, self.group, moves))

    def _take_each(self, read: Sequence[tuple[Partition, int, Delivery]], moves: Moves) -> None:
        """Raises TooManyParked when the fault lies in the release and not in a few deliveries."""
        at = {partition: begins for partition, (begins, _) in moves.items()}
        faults = _Faults()
        for partition, offset, delivery in read:
            step = {partition: (at[partition], offset + 1)}
            try:
                self._take(examined(self.hub, [delivery]), step)
            except HubError:
                raise
            except Exception as error:  # noqa: BLE001  # told, counted, and answered
                fault = faults.meet(delivery.locator, error)
                self._take(examined(self.hub, [_set_aside(delivery, fault)]), step)
            at[partition] = Claim(offset + 1, at[partition].epoch)


def _content(record: Record, locator: str, faults: _Faults) -> Content:
    """What a record holds. One that our reading stumbles over is set aside alone."""
    try:
        return read_kafka_record(record.headers, record.value)
    except Exception as error:  # noqa: BLE001  # told, counted, and answered
        return Unreadable(problems=(faults.meet(locator, error),), raw=record.value or b"")


def _set_aside(delivery: Delivery, fault: Problem) -> Delivery:
    """The delivery as one that is refused for a fault of ours, kept whole."""
    content = delivery.content
    body = content.body
    raw = orjson.dumps(body) if isinstance(content, Parsed) else content.raw
    return Delivery(
        agency=delivery.agency,
        channel=delivery.channel,
        locator=delivery.locator,
        received_at=delivery.received_at,
        content=Unreadable(problems=(fault,), raw=raw, body=body),
    )


def intake_sink(hub: Hub) -> IntakeSink:
    """For every agency of the register."""
    with hub.database.transaction() as connection:
        return IntakeSink(hub, {events_topic(agency.code): agency.code for agency in agencies(connection)})
