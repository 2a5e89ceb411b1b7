"""A receipts topic, read on from where the outbox has read it to: the position is the outbox's own, in no group of Kafka.

A topic that was made anew, or a position whose record has expired, is noticed, and then read from its beginning:
receipts that are read again change nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.outbox import ReadTo

_LOOK_MS = 200


class ReceiptsReader:
    """Every partition of the topic from where it was read to, through a consumer of kafka-python.

    The last record that was read is read once more: it tells whether the topic is still the same.
    """

    def __init__(self, consumer: Any, places: Sequence[Any], known: Mapping[int, ReadTo]) -> None:  # kafka has no types
        self._consumer = consumer
        consumer.assign(places)
        self._first, self._end = consumer.beginning_offsets(places), consumer.end_offsets(places)
        self.read_to: dict[int, ReadTo] = {}
        self._witnesses: dict[int, ReadTo] = {}
        for place in places:
            before = known.get(place.partition)
            if before is not None and self._first[place] < before.next <= self._end[place]:
                consumer.seek(place, before.next - 1)
                self.read_to[place.partition] = self._witnesses[place.partition] = before
            else:
                self._begin_anew(place)

    @property
    def is_at_the_end(self) -> bool:
        """Whether everything was read that was there when reading began."""
        return not self._witnesses and all(
            self.read_to[place.partition].next >= offset for place, offset in self._end.items()
        )

    def poll(self) -> list[Any]:  # records of kafka-python, which has no types
        """What has come since, by partition in order; it waits a moment for something to come."""
        return [
            record for place, records in self._consumer.poll(_LOOK_MS).items() for record in self._new(place, records)
        ]

    def _new(self, place: Any, records: Sequence[Any]) -> Sequence[Any]:  # the same types
        witness = self._witnesses.pop(place.partition, None)
        if witness is not None and records[0].offset < witness.next:
            if records[0].key != witness.last_key:
                self._begin_anew(place)
                return ()
            records = records[1:]
        if records:
            self.read_to[place.partition] = ReadTo(records[-1].offset + 1, records[-1].key)
        return records

    def _begin_anew(self, place: Any) -> None:  # the same type
        self._consumer.seek(place, self._first[place])
        self.read_to[place.partition] = ReadTo(self._first[place], None)
