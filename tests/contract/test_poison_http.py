"""Poison over HTTP, alone, in a batch and in binary mode: each has its status and reason, and harms nobody else."""

import json

import httpx
import pytest

from hub.intake.modes import BATCH
from tests.contract.file_door import answered_once
from tests.contract.intake_cases import Writer
from tests.contract.poison_corpus import ATTRIBUTES, HARMLESS, NOTE, RECORDS, VALUES, Record, Value
from tests.integration.web.calling import Api, told, told_each

ACCEPTED = ("accepted", None, None)
INSIDE = [*VALUES, *ATTRIBUTES]
A_FEW = 40  # which together are less than 5 MiB
Told = tuple[int, str, str | None, str | None]


def expected(poison: Record | Value, whole: bool) -> Told:  # noqa: FBT001 - only its name is a value
    """What one event with it, or a body that is it, is answered."""
    if not whole:
        return 422, "rejected", poison.reason, poison.pointer
    return 413 if poison.reason == "body_too_large" else 400, "refused", poison.reason, None


def is_telling(answer: httpx.Response) -> bool:
    """Whether an answer is longer than it may be, or repeats a personal number."""
    return len(answer.content) > 200_000 or "198601012381" in answer.text.replace("-", "")


def is_list_of_one(poison: Record) -> int:
    """How many receipts it gets as a batch."""
    return 1 if poison.content == b"[{}]" else 0


def between_valid(writer: Writer, element: bytes) -> bytes:
    """A batch with a valid event on each side."""
    before, after = (json.dumps(writer.event()).encode() for _ in range(2))
    return b"[" + b", ".join((before, element, after)) + b"]"


@pytest.mark.parametrize("reason", sorted({poison.reason for poison in INSIDE}))
def test_an_event_with_poison_in_it_is_refused_with_its_reason(door: tuple[Api, Writer], reason: str) -> None:
    api, writer = door
    before, receipts, wrong = answered_once(api.hub), 0, {}

    for poison in (poison for poison in INSIDE if poison.reason == reason):
        for compact in (False,) if poison.whole else (False, True):
            answer = api.post(writer.poisoned(poison.at, poison.raw, compact=compact))
            receipts += not poison.whole
            if told(answer) != expected(poison, poison.whole) or is_telling(answer):
                wrong[poison.name, compact] = told(answer), answer.text[:1000]

    assert wrong == {}
    assert answered_once(api.hub) - before == receipts


def test_poison_in_a_batch_that_is_json_harms_only_its_own_event(door: tuple[Api, Writer]) -> None:
    api, writer = door
    told_of_all: list[tuple[str, str | None, str | None]] = []
    poisons = [poison for poison in INSIDE if not poison.whole]

    for at in range(0, len(poisons), A_FEW):
        events = [
            event
            for poison in poisons[at : at + A_FEW]
            for event in (json.dumps(writer.event()).encode(), writer.poisoned(poison.at, poison.raw))
        ]
        told_of_all += told_each(api.post(b"[" + b",".join(events) + b"]", form=BATCH))

    assert told_of_all == [
        each for poison in poisons for each in (ACCEPTED, ("rejected", poison.reason, poison.pointer))
    ]


def test_poison_that_is_no_json_refuses_the_whole_batch_and_nothing_is_recorded(door: tuple[Api, Writer]) -> None:
    api, writer = door
    before, wrong = answered_once(api.hub), {}

    for poison in (poison for poison in INSIDE if poison.whole):
        answer = api.post(between_valid(writer, writer.poisoned(poison.at, poison.raw)), form=BATCH)
        if told(answer) != expected(poison, poison.whole):
            wrong[poison.name] = told(answer)

    assert wrong == {}
    assert answered_once(api.hub) == before


@pytest.mark.parametrize("reason", sorted({poison.reason for poison in VALUES}))
def test_poison_in_the_data_of_binary_mode_has_the_same_reason(door: tuple[Api, Writer], reason: str) -> None:
    api, writer = door
    wrong = {}

    for poison in (poison for poison in VALUES if poison.reason == reason):
        event = writer.event()
        data = json.dumps({**event.pop("data"), "note": "here"}).encode().replace(b'"here"', poison.raw)
        answer = api.binary({name: str(value) for name, value in event.items()}, data)
        if told(answer) != expected(poison, poison.whole) or is_telling(answer):
            wrong[poison.name] = told(answer), answer.text[:1000]

    assert wrong == {}


