"""Record batches as aiokafka reads them, and those that it stumbles over.

The name of a header is UTF-8 by Kafka's protocol, and no broker looks: librdkafka writes whatever bytes it is given, and
aiokafka raises UnicodeDecodeError in the middle of a batch. Nothing could be read behind such a record, by nobody, for
ever. So that one batch is read again in Python, with what is not UTF-8 in a header's name written as escapes.
"""

import struct
from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy  # the reader without C extensions
from aiokafka.record.memory_records import MemoryRecords

_LENGTH = struct.Struct(">i")
_LENGTH_AT, _HEAD_BYTES = 8, 12


def install() -> None:
    """Let every fetcher of aiokafka in this process read with it: aiokafka has no setting for its reader."""
    fetcher.MemoryRecords = _TolerantRecords


class _Lenient(bytearray):
    """Bytes of which any may be decoded."""

    def __getitem__(self, place: Any) -> Any:  # an index or a slice, as a bytearray has it
        found = super().__getitem__(place)
        return _Lenient(found) if isinstance(place, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:  # noqa: ARG002  # as it is called
        """As text, whatever it is."""
        return super().decode(encoding, "backslashreplace")


class _LenientBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # marked as final; it has no other way to be told
    """A batch whose headers may be called anything."""

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: Any = _Lenient(self._buffer)  # of aiokafka


class _Batch:
    """A batch of aiokafka with its bytes beside it."""

    def __init__(self, batch: Any, content: memoryview) -> None:  # of aiokafka
        self._batch = batch
        self._content = content

    def __getattr__(self, name: str) -> Any:  # whatever aiokafka asks a batch
        return getattr(self._batch, name)

    def __next__(self) -> Any:  # a record of aiokafka
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:  # the same
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            return iter(_LenientBatch(self._content))


class _TolerantRecords:
    """The batches of one answer."""

    def __init__(self, content: bytes) -> None:
        self._records = MemoryRecords(content)
        self._content = memoryview(content)
        self._at = 0

    def size_in_bytes(self) -> Any:  # of aiokafka, an int
        """How much there is."""
        return self._records.size_in_bytes()

    def has_next(self) -> Any:  # of aiokafka, a bool
        """Whether there is another whole batch."""
        return self._records.has_next()

    def next_batch(self) -> Any:  # of aiokafka
        """The next one."""
        batch = self._records.next_batch()
        if batch is None:
            return None
        begins = self._at
        (length,) = _LENGTH.unpack_from(self._content, begins + _LENGTH_AT)
        self._at = begins + _HEAD_BYTES + length
        return _Batch(batch, self._content[begins : self._at])
