"""Every published case of the front door answers over HTTP as it says: the real application on a real PostgreSQL."""

import pytest

from hub.store.database import rows
from tests.contract.intake_cases import IntakeCase, Writer, intake_cases
from tests.integration.web.calling import VALIDATIONS, Api, told, told_each

CASES = intake_cases()
SINGLES = [case for case in CASES if "receipts" not in case.expect]
BATCHES = [case for case in CASES if "receipts" in case.expect]


def recorded(api: Api) -> tuple[int, ...]:
    """How many receipts and log entries there are, and how often something was sent again."""
    with api.hub.database.transaction() as connection:
        counted = rows(
            connection,
            "SELECT (SELECT count(*) FROM receipt), (SELECT count(*) FROM log_entry), (SELECT sum(attempts) FROM receipt)",
        )
    return tuple(int(each) for each in counted[0])


@pytest.mark.parametrize("case", SINGLES, ids=lambda case: case.name)
def test_a_call_is_answered_as_published(door: tuple[Api, Writer], case: IntakeCase) -> None:
    api, writer = door
    written = writer.write(case)
    for earlier in written.before:
        assert told(api.post(earlier)) == (201, "accepted", None, None)
    before = recorded(api)

    answer = api.post(written.body, form=case.content_type)

    status, verdict, reason, pointer = case.verdict
    assert told(answer) == (status, verdict or "refused", reason, pointer)
    assert (recorded(api) == before) == (verdict in (None, "duplicate"))
    assert "198601012381" not in answer.text.replace("-", "")
    notices = [(notice["reason"], notice["pointer"]) for notice in answer.json().get("notices", ())]
    if "notice" in case.expect:
        assert notices == [(case.expect["notice"], case.expect["notice_pointer"])]


@pytest.mark.parametrize("case", BATCHES, ids=lambda case: case.name)
def test_a_batch_is_answered_as_published(door: tuple[Api, Writer], case: IntakeCase) -> None:
    api, writer = door

    answer = api.batch(writer.write(case).body)

    assert (answer.status_code, told_each(answer)) == (case.expect["http_status"], case.receipts)


@pytest.mark.parametrize("case", SINGLES, ids=lambda case: case.name)
def test_a_validation_says_the_same_and_records_nothing(door: tuple[Api, Writer], case: IntakeCase) -> None:
    api, writer = door
    written = writer.write(case)
    for earlier in written.before:
        # A number of one sequence can be claimed once; the case itself has claimed this one.
        assert told(api.post(earlier))[1:3] in {("accepted", None), ("rejected", "sequence_reused")}
    before = recorded(api)

    answer = api.post(written.body, form=case.content_type, path=VALIDATIONS)

    _, verdict, reason, pointer = case.verdict
    assert told(answer)[1:] == (verdict or "refused", reason, pointer)
    assert recorded(api) == before


def test_every_published_case_is_among_those_tried() -> None:
    assert (len(SINGLES), len(BATCHES)) == (70, 5)
