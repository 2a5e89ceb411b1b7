"""What the hub keeps of poison: the bytes, sealed, once. The same bytes again get the same receipt, however they come."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from hub.intake.reading import Unreadable
from hub.run.hub import Hub
from hub.run.ingest import Tally, cloudevents_file, ingest
from hub.store.database import rows
from hub.store.quarantine import content_of
from schemas.receipts import Receipt
from tests.contract.intake_cases import CANARY, Writer
from tests.contract.poison_corpus import ATTRIBUTES, RECORDS, VALUES, Value
from tests.integration.web.calling import Api, calling

LARGE = 2**20
BODIES = [poison for poison in RECORDS if len(poison.content) < LARGE or poison.name == "10 MB of text"]
UNREADABLE = {poison.reason: poison for poison in VALUES if not poison.whole}
ELEMENTS = [b"42", b"-0", b'"\\u00e5"', b"[1, 2.0]", b"null", *(b"{}", b'{"id": 1e400}', b'{"a": 1, "a": 1}')]


@pytest.fixture(scope="module")
def writer(module_hub: Hub) -> Writer:
    """Who writes events for a hub where a person is known."""
    made = Writer(hub=module_hub)
    made.prepare()
    return made


@pytest.fixture(scope="module")
def api(module_hub: Hub) -> Iterator[Api]:
    """The same hub over HTTP."""
    with calling(module_hub) as served:
        yield served


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a file, with the reason and the pointer of its refusal, or None when it is valid."""

    content: bytes = field(repr=False)
    reason: str | None = None
    pointer: str | None = None


def lines_of(writer: Writer) -> list[Line]:
    """Every poison as a line, each after a valid event."""
    poisoned = [
        Line(content=writer.poisoned(poison.at, poison.raw), reason=poison.reason, pointer=poison.pointer)
        for poison in (*VALUES, *ATTRIBUTES)
    ]
    poisoned += [Line(content=poison.content, reason=poison.reason, pointer=poison.pointer) for poison in BODIES]
    valid = (Line(content=json.dumps(writer.event()).encode()) for _ in poisoned)
    return [line for pair in zip(valid, poisoned, strict=True) for line in pair]


def sent(hub: Hub, path: Path) -> Tally:
    """What became of a file's lines."""
    tally = Tally()
    ingest(hub, cloudevents_file(hub, path, "jobbtorg"), tally, lambda _: None)
    return tally


def first_of(receipt: Receipt) -> tuple[str, str | None]:
    """Reason and pointer of the first problem."""
    return receipt.problems[0].reason, receipt.problems[0].pointer


def kept(hub: Hub) -> tuple[int, int]:
    """How many refused deliveries are kept, and how many receipts say so."""
    with hub.database.transaction() as connection:
        found = rows(
            connection,
            "SELECT (SELECT count(*) FROM quarantine), (SELECT count(*) FROM receipt WHERE status = 'rejected')",
        )
    return int(found[0][0]), int(found[0][1])


def opened(hub: Hub, receipt: Receipt) -> bytes | None:
    """The bytes of a refused delivery that could not be read."""
    with hub.database.transaction() as connection:
        content = content_of(connection, hub.ring, receipt.receipt_id)
    return content.raw if isinstance(content, Unreadable) else None


def tables_that_hold(hub: Hub, word: str) -> list[str]:
    """The tables in which a word stands in the clear, as text or as bytes."""
    with hub.database.transaction() as connection:
        names = rows(
            connection,
            "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 'readmodel')"
            " AND has_table_privilege(format('%%I.%%I', schemaname, tablename), 'SELECT') ORDER BY 1",
        )
        return [
            name
            for (name,) in names
            if rows(
                connection,
                f"SELECT 1 FROM {name} AS kept WHERE kept::text LIKE %s OR kept::text LIKE %s LIMIT 1",
                (f"%{word}%", f"%{word.encode().hex()}%"),
            )
        ]