@pytest.mark.parametrize("poison", RECORDS, ids=lambda poison: poison.name)
def test_a_body_that_is_poison_is_refused_with_its_reason(door: tuple[Api, Writer], poison: Record) -> None:
    api, _ = door
    before = answered_once(api.hub)

    alone = api.post(poison.content)
    as_batch = api.post(poison.content, form=BATCH)

    assert told(alone) == expected(poison, poison.refused_whole)
    assert answered_once(api.hub) - before == (0 if poison.refused_whole else 1) + is_list_of_one(poison)
    if poison.refused_whole:
        assert told(as_batch) == told(alone)
    elif not poison.content.startswith(b"["):
        assert told(as_batch) == (400, "refused", "batch_not_an_array", None)


@pytest.mark.parametrize("poison", RECORDS, ids=lambda poison: poison.name)
def test_a_batch_with_poison_for_an_event_records_all_of_it_or_nothing(
    door: tuple[Api, Writer], poison: Record
) -> None:
    api, writer = door
    before = answered_once(api.hub)

    answer = api.post(between_valid(writer, poison.content), form=BATCH)

    if poison.refused_whole:
        assert (answer.status_code in {400, 413}, answered_once(api.hub)) == (True, before)
    else:
        assert told_each(answer) == [ACCEPTED, ("rejected", poison.reason, poison.pointer), ACCEPTED]


def test_what_only_looks_like_poison_is_accepted(door: tuple[Api, Writer]) -> None:
    api, writer = door

    answers = {
        (at, raw[:40], compact): told(api.post(writer.poisoned(at, raw.encode(), compact=compact)))
        for at, raw in HARMLESS
        for compact in (False, True)
    }

    assert {place: answer for place, answer in answers.items() if answer != (201, *ACCEPTED)} == {}


def test_the_limits_are_exact(door: tuple[Api, Writer]) -> None:
    api, writer = door
    room = 256 * 1024 - len(writer.poisoned(NOTE, b'""'))
    sent = [
        writer.poisoned(NOTE, b'"' + b"x" * room + b'"'),
        writer.poisoned(NOTE, b'"' + b"x" * (room + 1) + b'"'),
        writer.poisoned(NOTE, b"[" * 62 + b"]" * 62),
        writer.poisoned(NOTE, b"[" * 63 + b"]" * 63),
        writer.poisoned("/data/hours", b"9007199254740991"),
        writer.poisoned("/data/hours", b"9007199254740992"),
        writer.poisoned("/data/hours", b"0." + b"3" * 38),
        writer.poisoned("/data/hours", b"0." + b"3" * 39),
        writer.poisoned("/id", json.dumps("x" * 256).encode()),
        writer.poisoned("/subject", json.dumps("x" * 128).encode()),
    ]

    assert [told(api.post(body))[1:3] for body in sent] == [
        ("accepted", None),
        ("rejected", "event_too_large"),
        ("rejected", "field_invalid"),
        ("refused", "json_too_deep"),
        ("rejected", "field_invalid"),
        ("rejected", "number_out_of_range"),
        ("accepted", None),
        ("rejected", "number_out_of_range"),
        ("accepted", None),
        ("held", "participant_unknown"),
    ]


def test_a_receipt_lists_a_hundred_problems_and_no_more(door: tuple[Api, Writer]) -> None:
    api, writer = door
    bodies = [
        writer.poisoned(NOTE, b"[" + b"1e400, " * 30_000 + b"1]"),
        writer.poisoned(NOTE, b'"x", ' + b", ".join(b'"k%d": 1' % place for place in range(9_000))),
        writer.poisoned("/A", b"1, " + b", ".join(b'"A%d": 1' % place for place in range(9_000))),
        writer.poisoned("/colour", b"1, " + b", ".join(b'"a%d": 1' % place for place in range(9_000))),
    ]

    receipts = [api.post(body).json() for body in bodies]

    assert [(len(receipt["problems"]), len(receipt["notices"])) for receipt in receipts] == [
        (100, 0),
        (100, 0),
        (100, 0),
        (0, 100),
    ]
