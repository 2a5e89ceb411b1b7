"""A sender's outbox: events on disk before they are sent, until the hub has answered them for good.

A row is an event and what became of it: unsent, waiting (sent, and no receipt), answered.
It holds content, which may be personal data, only as long as it may have to be sent again.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from connectors.outbox_answers import answer
from connectors.outbox_file import OutboxFile
from connectors.outgoing import Outgoing, read_outgoing
from connectors.receipt_records import ReceiptRecord
from schemas.errors import Misconfigured
from schemas.receipts import Status

_TAKEN = (Status.ACCEPTED, Status.DUPLICATE, Status.HELD)
_UNSENT = "FROM outgoing WHERE record_partition IS NULL"
_WAITING = "FROM outgoing AS sent WHERE sent.status IS NULL AND sent.record_partition IS NOT NULL"
_FIRST = (
    "FROM outgoing AS first WHERE first.source = sent.source AND first.id = sent.id"
    " AND first.status IN ('accepted', 'held')"
)
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """How many events were new, and how many the hub had taken before."""

    new: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Unsent:
    """A row to send."""

    place: int
    key: bytes | None
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Where the brokers have written a row."""

    place: int
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A row with its latest receipt as JSON. The status is the row's own: a duplicate's receipt is the first one's."""

    place: int
    origin: str
    status: Status
    receipt: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadTo:
    """How far a partition of receipts was read, and the key of the last record: another one there, and the topic is another."""

    next: int
    last_key: bytes | None


