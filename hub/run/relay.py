"""The relay: what the hub has recorded goes to Kafka, entries to the workers and receipts to their senders.

It may be killed anywhere: what it has sent and not yet noted is sent again, in the same order, and known by its position.
One relay leads (Runner); a late one that still sends does no harm, and its note of it meets another position.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import orjson
import structlog

from hub.log.entries import position_of_head
from hub.log.records import Record, last_positions, read_records
from hub.run.answers import receipt_json
from hub.run.hub import Hub
from hub.store.database import execute, rows
from hub.store.receipts import Streamed, note_streamed, streamed_receipts
from hub.store.register import agencies
from hub.streams.sending import WHOLE_BYTES, Message, Sender, TopicState, canonical_topic, open_sender, topic_states
from schemas.errors import Misconfigured, PositionTaken, StreamUnavailable
from schemas.topics import CANONICAL, receipts_topic
from schemas.vocabulary import Position

log = structlog.get_logger(__name__)

_BATCH = 2000
_RECEIPTS = 1000
_LOOK_SECONDS = 60.0
LOCATOR = "locator"


@dataclass(slots=True)
class _Sent:
    """What has been sent, by the topic that it was sent to."""

    topic: TopicState
    position: Position
    last: dict[int, Position]


@dataclass(slots=True)
class Relay:
    """Sending what is recorded to Kafka."""

    hub: Hub
    _sender: Sender | None = None
    _sent: _Sent | None = field(default=None)
    _answered: frozenset[str] = frozenset()  # agencies that have a topic for their receipts
    _look_at: float = 0.0

    @property
    def name(self) -> str:
        """The name of its lock."""
        return "relay"

    @contextmanager
    def led(self) -> Iterator[None]:
        """A producer, and where its predecessor had come. Raises Misconfigured where the topic is not there."""
        self._sent = self._begin(canonical_topic(self.hub.settings))
        with open_sender(self.hub.settings) as self._sender:
            yield

    def step(self) -> bool:
        """Send the next entries and receipts, and note it; whether that was all."""
        if self._sender is None or self._sent is None:
            message = "expected to lead before a step"
            raise RuntimeError(message)
        entries = self._send_entries(self._sender, self._sent)
        receipts = self._send_receipts(self._sender)
        return entries < _BATCH and receipts < _RECEIPTS

    def lag(self) -> int:
        """How many entries are not in the topic yet."""
        with self.hub.database.transaction() as connection:
            sent = rows(connection, "SELECT position FROM relay_position")[0][0]
            return position_of_head(connection) - int(sent)

    def _begin(self, topic: TopicState) -> _Sent:
        """Where to go on. A topic that was made anew is filled from the beginning of the log."""
        with self.hub.database.transaction() as connection:
            topic_id, partitions, position = rows(
                connection, "SELECT topic_id, partitions, position FROM relay_position FOR UPDATE"
            )[0]
            if topic_id == topic.topic_id and partitions != topic.partitions:
                message = (
                    f"expected {partitions} partitions of {CANONICAL}, found {topic.partitions}; the number of a keyed"
                    " topic must not be raised: delete the topic, run hub topics apply, and start the workers anew"
                )
                raise Misconfigured(message)
            if topic_id != topic.topic_id:
                log.warning("relay_begins_a_new_topic", topic=CANONICAL, partitions=topic.partitions)
                position = 0
                execute(
                    connection,
                    "UPDATE relay_position SET topic_id = %s, partitions = %s, position = 0",
                    (topic.topic_id, topic.partitions),
                )
            return _Sent(topic, Position(position), last_positions(connection, Position(position), topic.partitions))

    def _send_entries(self, sender: Sender, sent: _Sent) -> int:
        with self.hub.database.transaction() as connection:
            read = read_records(connection, self.hub.ring, sent.position, sent.last, sent.topic.partitions, _BATCH)
        records = read[: _whole(read)]
        if not records:
            return 0
        self.hub.failpoints.reach("relay_before_send")
        sender.send(
            Message(
                topic=CANONICAL,
                partition=record.partition,
                key=record.key,
                value=record.value,
                headers=record.headers,
            )
            for record in records
        )
        self.hub.failpoints.reach("relay_after_send")
        self._note(sent, records)
        self.hub.failpoints.reach("relay_after_note")
        return len(records) if len(records) == len(read) else _BATCH

    def _note(self, sent: _Sent, records: Sequence[Record]) -> None:
        """Raises PositionTaken when another relay has gone on meanwhile."""
        with self.hub.database.transaction() as connection:
            changed = execute(
                connection,
                "UPDATE relay_position SET position = %s WHERE topic_id = %s AND position = %s",
                (records[-1].position, sent.topic.topic_id, sent.position),
            )
            if changed != 1:
                message = f"expected the relay at position {sent.position}, found another; another relay moved it"
                raise PositionTaken(message)
        sent.position = records[-1].position
        sent.last |= {record.partition: record.position for record in records}

    def _send_receipts(self, sender: Sender) -> int:
        """What became of deliveries over Kafka, to whom they came from, in the order in which it was decided.

        An agency whose topic does not take them keeps nothing from others; it is tried again after a while.
        """
        self._look()
        with self.hub.database.transaction() as connection:
            found = streamed_receipts(connection, self._answered, _RECEIPTS)
        if found and not self._told(sender, found):
            for agency in sorted({each.agency for each in found}):
                if not self._told(sender, [each for each in found if each.agency == agency]):
                    self._answered -= {agency}
        return len(found)

    def _told(self, sender: Sender, receipts: Sequence[Streamed]) -> bool:
        """Whether the brokers have all of these, which is noted then."""
        try:
            sender.send(
                Message(
                    topic=receipts_topic(each.agency),
                    key=str(each.receipt.receipt_id).encode(),
                    value=orjson.dumps(receipt_json(each.receipt)),
                    headers=[(LOCATOR, each.locator.encode())],
                )
                for each in receipts
            )
        except StreamUnavailable as error:
            log.warning("receipts_not_sent", agencies=sorted({each.agency for each in receipts}), error=str(error))
            return False
        with self.hub.database.transaction() as connection:
            note_streamed(connection, {each.agency: each.cursor for each in receipts})
        return True

    def _look(self) -> None:
        """Which agencies have a topic for their receipts: some join, and some never send over Kafka."""
        if monotonic() < self._look_at:
            return
        with self.hub.database.transaction() as connection:
            topics = {receipts_topic(agency.code): agency.code for agency in agencies(connection)}
        self._answered = frozenset(topics[name] for name in topic_states(self.hub.settings, topics))
        self._look_at = monotonic() + _LOOK_SECONDS


def _whole(records: Sequence[Record]) -> int:
    """How many of the first records come to no more for any partition than what is sent there as one."""
    sizes: Counter[int] = Counter()
    for place, record in enumerate(records):
        sizes[record.partition] += len(record.value)
        if sizes[record.partition] > WHOLE_BYTES:
            return max(1, place)
    return len(records)
