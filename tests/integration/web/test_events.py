"""Sending events over HTTP: one, a batch or binary mode, and every status that SURFACE 3 names."""

import json
from collections.abc import Iterator

import pytest

from hub.intake.modes import BATCH, SINGLE
from hub.run.hub import Hub
from hub.store.database import rows
from schemas import codes
from tests.integration.web.calling import EVENTS, VALIDATIONS, Api, told, told_each
from tests.unit.intake.builders import JOBBTORG, event, opened, registration

BINARY = {
    "specversion": "1.0",
    "id": "binary",
    "source": JOBBTORG,
    "type": "se.samspar.enrolment.opened",
    "time": "2026-11-20T09:00:00+01:00",
    "subject": "J1",
    "schemaversion": "2",
}
DATA = b'{"key": "e", "programme": "jobbtorg"}'


def test_the_status_of_one_event_says_its_verdict(api: Api) -> None:
    answers = [
        api.post(opened("early")),
        api.post(registration()),
        api.post(registration()),
        api.post(event("o", "enrolment.opened", {"key": "e", "programme": "astronaut"}, schemaversion=2)),
    ]

    assert [told(answer) for answer in answers] == [
        (202, "held", "participant_unknown", "/subject"),
        (201, "accepted", None, None),
        (200, "duplicate", None, None),
        (422, "rejected", "code_unknown", "/data/programme"),
    ]


def test_a_receipt_says_what_was_expected_what_was_found_and_what_to_do(api: Api) -> None:
    sent = event("o", "enrolment.opened", {"key": "e", "programme": "astronaut"}, schemaversion=2, colour="blue")

    receipt = api.post(sent).json()

    assert {**receipt, "receipt_id": "", "recorded_at": ""} == {
        "receipt_id": "",
        "source": JOBBTORG,
        "id": "o",
        "status": "rejected",
        "recorded_at": "",
        "problems": [
            {
                "reason": "code_unknown",
                "pointer": "/data/programme",
                "expected": "one of " + ", ".join(codes.entries("programme")),
                "found": "astronaut",
                "action": "Choose a code from the list.",
            }
        ],
        "notices": [
            {
                "reason": "attribute_ignored",
                "pointer": "/colour",
                "expected": "The attributes of the contract; other extensions with legal names are accepted"
                " and not used",
                "found": "colour",
                "action": "Check the spelling, or leave it.",
            }
        ],
    }


def test_an_accepted_receipt_names_the_participant_and_the_position(api: Api) -> None:
    first = api.post(registration()).json()
    second = api.post(opened()).json()

    assert (first["position"], second["position"]) == (1, 2)
    assert first["participant_id"] == second["participant_id"]


def test_a_redelivery_is_answered_with_the_first_receipt(api: Api) -> None:
    first = api.post(registration()).json()

    again = api.post(registration()).json()

    assert again == {**first, "status": "duplicate"}


def test_a_batch_answers_one_receipt_per_event_in_the_order_sent(api: Api) -> None:
    sent = [
        opened("o", subject="nobody"),
        registration(),
        opened("p", key="p"),
        registration(),
        event("q", "enrolment.opened", {"key": "q"}, schemaversion=2),
    ]

    answer = api.batch(sent)

    assert told_each(answer) == [
        ("held", "participant_unknown", "/subject"),
        ("accepted", None, None),
        ("accepted", None, None),
        ("duplicate", None, None),
        ("rejected", "field_missing", "/data/programme"),
    ]
    assert [receipt["id"] for receipt in answer.json()["receipts"]] == ["o", "reg", "p", "reg", "q"]


def test_an_event_in_binary_mode_is_the_same_event(api: Api) -> None:
    api.post(registration())

    answer = api.binary(BINARY, DATA)
    again = api.post(opened("binary"))

    assert [told(answer), told(again)] == [(201, "accepted", None, None), (200, "duplicate", None, None)]


