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
from hub.streams.sending import NO_CANONICAL, WHOLE_BYTES, Message, Sender, TopicState, open_sender, topic_states
from schemas.errors import PositionTaken, StreamUnavailable
from schemas.topics import CANONICAL, receipts_topic
from schemas.vocabulary import Position

log = structlog.get_logger(__name__)

_BATCH = 2000
_RECEIPTS = 1000
_LOOK_SECONDS = 10.0
_TRY_AGAIN_SECONDS, _LONGEST_SECONDS = 60.0, 1800.0  # a topic that takes nothing is waited for 25 s each time
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
    _later: dict[str, tuple[float, float]] = field(
        default_factory=dict
    )  # agency -> not before, and the wait after that
    _look_at: float = 0.0

    @property
    def name(self) -> str:
        """The name of its lock."""
        return "relay"

    @contextmanager
    def led(self) -> Iterator[None]:
        """A producer, and where its predecessor had come. Raises StreamUnavailable where the topic is not there (yet)."""
        self._sent = self._begin(self._look())
        self._later.clear()
        with open_sender(self.hub.settings) as self._sender:
            yield

    def step(self) -> bool:
        """Send the next entries and receipts, and note it; whether that was all."""
        if self._sender is None or self._sent is None:
            message = "expected to lead before a step"
            raise RuntimeError(message)
        if monotonic() >= self._look_at and (now := self._look()) != self._sent.topic:
            message = (
                f"expected {CANONICAL} as it was, {self._sent.topic}, found {now}; what is there now is begun anew"
            )
            raise StreamUnavailable(message)
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
                    " topic must not be raised: stop the workers, delete the topic, run hub topics apply, start them"
                )
                raise StreamUnavailable(message)
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
        now = monotonic()
        due = self._answered - {agency for agency, (until, _) in self._later.items() if now < until}
        with self.hub.database.transaction() as connection:
            found = streamed_receipts(connection, due, _RECEIPTS)
        if not found:
            return 0
        refused = sender.offer(_message(each) for each in found)
        taken = {each.agency: each.cursor for each in found if receipts_topic(each.agency) not in refused}
        with self.hub.database.transaction() as connection:
            note_streamed(connection, taken)
        for agency in taken:
            self._later.pop(agency, None)
        for agency in {each.agency for each in found} - set(taken):
            _, wait = self._later.get(agency, (0.0, _TRY_AGAIN_SECONDS))
            self._later[agency] = (monotonic() + wait, min(2 * wait, _LONGEST_SECONDS))
            error = refused[receipts_topic(agency)]
            log.warning("receipts_not_sent", agency=agency, error=error, again_in_seconds=int(wait))
        return len(found)

    def _look(self) -> TopicState:
        """The topic of the log as it is, and which agencies have one for their receipts. Raises StreamUnavailable."""
        with self.hub.database.transaction() as connection:
            topics = {receipts_topic(agency.code): agency.code for agency in agencies(connection)}
        found = topic_states(self.hub.settings, [*topics, CANONICAL])
        if CANONICAL not in found:
            raise StreamUnavailable(NO_CANONICAL)
        self._answered = frozenset(agency for name, agency in topics.items() if name in found)
        self._look_at = monotonic() + _LOOK_SECONDS
        return found[CANONICAL]


def _message(told: Streamed) -> Message:
    """What became of a delivery, to whoever sent it."""
    return Message(
        topic=receipts_topic(told.agency),
        key=str(told.receipt.receipt_id).encode(),
        value=orjson.dumps(receipt_json(told.receipt)),
        headers=[(LOCATOR, told.locator.encode())],
    )


def _whole(records: Sequence[Record]) -> int:
    """How many of the first records come to no more for any partition than what is sent there as one."""
    sizes: Counter[int] = Counter()
    for place, record in enumerate(records):
        sizes[record.partition] += len(record.value)
        if sizes[record.partition] > WHOLE_BYTES:
            return max(1, place)
    return len(records)