class Outbox:
    """The outbox of an agency, open. Raises OutboxUnavailable, and Misconfigured for the outbox of another agency."""

    def __init__(self, path: Path, agency: str) -> None:
        self._file = OutboxFile(path)
        with ExitStack() as opened:
            opened.callback(self._file.close)
            with self._file.transaction() as rows:
                owner = rows.execute("SELECT agency, secret FROM owner").fetchone()
                if owner is None:
                    owner = (agency, secrets.token_bytes(32))
                    rows.execute("INSERT INTO owner VALUES (?, ?)", owner)
            if owner[0] != agency:
                message = f"expected the outbox of {agency} in {path}, found that of {owner[0]}; name another file"
                raise Misconfigured(message)
            self._next = 1 + self._file.number("SELECT coalesce(max(place), 0) FROM outgoing")
            opened.pop_all()
        self._secret: bytes = owner[1]

    def close(self) -> None:
        """Forget the content of what was answered for good; id, hash and receipt stay."""
        with ExitStack() as closing:
            closing.callback(self._file.close)
            with self._file.transaction() as rows:
                rows.execute(
                    "UPDATE outgoing SET body = NULL, record_key = NULL WHERE body IS NOT NULL"
                    " AND record_partition IS NOT NULL AND status IN ('accepted', 'duplicate', 'rejected')"
                )

    def put(self, events: Iterable[tuple[bytes, str]], *, again: bool) -> Put:
        """Write events and where they stand, in one commit. `again`: what was answered is sent once more."""
        new = duplicates = 0
        with self._file.transaction() as rows:
            for value, origin in events:
                event = read_outgoing(value, self._secret)
                known = rows.execute(
                    "SELECT place, status, record_partition FROM outgoing WHERE fingerprint = ?", (event.fingerprint,)
                ).fetchone()
                if known is None:
                    self._insert(rows, event, origin)
                    new += 1
                    continue
                place, status, partition = known
                if again and status is not None and partition is not None:
                    self._put_once_more(rows, place, event, origin)
                elif status == Status.REJECTED:
                    rows.execute("UPDATE outgoing SET origin = ?, told = 0 WHERE place = ?", (origin, place))
                else:
                    duplicates += status in _TAKEN
        return Put(new=new, duplicates=duplicates)

    def _insert(self, rows: sqlite3.Connection, event: Outgoing, origin: str) -> None:
        rows.execute(
            "INSERT INTO outgoing (place, fingerprint, source, id, origin, record_key, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._next, event.fingerprint, event.source, event.id, origin, event.key, event.value),
        )
        self._next += 1

    def _put_once_more(self, rows: sqlite3.Connection, place: int, event: Outgoing, origin: str) -> None:
        """Behind everything else. The receipt stays: the hub answers the same again only if it has changed its mind."""
        rows.execute(
            "UPDATE outgoing SET place = ?, origin = ?, record_key = ?, body = ?, status = NULL,"
            " record_partition = NULL, record_offset = NULL WHERE place = ?",
            (self._next, origin, event.key, event.value, place),
        )
        self._next += 1

    def unsent(self, *, most: int, size: int) -> list[Unsent]:
        """The next rows to send in the order in which they were put: no more than so many, nor many more bytes."""
        found: list[Unsent] = []
        with self._file.transaction() as rows:
            for row in rows.execute(f"SELECT place, record_key, body {_UNSENT} ORDER BY place LIMIT ?", (most,)):
                found.append(Unsent(*row))
                size -= len(row[2])
                if size <= 0:
                    break
        return found

    def count_unsent(self) -> int:
        """How many rows are to be sent."""
        return self._file.number(f"SELECT count(*) {_UNSENT}")

    def count_waiting(self) -> int:
        """How many rows were sent and have no receipt."""
        return self._file.number(f"SELECT count(*) {_WAITING}")

    def send_waiting_again(self) -> None:
        """Let what has no receipt be sent once more."""
        with self._file.transaction() as rows:
            rows.execute("UPDATE outgoing SET record_partition = NULL, record_offset = NULL WHERE status IS NULL")

    def attempt(self, listed: Sequence[Unsent]) -> None:
        """Note that rows are about to be sent: should that not end, nobody knows whether they were."""
        with self._file.transaction() as rows:
            rows.executemany(
                "UPDATE outgoing SET attempts = attempts + 1 WHERE place = ?", [(row.place,) for row in listed]
            )

    def acknowledge(self, listed: Sequence[Acknowledged]) -> None:
        """Note that rows were sent, and where they are."""
        with self._file.transaction() as rows:
            rows.executemany(
                "UPDATE outgoing SET record_partition = ?, record_offset = ? WHERE place = ?",
                [(row.partition, row.offset, row.place) for row in listed],
            )

    def read_to(self) -> dict[int, ReadTo]:
        """How far the partitions of the receipts were read."""
        with self._file.transaction() as rows:
            listed = rows.execute("SELECT receipts_partition, next, last_key FROM read_to").fetchall()
        return {partition: ReadTo(*where) for partition, *where in listed}

    def settle(self, records: Iterable[ReceiptRecord], read_to: Mapping[int, ReadTo]) -> None:
        """Give receipts to the rows that they answer, and note how far was read, in one commit."""
        with self._file.transaction() as rows:
            for record in records:
                answer(rows, record)
            rows.executemany(
                "INSERT INTO read_to VALUES (?, ?, ?) ON CONFLICT (receipts_partition)"
                " DO UPDATE SET next = excluded.next, last_key = excluded.last_key",
                [(partition, where.next, where.last_key) for partition, where in read_to.items()],
            )

    def waits_for_a_first_answer(self) -> bool:
        """Whether a row waits of which the hub has never said anything: what it has taken before it need not answer again."""
        return bool(
            self._file.number(
                f"SELECT EXISTS (SELECT 1 {_WAITING} AND sent.receipt IS NULL AND NOT EXISTS (SELECT 1 {_FIRST}))"
            )
        )

    def let_first_answers_stand(self) -> None:
        """Answer what waits with what the hub said of the same event before, where it did."""
        with self._file.transaction() as rows:
            listed = rows.execute(
                f"SELECT sent.place, coalesce(sent.receipt, (SELECT first.receipt {_FIRST} LIMIT 1)) {_WAITING}"
            ).fetchall()
            rows.executemany(
                "UPDATE outgoing SET status = ?, receipt = ?, told = 0 WHERE place = ?",
                [(_once_more(receipt), receipt, place) for place, receipt in listed if receipt is not None],
            )

    def untold(self) -> list[Answered]:
        """Some of the answered rows that nobody was told of yet."""
        with self._file.transaction() as rows:
            listed = rows.execute(
                "SELECT place, origin, status, receipt FROM outgoing WHERE told = 0 AND status IS NOT NULL"
                " ORDER BY place LIMIT ?",
                (_PAGE,),
            ).fetchall()
        return [Answered(place, origin, Status(status), receipt) for place, origin, status, receipt in listed]

    def mark_told(self, listed: Sequence[Answered]) -> None:
        """Note that somebody was told."""
        with self._file.transaction() as rows:
            rows.executemany("UPDATE outgoing SET told = 1 WHERE place = ?", [(row.place,) for row in listed])


def _once_more(receipt: bytes) -> Status:
    """What the hub's silence means for an event that has this receipt and was sent again."""
    return Status.REJECTED if json.loads(receipt)["status"] == Status.REJECTED else Status.DUPLICATE