def test_the_headers_of_binary_mode_are_percent_decoded_and_unquoted(api: Api) -> None:
    api.post(registration(subject="Åsa €1"))

    answer = api.binary({**BINARY, "subject": '"%C3%85sa%20%E2%82%AC1"'}, DATA)
    raw = api.binary({**BINARY, "id": "raw", "subject": "Åsa €1".encode()}, DATA)

    assert [told(answer), told(raw)] == [(201, "accepted", None, None), (201, "accepted", None, None)]


@pytest.mark.parametrize(
    ("attributes", "data", "expected"),
    [
        ({"subject": "%FF"}, DATA, (422, "rejected", "attribute_invalid", "/subject")),
        ({"colour": "%00"}, DATA, (422, "rejected", "nul_character", "/colour")),
        ({"data": "x"}, DATA, (422, "rejected", "json_duplicate_key", "/data")),
        ({"order-unit": "x"}, DATA, (422, "rejected", "attribute_name_invalid", "/order-unit")),
        ({}, b"42", (422, "rejected", "field_invalid", "/data")),
        ({}, b'{"key": "e", "programme": "jobbtorg", "note": "\\ud800"}', (422, "rejected", "lone_surrogate", "/data/note")),
        ({}, b"", (400, "refused", "body_empty", None)),
        ({}, b"{}}", (400, "refused", "json_syntax", None)),
        ({}, b'{"a": 1}, "id": {}', (400, "refused", "json_syntax", None)),
    ],
)  # fmt: skip
def test_what_is_wrong_in_binary_mode_is_told_by_its_place_in_the_event(
    module_api: Api, attributes: dict[str, str], data: bytes, expected: tuple[int, str, str, str]
) -> None:
    assert told(module_api.binary({**BINARY, **attributes}, data)) == expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("text/plain", 415),
        ("", 415),
        ("application/json", 415),
        ("application/cloudevents", 415),
        ("application/cloudevents+json; charset=iso-8859-1", 415),
        ("application/cloudevents+json; charset*=utf-16''x", 415),
        ("application/cloudevents+json;;;=", 200),
        ("Application/CloudEvents+JSON; charset=UTF-8", 200),
        ('application/cloudevents+json; charset="utf-8"', 200),
    ],
)
def test_only_the_three_forms_of_cloudevents_in_utf_8_are_read(module_api: Api, form: str, expected: int) -> None:
    answers = [module_api.post(registration(), form=form, path=path) for path in (EVENTS, VALIDATIONS)]

    assert {answer.status_code for answer in answers} <= {expected, 201}


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity, gzip"])
def test_a_compressed_body_is_refused_before_it_is_read(module_api: Api, encoding: str) -> None:
    headers = {"Content-Type": SINGLE, "Content-Encoding": encoding}

    answer = module_api.call("POST", EVENTS, headers=headers, body=b"\x1f\x8b")

    assert told(answer) == (415, "refused", "content_type_unsupported", None)


def test_a_refused_call_is_told_as_a_problem(api: Api) -> None:
    answer = api.post(b'{"id": "a"')

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:samspar:reason:json_syntax",
        "title": "Json syntax",
        "status": 400,
        "detail": "Expected: JSON (RFC 8259). Found: offset 10, line 1, column 11. Mend the JSON at the place given.",
        "instance": "/samspar/v1/events",
        "reason": "json_syntax",
        "pointer": None,
        "expected": "JSON (RFC 8259)",
        "found": "offset 10, line 1, column 11",
        "action": "Mend the JSON at the place given.",
    }


def test_a_body_that_is_too_large_is_refused_also_when_its_length_is_not_stated(api: Api) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(81):
            yield b" " * 2**16

    answers = [api.batch(b" " * (5 * 2**20 + 1)), api.post(pieces(), form=BATCH)]

    assert [told(answer) for answer in answers] == [(413, "refused", "body_too_large", None)] * 2
    assert recorded(api.hub) == 0


