"""Unknown, protected and not permitted: status, headers and body are equal to the byte, and so is the work behind."""

from uuid import uuid4

import httpx

from hub.run.hub import Hub
from hub.store.database import rows
from tests.integration.web.calling import Api, at_a_standstill, calling
from tests.integration.web.people import KNOWN, UNKNOWN, known_person, protected, send
from tests.queries import counted_queries

_OF_THE_MOMENT = (b"date", b"x-request-id")


def bytes_of(answer: httpx.Response) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Everything that a caller gets, but for the moment and the number of the call."""
    headers = [(name, value) for name, value in answer.headers.raw if name not in _OF_THE_MOMENT]
    return answer.status_code, headers, answer.content


def test_a_timeline_that_is_not_opened_looks_the_same_whatever_the_reason(api: Api) -> None:
    known = known_person(api)
    hidden = send(api, [protected(subject="J9")])
    asked = {
        "unknown": (str(uuid4()), api.token()),
        "nobody": (str(uuid4()).upper(), api.token()),
        "no id": ("19860101-2381", api.token()),
        "no id at all": ("%00", api.token()),
        "protected": (hidden, api.token()),
        "no relation": (known, api.token("socialtjanst")),
        "no such agency": (known, api.token("nobody")),
        "another unit": (known, api.token(unit="Kista")),
    }

    refused = {why: bytes_of(api.timeline(person, token=token)) for why, (person, token) in asked.items()}

    assert {why: answer for why, answer in refused.items() if answer != refused["unknown"]} == {}
    assert refused["unknown"][0] == 404
    assert api.timeline(known, token=api.token(unit="Farsta")).status_code == 200


def test_a_refusal_takes_the_same_queries_whatever_the_reason(hub: Hub) -> None:
    with calling(at_a_standstill(hub)) as api:
        known, hidden = known_person(api), send(api, [protected(subject="J9")])
        asked = ((str(uuid4()), "jobbtorg"), (hidden, "jobbtorg"), (known, "fk"), (known, "jobbtorg"))

        queries = []
        for person, agency in asked:
            token = api.token(agency)
            with counted_queries(hub) as statements:
                api.timeline(person, token=token)
            queries.append(statements)

    assert queries == [queries[0]] * 4


def test_a_search_that_finds_nobody_takes_the_same_queries_as_one_that_finds(hub: Hub) -> None:
    with calling(at_a_standstill(hub)) as api:
        known_person(api)
        asked = ((KNOWN, "jobbtorg"), (UNKNOWN, "jobbtorg"), (KNOWN, "fk"))

        queries = []
        for identifier, agency in asked:
            token = api.token(agency)
            with counted_queries(hub) as statements:
                api.search({"identifier": identifier}, token=token)
            queries.append(statements)

    assert queries == [queries[0]] * 3


def test_the_read_log_knows_the_reasons_that_the_reader_is_not_told(api: Api) -> None:
    known, hidden, nobody = known_person(api), send(api, [protected(subject="J9")]), str(uuid4())
    asked = ((nobody, "jobbtorg", None), (hidden, "jobbtorg", None), (known, "fk", None), (known, "jobbtorg", "Kista"))
    for person, agency, unit in asked:
        api.timeline(person, token=api.token(agency, unit=unit))

    with api.hub.database.transaction() as connection:
        log = rows(connection, "SELECT agency, unit, outcome, entries FROM read_row ORDER BY read_id")

    assert log == [
        ("jobbtorg", None, "participant_unknown", 0),
        ("jobbtorg", None, "protected", 0),
        ("fk", None, "no_relation_of_agency", 0),
        ("jobbtorg", "Kista", "no_relation_of_unit", 0),
    ]
