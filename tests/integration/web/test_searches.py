"""Finding a participant by an identifier: the one that the caller may read about, or nobody, which says nothing."""

import pytest

from hub.intake.modes import PLAIN
from schemas.event_type import Json
from tests.integration.web.calling import SEARCHES, Api
from tests.integration.web.people import KNOWN, OTHER, UNKNOWN, known_person, protected, send
from tests.unit.intake.builders import registration


def test_a_participant_is_found_by_every_spelling_of_a_known_number(api: Api) -> None:
    person = known_person(api)
    spellings = ["19860101-2381", "198601012381", "860101-2381", " 19860101-2381\t"]

    answers = [api.search({"identifier": spelling}).json() for spelling in spellings]

    assert answers == [{"participants": [{"participant_id": person}]}] * 4


def test_a_participant_is_found_by_a_number_of_its_own_type_alone(api: Api) -> None:
    lma = {"identifiers": [{"type": "lma_number", "value": "12-345678"}], "protection": "none"}
    person = send(api, [{**registration(), "data": lma}])
    searches = [{"identifier": "12345678", "identifier_type": kind} for kind in ("lma_number", "interim_number")]

    answers = [api.search(search).json()["participants"] for search in searches]

    assert answers == [[{"participant_id": person}], []]


def test_nobody_is_found_who_is_unknown_protected_or_another_agencys(api: Api) -> None:
    known_person(api)
    send(api, [protected(subject="J9")])

    answers = [
        api.search({"identifier": UNKNOWN}),
        api.search({"identifier": "not a number"}),
        api.search({"identifier": OTHER}),
        api.search({"identifier": KNOWN}, token=api.token("socialtjanst")),
        api.search({"identifier": KNOWN}, token=api.token("nobody")),
        api.search({"identifier": KNOWN}, token=api.token(unit="Kista")),
    ]

    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b'{"participants":[]}')] * 6


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ({"identifier": KNOWN}, {}, (400, "purpose_missing")),
        ({"identifier": KNOWN, "purpose": ""}, {}, (400, "purpose_missing")),
        ({"identifier": KNOWN, "purpose": "curiosity"}, {}, (400, "purpose_unknown")),
        ({"identifier": KNOWN, "purpose": "planning"}, {}, (200, None)),
        ({"identifier": KNOWN, "purpose": "curiosity"}, {"Purpose": "planning"}, (400, "purpose_unknown")),
    ],
)
def test_the_purpose_comes_in_the_body_or_else_in_the_header(
    module_api: Api, body: Json, headers: dict[str, str], expected: tuple[int, str | None]
) -> None:
    answer = module_api.search(body, headers=headers)

    assert (answer.status_code, answer.json().get("reason")) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{}",
        b"[]",
        b"null",
        b"42",
        b'{"identifier": 198601012381}',
        b'{"identifier": null}',
        b'{"identifier": "19860101-2381", "identifier_type": "organisation_number"}',
        b'{"identifier": "19860101-2381", "name": "Amina"}',
        b'{"identifier": "\\ud800"}',
        b'{"identifier": NaN}',
        b'{"identifier": "' + b"1" * 65 + b'"}',
        b'{"identifier": ' + b"1" * 5000 + b"}",
        b'{"identifier": "\xc3\x28"}',
        b"\xff\xfe{\x00}\x00",
        b"[" * 60_000,
        b'{"identifier": ' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    ],
)
def test_a_search_that_is_not_as_documented_is_refused_without_repeating_it(module_api: Api, body: bytes) -> None:
    answer = module_api.search(body)

    assert (answer.status_code, answer.json()["reason"]) == (400, "parameter_invalid")
    assert "1986" not in answer.text


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "\x00",
        "\u2028",
        "19860101-2381".translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}),
        "'; DROP TABLE participant; --",
    ],
)
def test_what_is_no_number_finds_nobody(module_api: Api, identifier: str) -> None:
    answer = module_api.search({"identifier": identifier})

    assert (answer.status_code, answer.content) == (200, b'{"participants":[]}')


def test_a_search_that_is_too_long_is_refused_as_a_problem(module_api: Api) -> None:
    body = b'{"identifier": "' + b"x" * 65_536 + b'"}'
    pieces = (body[place : place + 9000] for place in range(0, len(body), 9000))

    answers = [module_api.search(body), module_api.call("POST", SEARCHES, headers={"Content-Type": PLAIN}, body=pieces)]

    assert [(answer.status_code, answer.json()["reason"]) for answer in answers] == [(413, "body_too_large")] * 2
    assert all("x-request-id" in answer.headers for answer in answers)
