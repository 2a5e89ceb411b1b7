"""Events to the hub over Kafka, and its receipts back: what an agency's own program imports (docs/sending.md).

Events are in the outbox before they are sent, until the brokers have acknowledged them, and are sent again under the
same ids whenever nobody knows whether they were: nothing is lost, and the hub takes everything once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import repeat
from json import loads
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError, UnknownTopicOrPartitionError

from connectors.kafka_settings import check, reading, writing
from connectors.outbox import Acknowledged, Outbox, Put, Unsent
from connectors.receipt_records import ReceiptRecord, read_receipt_record
from connectors.receipts_reader import ReceiptsReader
from schemas.errors import StreamUnavailable
from schemas.receipts import Receipt, read_receipt
from schemas.topics import events_topic, receipts_topic

LARGEST_EVENT_BYTES = 1_000_000
"""What fits into a record beside its key and headers. The hub itself refuses much less."""

Progress = Callable[[int], None]
"""Called with the number of events that the brokers have just acknowledged."""

_HEADERS = [("content-type", b"application/cloudevents+json")]
_TOGETHER = 10_000
_TOGETHER_BYTES = 16 * 1024 * 1024
_FLUSH_SECONDS = 150.0  # a batch is given up after delivery_timeout_ms, so this is never waited for
_CLOSE_SECONDS = 5.0
_QUIET_SECONDS = 5.0
_PATIENCE_SECONDS = 30.0
_LOOK_AT = "check the address, the name and the password"
_ASK = "ask the hub's operator whether the agency is registered and `hub topics apply` was run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A receipt and where its event stood. A held event is answered again, under the same `number`."""

    number: int
    origin: str
    receipt: Receipt


