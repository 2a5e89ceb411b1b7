"""A record of a receipts topic, read: pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.receipts import Receipt, read_receipt

_LOCATOR = "locator"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRecord:
    """A receipt, as JSON too, and where the record stands that was answered first; None: it came another way."""

    receipt: Receipt
    text: bytes = field(repr=False)
    partition: int | None
    offset: int | None


def read_receipt_record(headers: Sequence[tuple[str, bytes]], value: bytes, topic: str) -> ReceiptRecord | None:
    """What the hub answered to a record of `topic`; None where this is no receipt."""
    try:
        receipt = read_receipt({**json.loads(value)})
    except (KeyError, RecursionError, TypeError, ValueError):
        return None
    partition, offset = _place(dict(headers).get(_LOCATOR) or b"", topic)
    return ReceiptRecord(receipt=receipt, text=value, partition=partition, offset=offset)


def _place(locator: bytes, topic: str) -> tuple[int, int] | tuple[None, None]:
    parts = locator.decode("utf-8", "replace").split("/")
    if len(parts) != len(("topic", "partition", "offset")) or parts[0] != topic:
        return None, None
    if not (parts[1].isdecimal() and parts[2].isdecimal()):
        return None, None
    return int(parts[1]), int(parts[2])
