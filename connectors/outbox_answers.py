"""Which row of an outbox a receipt answers, and when it replaces the one before."""

import sqlite3

from connectors.receipt_records import ReceiptRecord
from schemas.receipts import Status

_FINAL = (Status.ACCEPTED, Status.DUPLICATE, Status.REJECTED)


def answer(rows: sqlite3.Connection, record: ReceiptRecord) -> None:
    """Give a receipt to the row that it answers. One of another program's events answers none.

    A receipt that is read again, because the topic is read anew, changes nothing.
    """
    place = _by_record(rows, record) or _by_event(rows, record) or _sent_twice(rows, record)
    if place is None:
        return
    status, known = rows.execute("SELECT status, receipt FROM outgoing WHERE place = ?", (place,)).fetchone()
    receipt = record.receipt
    if known == record.text or (receipt.status is Status.HELD and status in _FINAL):
        return
    rows.execute(
        "UPDATE outgoing SET status = ?, receipt_id = ?, receipt = ?, told = 0 WHERE place = ?",
        (receipt.status, str(receipt.receipt_id), record.text, place),
    )


def _by_record(rows: sqlite3.Connection, record: ReceiptRecord) -> int | None:
    """The row whose record the receipt names.

    Offsets begin anew in a topic that was made anew, so the event counts too, and where none can be told, that the row waits.
    """
    receipt = record.receipt
    return _place(
        rows,
        "SELECT place FROM outgoing WHERE record_partition = ? AND record_offset = ?"
        " AND ((source = ? AND id = ?) OR (? IS NULL AND status IS NULL)) ORDER BY place DESC LIMIT 1",
        (record.partition, record.offset, receipt.source, receipt.id, receipt.id),
    )


def _by_event(rows: sqlite3.Connection, record: ReceiptRecord) -> int | None:
    """The row with the same event: what was sent twice is answered where it stood first."""
    receipt_id = str(record.receipt.receipt_id)
    return _place(
        rows,
        "SELECT place FROM outgoing WHERE source = ? AND id = ?"
        " AND (receipt_id = ? OR status IS NULL OR status = 'held') ORDER BY receipt_id = ? DESC, place LIMIT 1",
        (record.receipt.source, record.receipt.id, receipt_id, receipt_id),
    )


def _sent_twice(rows: sqlite3.Connection, record: ReceiptRecord) -> int | None:
    """The row of bytes that are no event, sent again because nobody knew whether they had been."""
    if record.receipt.id is not None or record.partition is None:
        return None
    return _place(
        rows,
        "SELECT place FROM outgoing WHERE status IS NULL AND id IS NULL AND (attempts > 1 OR record_offset < 0)"
        " ORDER BY place LIMIT 1",
        (),
    )


def _place(rows: sqlite3.Connection, query: str, values: tuple[object, ...]) -> int | None:
    found = rows.execute(query, values).fetchone()
    return None if found is None else int(found[0])
