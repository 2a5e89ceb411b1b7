"""The published cases of the front door in files: every line of JSON Lines stands alone, a batch file is one body."""

import json
from collections import Counter
from pathlib import Path

import pytest

from hub.run.hub import Hub
from schemas.reasons import REASONS
from tests.contract.file_door import Ingested, answered_once, ingested
from tests.contract.intake_cases import IntakeCase, Writer, intake_cases

CASES = intake_cases()
OF_CALLS = {code for code, reason in REASONS.items() if reason.verdict.startswith("call_")}
LINES = [
    case
    for case in CASES
    if not case.is_batch and case.expect["reason"] not in OF_CALLS and case.name != "two-values"  # which are two lines
]
BATCH_FILES = [case for case in CASES if case.is_batch and case.expect.get("reason") != "batch_not_an_array"]


@pytest.fixture(scope="module")
def writer(module_hub: Hub) -> Writer:
    """Who writes the cases, for a hub where what they rely on is known."""
    made = Writer(hub=module_hub)
    made.prepare()
    return made


@pytest.mark.parametrize("case", LINES, ids=lambda case: case.name)
def test_a_line_is_answered_as_published_and_harms_no_other(writer: Writer, case: IntakeCase, tmp_path: Path) -> None:
    written = writer.write(case)
    neighbours = [json.dumps(writer.event()).encode() for _ in range(2)]
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"\n".join((*written.before, b"", neighbours[0], written.body, b" \r", neighbours[1])))
    before = answered_once(writer.hub)

    answered = ingested(writer.hub, path)

    _, verdict, reason, pointer = case.verdict
    status = verdict or "rejected"
    place = f"events.jsonl:{len(written.before) + 3}"
    assert answered == Ingested(
        statuses=Counter(["accepted"] * (len(written.before) + 2) + [status]),
        refused=[] if reason is None else [(place, status, reason, pointer)],
    )
    assert answered_once(writer.hub) - before == len(written.before) + (2 if status == "duplicate" else 3)


@pytest.mark.parametrize("case", BATCH_FILES, ids=lambda case: case.name)
def test_a_batch_file_is_answered_as_published(writer: Writer, case: IntakeCase, tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_bytes(writer.write(case).body)

    answered = ingested(writer.hub, path)

    whole = "receipts" not in case.expect
    expected = [("rejected", *case.verdict[2:])] if whole else case.receipts
    assert answered == Ingested(
        statuses=Counter(status for status, _, _ in expected),
        refused=[
            (f"events.json#{place}", status, reason, pointer)
            for place, (status, reason, pointer) in enumerate(expected)
            if reason is not None
        ],
    )


def test_one_event_in_a_batch_file_is_taken_as_what_it_is(writer: Writer, tmp_path: Path) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(writer.event(), indent=2), encoding="utf-8")

    assert ingested(writer.hub, path) == Ingested(statuses=Counter(accepted=1), refused=[])


def test_every_case_that_can_stand_in_a_file_is_tried() -> None:
    assert (len(LINES), len(BATCH_FILES)) == (62, 8)
