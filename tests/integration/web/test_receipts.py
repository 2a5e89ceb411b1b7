"""A sender's own receipts: listed by source, id, status and cursor, or one by its id; nobody else's."""

from uuid import uuid4

import pytest

from schemas.event_type import JsonObject
from tests.integration.web.calling import RECEIPTS, Api
from tests.unit.intake.builders import AF, JOBBTORG, event, opened, registration


def listed(api: Api, *params: tuple[str, str], agency: str = "jobbtorg") -> JsonObject:
    """A page of receipts."""
    answer = api.call("GET", RECEIPTS, token=api.token(agency), params=params)
    assert answer.status_code == 200
    page: JsonObject = answer.json()
    return page


def ids(page: JsonObject) -> list[str | None]:
    """Which events a page is about."""
    return [receipt["id"] for receipt in page["receipts"]]


def send_five(api: Api) -> list[JsonObject]:
    """Accepted, accepted, held, rejected, unreadable; and one of another agency between them."""
    own = [api.post(registration("a")), api.post(opened("b"))]
    api.post(registration("other", source=AF), token=api.token("af"))
    wrong = event("d", "enrolment.opened", {"key": "x"}, schemaversion=2)
    own += [api.post(opened("c", subject="nobody")), api.post(wrong), api.post(b"7")]
    return [answer.json() for answer in own]


def test_an_agency_sees_its_own_receipts_as_it_got_them_and_no_others(api: Api) -> None:
    own = send_five(api)

    page = listed(api)

    assert page == {"receipts": own, "since": page["since"], "page": 1, "limit": 20}
    assert ids(listed(api, agency="af")) == ["other"]
    assert ids(listed(api, agency="sfi")) == []


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ([("status", "accepted")], ["a", "b"]),
        ([("status", "held")], ["c"]),
        ([("status", "rejected")], ["d", None]),
        ([("source", JOBBTORG)], ["a", "b", "c", "d"]),
        ([("source", AF)], []),
        ([("id", "b")], ["b"]),
        ([("id", "b"), ("status", "held")], []),
        ([("limit", "2")], ["a", "b"]),
        ([("limit", "2"), ("page", "2")], ["c", "d"]),
        ([("limit", "2"), ("page", "3")], [None]),
        ([("limit", "2"), ("page", "4")], []),
        ([("page", "100000"), ("limit", "1000")], []),
        ([("since", str(2**62))], []),
        ([("id", "%00' OR true --")], []),
    ],
    ids=str,
)
def test_receipts_are_chosen_by_source_id_and_status_and_come_in_pages(
    module_api: Api, params: list[tuple[str, str]], expected: list[str | None]
) -> None:
    if not listed(module_api)["receipts"]:
        send_five(module_api)

    assert ids(listed(module_api, *params)) == expected


@pytest.mark.parametrize(
    "params",
    [
        ("status", "duplicate"),
        ("since", "-1"),
        ("since", "NaN"),
        ("since", "9" * 5000),
        ("page", "0"),
        ("page", "100001"),
        ("limit", "0"),
        ("limit", "1001"),
        ("source", ""),
        ("source", "x" * 257),
        ("id", "a\x00b"),
    ],
)
def test_a_parameter_that_is_not_as_documented_is_named_and_not_repeated(
    module_api: Api, params: tuple[str, str]
) -> None:
    answer = module_api.call("GET", RECEIPTS, params=[params])

    assert answer.status_code == 400
    assert answer.json() == {
        "type": "urn:samspar:reason:parameter_invalid",
        "title": "Parameter invalid",
        "status": 400,
        "detail": f"Expected parameters of the documented form; correct query.{params[0]}.",
        "instance": RECEIPTS,
        "reason": "parameter_invalid",
    }


def test_since_goes_on_after_the_last_receipt_seen_also_when_one_changes_meanwhile(api: Api) -> None:
    api.post(opened("held"))
    api.post(event("r", "enrolment.opened", {"key": "x"}, schemaversion=2))
    seen = listed(api, ("limit", "2"))

    api.post(registration("reg"))
    after = listed(api, ("since", str(seen["since"])))

    assert ids(seen) == ["held", "r"]
    assert sorted(str(each) for each in ids(after)) == ["held", "reg"]
    assert {receipt["status"] for receipt in after["receipts"]} == {"accepted"}
    assert listed(api, ("since", str(after["since"])))["since"] == after["since"]


def test_a_receipt_is_found_by_its_id_by_its_own_sender_alone(api: Api) -> None:
    own = api.post(registration()).json()
    path = f"{RECEIPTS}/{own['receipt_id']}"

    mine = api.call("GET", path)
    others = [
        api.call("GET", path, token=api.token("af")),
        api.call("GET", f"{RECEIPTS}/{uuid4()}"),
    ]

    assert (mine.status_code, mine.json()) == (200, own)
    assert [(answer.status_code, answer.content) for answer in others] == [(404, others[0].content)] * 2


@pytest.mark.parametrize("receipt_id", ["1", "%00", "19860101-2381", "x" * 3000])
def test_a_receipt_id_that_is_none_is_not_repeated(module_api: Api, receipt_id: str) -> None:
    answer = module_api.call("GET", f"{RECEIPTS}/{receipt_id}")

    assert (answer.status_code, answer.json()["instance"]) == (400, f"{RECEIPTS}/{{receipt_id}}")
    assert receipt_id not in answer.json()["detail"]
