"""Which row of an outbox a receipt answers, and what happens to it next, without a broker."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connectors.outbox import Acknowledged, Outbox, Put, ReadTo
from connectors.receipt_records import ReceiptRecord, read_receipt_record
from schemas.event_type import JsonObject
from tests.integration.streams.agency_topics import receipt, written
from tests.unit.intake.builders import opened

EVENT = opened("o")
OTHER = opened("o", key="other")
BROKEN = b"no event"


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    """An empty one."""
    with closing(Outbox(tmp_path / "outbox.sqlite", "jobbtorg")) as empty:
        yield empty


def put(outbox: Outbox, *events: JsonObject | bytes, again: bool = False) -> Put:
    """Put events; each stands where its number says."""
    values = [event if isinstance(event, bytes) else written(event) for event in events]
    return outbox.put(((value, f"f:{place}") for place, value in enumerate(values, 1)), again=again)


def send(outbox: Outbox, *, begin: int = 0, acknowledged: bool = True) -> None:
    """Everything unsent into partition 0, from this offset on."""
    rows = outbox.unsent(most=100, size=10**6)
    outbox.attempt(rows)
    if acknowledged:
        outbox.acknowledge([Acknowledged(row.place, 0, begin + at) for at, row in enumerate(rows)])


def answers(event: JsonObject | None, status: str, *reasons: str, offset: int | None = None) -> ReceiptRecord:
    """A receipt about an event, of the record at an offset."""
    stated = receipt(event, status, *reasons, found=",".join(reasons))
    headers = [] if offset is None else [("locator", f"t/0/{offset}".encode())]
    record = read_receipt_record(headers, json.dumps(stated).encode(), "t")
    assert record is not None
    return record


def told(outbox: Outbox) -> list[tuple[str, str]]:
    """Where the answered events stood, and their status, once."""
    listed = outbox.untold()
    outbox.mark_told(listed)
    return [(row.origin, row.status.value) for row in listed]


def test_rows_are_sent_in_the_order_in_which_they_were_put_and_so_many_at_a_time(outbox: Outbox) -> None:
    put(outbox, *(opened(f"o{place}") for place in range(5)))

    three, by_size = outbox.unsent(most=3, size=10**6), outbox.unsent(most=5, size=1)

    assert [json.loads(row.value)["id"] for row in three] == ["o0", "o1", "o2"]
    assert [json.loads(row.value)["id"] for row in by_size] == ["o0"]


def test_the_receipt_of_a_record_goes_before_the_receipt_of_an_id(outbox: Outbox) -> None:
    put(outbox, EVENT, OTHER)
    send(outbox)

    outbox.settle([answers(EVENT, "rejected", "conflicting_duplicate", offset=1), answers(EVENT, "accepted")], {})

    assert told(outbox) == [("f:1", "accepted"), ("f:2", "rejected")]


def test_offsets_of_a_topic_that_was_made_anew_are_not_those_of_the_old_one(outbox: Outbox) -> None:
    put(outbox, EVENT)
    send(outbox)
    outbox.settle([answers(EVENT, "accepted", offset=0)], {})
    told(outbox)
    outbox.settle([answers(None, "rejected", "json_syntax", offset=0)], {})
    of_another_program = told(outbox)
    put(outbox, opened("new"))
    send(outbox)
    outbox.settle([answers(opened("new"), "accepted", offset=0)], {})

    assert (of_another_program, told(outbox)) == ([], [("f:1", "accepted")])
    assert outbox.count_waiting() == 0


def test_bytes_that_were_sent_twice_are_answered_by_a_record_that_nobody_knows(outbox: Outbox) -> None:
    put(outbox, BROKEN)
    send(outbox, acknowledged=False)
    outbox.settle([answers(None, "rejected", "json_syntax", offset=0)], {})
    before = told(outbox)
    send(outbox, begin=7)

    outbox.settle([answers(None, "rejected", "json_syntax", offset=0)], {})

    assert (before, told(outbox)) == ([], [("f:1", "rejected")])


def test_a_held_receipt_gives_way_to_a_final_one_and_never_the_other_way(outbox: Outbox) -> None:
    put(outbox, EVENT)
    send(outbox)
    held, accepted = answers(EVENT, "held", "participant_unknown", offset=0), answers(EVENT, "accepted", offset=0)

    outbox.settle([held], {})
    first = told(outbox)
    outbox.settle([accepted], {})
    second = told(outbox)
    outbox.settle([held, accepted], {})

    assert (first, second, told(outbox)) == ([("f:1", "held")], [("f:1", "accepted")], [])


def test_a_receipt_about_somebody_else_s_event_answers_nothing(outbox: Outbox) -> None:
    put(outbox, EVENT)
    send(outbox)

    outbox.settle(
        [answers(opened("theirs"), "accepted", offset=9), answers(None, "rejected", "json_syntax", offset=8)], {}
    )

    assert (told(outbox), outbox.count_waiting()) == ([], 1)


def test_what_the_hub_took_before_counts_as_answered_when_only_that_waits(outbox: Outbox) -> None:
    put(outbox, EVENT, opened("new"))
    send(outbox)
    outbox.settle([answers(EVENT, "accepted", offset=0)], {})
    told(outbox)
    put(outbox, {**EVENT, "traceparent": "00-1"})
    send(outbox, begin=2)

    waits = outbox.waits_for_a_first_answer()
    outbox.settle([answers(opened("new"), "accepted", offset=1)], {})
    told(outbox)
    waits_later = outbox.waits_for_a_first_answer()
    outbox.let_first_answers_stand()

    assert (waits, waits_later, told(outbox)) == (True, False, [("f:1", "duplicate")])


def test_a_rejected_event_that_is_put_again_is_told_again_and_sent_behind_all_others(outbox: Outbox) -> None:
    put(outbox, EVENT)
    send(outbox)
    outbox.settle([answers(EVENT, "rejected", "type_not_authorised", offset=0)], {})
    told(outbox)

    unchanged = put(outbox, opened("new"), EVENT), told(outbox), outbox.count_unsent()
    again = put(outbox, EVENT, again=True), outbox.count_waiting()
    rows = [json.loads(row.value)["id"] for row in outbox.unsent(most=9, size=10**6)]
    send(outbox, begin=1)
    outbox.let_first_answers_stand()

    assert unchanged == (Put(new=1, duplicates=0), [("f:2", "rejected")], 1)
    assert (again, rows) == ((Put(new=0, duplicates=0), 0), ["new", "o"])
    assert told(outbox) == [("f:1", "rejected")]


def test_what_was_accepted_and_is_sent_again_is_a_duplicate_unless_the_hub_says_otherwise(outbox: Outbox) -> None:
    put(outbox, EVENT, opened("restored"))
    send(outbox)
    outbox.settle([answers(EVENT, "accepted", offset=0), answers(opened("restored"), "accepted", offset=1)], {})
    told(outbox)
    put(outbox, EVENT, opened("restored"), again=True)
    send(outbox, begin=2)

    outbox.settle([answers(opened("restored"), "rejected", "code_unknown", offset=3)], {})
    outbox.let_first_answers_stand()

    assert told(outbox) == [("f:1", "duplicate"), ("f:2", "rejected")]


def test_where_receipts_were_read_to_is_kept_with_what_they_answered(tmp_path: Path) -> None:
    with closing(Outbox(tmp_path / "outbox.sqlite", "jobbtorg")) as outbox:
        outbox.settle([], {0: ReadTo(7, b"key"), 2: ReadTo(1, None)})
        outbox.settle([], {0: ReadTo(9, b"later")})

    with closing(Outbox(tmp_path / "outbox.sqlite", "jobbtorg")) as outbox:
        assert outbox.read_to() == {0: ReadTo(9, b"later"), 2: ReadTo(1, None)}


def test_content_is_kept_as_long_as_it_may_be_sent_again(tmp_path: Path) -> None:
    with closing(Outbox(tmp_path / "outbox.sqlite", "jobbtorg")) as outbox:
        put(outbox, EVENT, opened("held"), opened("rejected"), opened("waiting"))
        send(outbox)
        outbox.settle(
            [
                answers(EVENT, "accepted", offset=0),
                answers(opened("held"), "held", "participant_unknown", offset=1),
                answers(opened("rejected"), "rejected", "code_unknown", offset=2),
            ],
            {},
        )

    with closing(Outbox(tmp_path / "outbox.sqlite", "jobbtorg")) as outbox:
        outbox.send_waiting_again()
        rows = [json.loads(row.value)["id"] for row in outbox.unsent(most=9, size=10**6)]
        known = put(outbox, EVENT, opened("held"), opened("rejected"))
        put(outbox, EVENT, opened("rejected"), again=True)
        again = [json.loads(row.value)["id"] for row in outbox.unsent(most=9, size=10**6)]

    assert (rows, known, again) == (["waiting"], Put(new=0, duplicates=2), ["waiting", "o", "rejected"])