def test_a_batch_of_5_mib_and_one_of_1000_events_are_read(api: Api) -> None:
    padded = b"[" + b" " * (5 * 2**20 - 2) + b"]"
    many = [registration(f"r{place}", subject=f"R{place}") for place in range(1000)]

    answers = [api.batch(padded), api.batch(many), api.batch([*many, registration("more")])]

    assert [answer.status_code for answer in answers] == [200, 200, 413]
    assert len(answers[1].json()["receipts"]) == recorded(api.hub) == 1000
    assert answers[2].json()["reason"] == "too_many_events"


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
@pytest.mark.parametrize("form", [SINGLE, BATCH])
def test_nothing_is_not_an_event(module_api: Api, body: bytes, form: str) -> None:
    assert told(module_api.post(body, form=form)) == (400, "refused", "body_empty", None)


def test_only_a_token_with_the_scope_may_send_and_it_speaks_for_its_agency_alone(api: Api) -> None:
    reader = api.token(scopes=["receipts:read", "timeline:read"])
    other = api.token("af")

    answers = [api.post(registration(), token=reader), api.post(registration(), token=other)]

    assert [told(answer) for answer in answers] == [
        (403, "refused", "scope_missing", None),
        (422, "rejected", "source_of_another_agency", "/source"),
    ]
    assert 'scope="events:write"' in answers[0].headers["www-authenticate"]


def test_a_validation_says_what_sending_would_answer_and_writes_nothing(api: Api) -> None:
    api.post(registration())
    before = everything(api.hub)
    sent = [
        opened("o"),
        opened("o"),
        opened("p", subject="nobody"),
        registration("again"),
        registration("new", subject="J2", number="19790101-2398"),
        event("q", "enrolment.opened", {"key": "q"}, schemaversion=2),
    ]

    validated = api.batch([*sent, 7], path=VALIDATIONS)  # type: ignore[list-item]  # what is no event is the point

    assert everything(api.hub) == before
    assert told_each(validated) == told_each(api.batch([*sent, 7]))  # type: ignore[list-item]  # the same bytes


def test_a_validation_promises_no_participant_that_does_not_exist(api: Api) -> None:
    known = api.post(registration()).json()["participant_id"]
    new = registration("new", subject="J2", number="19790101-2398")

    validated = api.batch([registration("again"), new], path=VALIDATIONS).json()["receipts"]

    assert [receipt.get("participant_id") for receipt in validated] == [known, None]
    assert [receipt.get("position") for receipt in validated] == [None, None]


@pytest.mark.parametrize(
    ("body", "form", "status"),
    [
        (json.dumps(registration()).encode(), SINGLE, 200),
        (json.dumps(opened()).encode(), SINGLE, 200),
        (b"42", SINGLE, 422),
        (b"{", SINGLE, 400),
        (b"[]", BATCH, 200),
        (b"{}", BATCH, 400),
        (b"{}", "text/plain", 415),
    ],
)
def test_a_validation_has_the_statuses_of_sending_but_never_says_that_something_was_made(
    module_api: Api, body: bytes, form: str, status: int
) -> None:
    assert module_api.post(body, form=form, path=VALIDATIONS).status_code == status


def recorded(hub: Hub) -> int:
    """How many receipts there are."""
    with hub.database.transaction() as connection:
        count: int = rows(connection, "SELECT count(*) FROM receipt")[0][0]
    return count


def everything(hub: Hub) -> list[tuple[str, int]]:
    """How many rows each table has."""
    with hub.database.transaction() as connection:
        names = rows(
            connection,
            "SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 'readmodel')"
            " AND has_table_privilege(format('%%I.%%I', schemaname, tablename), 'SELECT') ORDER BY 1",
        )
        return [(name, rows(connection, f"SELECT count(*) FROM {name}")[0][0]) for (name,) in names]