class Publisher:
    """The door of one agency, for one thread of one program at a time; a context manager.

    `kafka` are settings of kafka-python's clients, `outbox` a file that is made when it is not there. Raises
    OutboxUnavailable, also while another program has the outbox, and Misconfigured.
    """

    def __init__(self, agency: str, kafka: Mapping[str, Any], outbox: Path) -> None:
        check(agency, kafka, (KafkaProducer, KafkaConsumer))
        self._agency, self._kafka = agency, kafka
        self._outbox = Outbox(outbox, agency)
        self._producer: KafkaProducer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the brokers and the outbox, which forgets the content of what was answered for good."""
        self._hang_up()
        self._outbox.close()

    @property
    def unsent(self) -> int:
        """How many events wait to be sent."""
        return self._outbox.count_unsent()

    @property
    def waiting(self) -> int:
        """How many events were sent and have no receipt."""
        return self._outbox.count_waiting()

    def put(self, events: Iterable[bytes], origins: Iterable[str] = repeat(""), *, again: bool = False) -> Put:
        """Write events, each the JSON of one CloudEvent, into the outbox, all or none; `send` sends them.

        What is there already is not put twice. `again`: what was answered is to be sent once more as it is.
        `origins` say where each stands, and are told with its answer. Raises ValueError for an event too large to send.
        """
        return self._outbox.put(_fitting(events, origins), again=again)

    def send(self, progress: Progress = lambda _: None, *, again: bool = False) -> int:
        """Send everything unsent in the order in which it was put, and return how many events that were.

        `again`: also what was sent and has no receipt. Raises StreamUnavailable when the brokers did not acknowledge
        something; that stays unsent, and the outbox knows of the rest.
        """
        if again:
            self._outbox.send_waiting_again()
        sent = 0
        while rows := self._outbox.unsent(most=_TOGETHER, size=_TOGETHER_BYTES):
            producer = self._connected()
            self._outbox.attempt(rows)
            acknowledged, error = _sent(producer, events_topic(self._agency), rows)
            progress(len(acknowledged))
            self._outbox.acknowledge(acknowledged)
            sent += len(acknowledged)
            if len(acknowledged) < len(rows):
                self._hang_up()
                raise self._not_acknowledged(len(rows) - len(acknowledged), error)
        return sent

    def receipts(self, wait_seconds: float = 0.0) -> Iterator[Answer]:
        """What the hub has answered and nobody was told, until nothing waits any more or the time is over.

        Every answer is told at least once. What the hub had taken before it does not answer again: when nothing else
        waits, its first answer stands. Raises StreamUnavailable when receipts cannot be read.
        """
        yield from self._untold()
        with self._reading() as reader:
            begun = heard = monotonic()
            while True:
                if records := reader.poll():
                    self._outbox.settle(self._read(records), reader.read_to)
                    yield from self._untold()
                    heard = monotonic()
                elif not reader.is_at_the_end:
                    self._be_patient(monotonic() - heard)
                elif not self._outbox.count_waiting() or monotonic() - begun >= wait_seconds:
                    return
                elif monotonic() - heard >= _QUIET_SECONDS and not self._outbox.waits_for_a_first_answer():
                    self._outbox.let_first_answers_stand()
                    yield from self._untold()
                    return

    def _read(self, records: Iterable[Any]) -> list[ReceiptRecord]:  # records of kafka-python, which has no types
        topic = events_topic(self._agency)
        read = (read_receipt_record(each.headers, each.value, topic) for each in records)
        return [each for each in read if each is not None]

    def _untold(self) -> Iterator[Answer]:
        while listed := self._outbox.untold():
            for row in listed:
                receipt = replace(read_receipt(loads(row.receipt)), status=row.status)
                yield Answer(number=row.place, origin=row.origin, receipt=receipt)
            self._outbox.mark_told(listed)

    def _be_patient(self, seconds: float) -> None:
        if seconds > _PATIENCE_SECONDS:
            message = f"expected receipts from {self._brokers}, found no answer for {seconds:.0f} s; try again later"
            raise StreamUnavailable(message)

    def _connected(self) -> KafkaProducer:
        """The producer, made on first use and after a failure, when it has found the topic."""
        if self._producer is None:
            with self._expecting("a Kafka broker that lets us in", _LOOK_AT):
                self._producer = KafkaProducer(**writing(self._kafka, KafkaProducer))
        topic = events_topic(self._agency)
        with self._expecting(f"the topic {topic} to write to", _ASK):
            self._producer.partitions_for(topic)
        return self._producer

    @contextmanager
    def _reading(self) -> Iterator[ReceiptsReader]:
        topic = receipts_topic(self._agency)
        with self._expecting("a Kafka broker that lets us in", _LOOK_AT):
            consumer = KafkaConsumer(**reading(self._kafka, KafkaConsumer))
        with closing(consumer), self._expecting(f"the topic {topic} to read from", _ASK):
            places = [TopicPartition(topic, each) for each in sorted(consumer.partitions_for_topic(topic))]
            if not places:
                raise UnknownTopicOrPartitionError
            yield ReceiptsReader(consumer, places, self._outbox.read_to())

    @contextmanager
    def _expecting(self, what: str, action: str) -> Iterator[None]:
        try:
            yield
        except KafkaError as error:
            self._hang_up()
            message = f"expected {what} at {self._brokers}, found {type(error).__name__}; {action}"
            raise StreamUnavailable(message) from error

    def _not_acknowledged(self, unsent: int, error: KafkaError | None) -> StreamUnavailable:
        found = "no answer" if error is None else type(error).__name__
        message = (
            f"expected {self._brokers} to acknowledge every event, found {found} for {unsent} of them;"
            " they stay in the outbox: send again"
        )
        return StreamUnavailable(message)

    @property
    def _brokers(self) -> str:
        servers = self._kafka.get("bootstrap_servers", KafkaProducer.DEFAULT_CONFIG["bootstrap_servers"])
        return servers if isinstance(servers, str) else ",".join(servers)

    def _hang_up(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):
                producer.close(timeout=_CLOSE_SECONDS)


def _fitting(events: Iterable[bytes], origins: Iterable[str]) -> Iterator[tuple[bytes, str]]:
    for value, origin in zip(events, origins, strict=False):
        if len(value) > LARGEST_EVENT_BYTES:
            message = (
                f"expected events of at most {LARGEST_EVENT_BYTES} bytes, found one of {len(value)}; nothing was put"
            )
            raise ValueError(message)
        yield value, origin


def _sent(producer: KafkaProducer, topic: str, rows: Sequence[Unsent]) -> tuple[list[Acknowledged], KafkaError | None]:
    """What the brokers have acknowledged, and what stood against the first of the others.

    Every future is asked: flushing tells of no failure.
    """
    futures = []
    error: KafkaError | None = None
    try:
        for row in rows:
            future = producer.send(topic, row.value, row.key, _HEADERS)
            futures.append((row.place, future))
    except KafkaError as failed:
        error = failed
    with suppress(KafkaError):
        producer.flush(timeout=_FLUSH_SECONDS)
    acknowledged = [
        Acknowledged(place, future.value.partition, future.value.offset)
        for place, future in futures
        if future.succeeded()
    ]
    failures = (future.exception for _, future in futures if future.failed())
    return acknowledged, next(failures, error)