def test_every_poison_in_a_file_is_kept_once_sealed_and_answered_the_same_again(hub: Hub, tmp_path: Path) -> None:
    writer = Writer(hub=hub)
    writer.prepare()
    lines = lines_of(writer)
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join(line.content for line in lines))
    moment = hub.now()
    still = replace(hub, now=lambda: moment)  # what is ahead of time is told in minutes

    first, again = sent(still, path), sent(still, path)

    poisoned = {f"events.jsonl:{number}": line for number, line in enumerate(lines, 1) if line.reason}
    assert [(place, *first_of(receipt)) for place, receipt in first.refused] == [
        (place, line.reason, line.pointer) for place, line in poisoned.items()
    ]
    assert first.statuses == Counter(accepted=len(poisoned), rejected=len(poisoned))
    assert again.statuses == Counter(duplicate=len(poisoned), rejected=len(poisoned))
    assert again.refused == first.refused
    different = {receipt.receipt_id for _, receipt in first.refused}
    assert kept(hub) == (len(different), len(different))
    unreadable = {place: raw for place, receipt in first.refused if (raw := opened(hub, receipt)) is not None}
    assert unreadable == {place: poisoned[place].content for place in unreadable}
    assert any(CANARY.encode() in raw for raw in unreadable.values())
    assert tables_that_hold(hub, CANARY) == []
    assert tables_that_hold(hub, "jobbtorg") != []


def test_a_batch_file_with_poison_in_it_has_one_receipt_when_it_is_refused_whole_and_one_for_each_element_otherwise(
    writer: Writer, tmp_path: Path
) -> None:
    path = tmp_path / "events.json"
    answered, expected = {}, {}
    for poison in (*VALUES, *ATTRIBUTES):
        before, after = (json.dumps(writer.event()).encode() for _ in range(2))
        path.write_bytes(b"[%b,%b,%b]" % (before, writer.poisoned(poison.at, poison.raw), after))
        tally = sent(writer.hub, path)
        answered[poison.name] = tally.statuses, [(place, *first_of(receipt)) for place, receipt in tally.refused]
        place = "events.json#0" if poison.whole else "events.json#1"
        statuses = Counter(rejected=1) if poison.whole else Counter(accepted=2, rejected=1)
        expected[poison.name] = statuses, [(place, poison.reason, poison.pointer)]

    assert answered == expected


def test_a_file_that_is_no_list_has_the_receipt_of_what_it_is(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    answered, expected = {}, {}
    for poison in BODIES:
        if poison.refused_whole or not poison.content.startswith(b"["):
            path.write_bytes(poison.content)
            answered[poison.name] = [first_of(receipt) for _, receipt in sent(writer.hub, path).refused]
            expected[poison.name] = [(poison.reason, poison.pointer)]

    assert answered == expected


def test_a_file_saved_with_a_byte_order_mark_loses_its_first_line_and_one_in_utf_16_every_line(
    writer: Writer, tmp_path: Path
) -> None:
    text = "\r\n".join(json.dumps(writer.event()) for _ in range(3))
    marked, wide = tmp_path / "marked.jsonl", tmp_path / "wide.jsonl"
    marked.write_text(text, encoding="utf-8-sig")
    wide.write_text(text, encoding="utf-16")

    tallies = [sent(writer.hub, path) for path in (marked, wide)]

    assert [(tally.statuses, tally.reasons) for tally in tallies] == [
        (Counter(accepted=2, rejected=1), Counter(byte_order_mark=1)),
        (Counter(rejected=3), Counter(body_not_utf8=3)),
    ]


@pytest.mark.parametrize("poison", UNREADABLE.values(), ids=lambda poison: poison.reason)
def test_the_same_bytes_get_the_same_receipt_alone_in_a_batch_and_in_a_file(
    api: Api, writer: Writer, tmp_path: Path, poison: Value
) -> None:
    body = writer.poisoned(poison.at, poison.raw)
    path = tmp_path / "events.jsonl"
    path.write_bytes(body)

    alone = api.post(body).json()
    in_batch = api.batch(b"[1e400, " + body + b"]").json()["receipts"][1]
    ((_, in_file),) = sent(api.hub, path).refused

    assert in_batch == alone
    assert str(in_file.receipt_id) == alone["receipt_id"]


@pytest.mark.parametrize("element", ELEMENTS, ids=repr)
def test_what_is_no_event_gets_the_same_receipt_whatever_stands_beside_it(
    api: Api, tmp_path: Path, element: bytes
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(element)

    batches = [api.batch(body).json()["receipts"][0] for body in (b"[%b]" % element, b"[%b, 1e400]" % element)]
    ((_, in_file),) = sent(api.hub, path).refused

    assert [*batches, {**batches[0], "receipt_id": str(in_file.receipt_id)}] == [api.post(element).json()] * 3
