"""A participant's timeline over the API: chosen, paged, as of a day and as known at an instant, with what is missing."""

from collections.abc import Iterator

import pytest

from hub.run.hub import Hub
from schemas.event_type import JsonObject
from tests.integration.web.calling import Api, at_a_standstill, calling
from tests.integration.web.people import enrolled, known_person, send
from tests.queries import counted_queries
from tests.unit.intake.builders import AF, JOBBTORG, OTHER_PERSONAL_NUMBER, event, registration

NEWEST_FIRST = ["e2", "talk", "e1", "sfi-reg", "af-reg", "reg"]


@pytest.fixture(scope="module")
def known(module_hub: Hub) -> Iterator[tuple[Api, str]]:
    """An API, and a person whom three agencies know."""
    with calling(module_hub) as api:
        yield api, known_person(api)


def read(known: tuple[Api, str], *params: tuple[str, str], agency: str = "jobbtorg") -> JsonObject:
    """A page of the timeline."""
    api, person = known
    answer = api.timeline(person, *params, token=api.token(agency))
    assert answer.status_code == 200
    page: JsonObject = answer.json()
    return page


def keys(page: JsonObject) -> list[str]:
    """Which entries a page has: the key of a spell, or the id of a point event."""
    return [entry["key"] for entry in page["timeline_entries"]]


def test_a_page_says_whose_it_is_what_of_it_is_shown_and_what_is_hidden(known: tuple[Api, str]) -> None:
    page = read(known)

    assert keys(page) == NEWEST_FIRST
    del page["timeline_entries"], page["sources"], page["as_of"]
    assert page == {
        "participant_id": known[1],
        "known_at": None,
        "hidden": {"domains": ["EDU"]},
        "page": 1,
        "limit": 20,
        "total": 6,
    }


def test_an_entry_says_what_it_is_who_said_it_and_which_events_it_rests_on(known: tuple[Api, str]) -> None:
    entry = next(entry for entry in read(known)["timeline_entries"] if entry["key"] == "e1")

    for assigned in ("entry_id", "thing", "recorded_at"):
        del entry[assigned]
    assert entry == {
        "key": "e1",
        "kind": "enrolment",
        "title": "Inskrivning: Jobbtorg",
        "agency": "jobbtorg",
        "source": JOBBTORG,
        "unit": "Farsta",
        "state": "active",
        "time": "2026-11-19T08:00:00Z",
        "from": "2026-11-19",
        "to": None,
        "planned_to": None,
        "at": None,
        "episode": 1,
        "pauses": [],
        "flags": ["overlap"],
        "domains": ["ENR"],
        "legal_basis": None,
        "purpose": None,
        "group": None,
        "data": {"programme": "jobbtorg", "unit": "Farsta"},
        "events": [
            {
                "source": JOBBTORG,
                "id": "e1",
                "type": "enrolment.opened",
                "position": 2,
                "time": "2026-11-19T08:00:00Z",
            }
        ],
        "struck": [],
    }


@pytest.mark.parametrize(
    ("agency", "shown", "hidden"),
    [
        ("jobbtorg", ["af-reg", "e1", "e2", "reg", "sfi-reg", "talk"], ["EDU"]),
        ("af", ["af-reg", "b", "e1", "e2", "reg", "s", "sfi-reg", "talk"], []),
        ("sfi", ["af-reg", "reg", "s", "sfi-reg"], []),
    ],
)
def test_each_agency_sees_what_the_matrix_says_and_its_own(
    known: tuple[Api, str], agency: str, shown: list[str], hidden: list[str]
) -> None:
    page = read(known, agency=agency)

    assert (sorted(keys(page)), page["hidden"]) == (shown, {"domains": hidden})


@pytest.mark.parametrize(
    ("params", "expected", "total"),
    [
        ([("kind", "enrolment")], ["e2", "e1"], 2),
        ([("kind", "conversation")], ["talk"], 1),
        ([("kind", "conversation.held")], ["talk"], 1),
        ([("kind", "enrolment"), ("kind", "conversation")], ["e2", "talk", "e1"], 3),
        ([("kind", "benefit")], [], 0),
        ([("kind", "education")], [], 0),
        ([("kind", "nothing")], [], 0),
        ([("limit", "2")], NEWEST_FIRST[:2], 6),
        ([("limit", "2"), ("page", "3")], NEWEST_FIRST[4:], 6),
        ([("limit", "2"), ("page", "4")], [], 6),
        ([("limit", "500"), ("page", "100000")], [], 6),
        ([("as_of", "2026-11-18")], ["sfi-reg", "af-reg", "reg"], 3),
        ([("as_of", "2026-11-15")], [], 0),
        ([("as_of", "0001-01-01")], [], 0),
        ([("as_of", "9999-12-31")], NEWEST_FIRST, 6),
        ([("known_at", "2026-11-20T10:00:00+01:00")], [], 0),
        ([("known_at", "0001-01-01")], [], 0),
        ([("known_at", "0001-01-01T00:00:00+14:00")], [], 0),
        ([("known_at", "9999-12-31")], NEWEST_FIRST, 6),
        ([("known_at", "9999-12-31T23:59:59.999999-14:00")], NEWEST_FIRST, 6),
    ],
    ids=str,
)
def test_entries_are_chosen_by_kind_day_and_instant_and_come_in_pages(
    known: tuple[Api, str], params: list[tuple[str, str]], expected: list[str], total: int
) -> None:
    page = read(known, *params)

    assert (keys(page), page["total"]) == (expected, total)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("as_of", "yesterday"),
        ("as_of", "2026-02-30"),
        ("as_of", "10000-01-01"),
        ("known_at", "2026-11-20T10:00:00"),
        ("known_at", "2026-11-20 10"),
        ("known_at", "0000-01-01"),
        ("known_at", "x" * 41),
        ("kind", ""),
        ("kind", "a\x00"),
        ("page", "0"),
        ("page", "1.5"),
        ("limit", "501"),
        ("limit", "9" * 5000),
    ],
)
def test_a_parameter_that_is_not_as_documented_is_refused(known: tuple[Api, str], name: str, value: str) -> None:
    api, person = known

    answer = api.timeline(person, (name, value))

    assert (answer.status_code, answer.json()["reason"]) == (400, "parameter_invalid")
    assert name in answer.json()["detail"]
    assert value == "" or value not in answer.json()["detail"]


@pytest.mark.parametrize(
    ("purpose", "reason"),
    [
        (None, "purpose_missing"),
        ("", "purpose_missing"),
        ("curiosity", "purpose_unknown"),
        ("planning", None),
        ("Planning", "purpose_unknown"),
        ("plänning", "purpose_unknown"),
        ("x" * 65, "parameter_invalid"),
    ],
)
def test_whoever_reads_about_a_person_says_why(known: tuple[Api, str], purpose: str | None, reason: str | None) -> None:
    api, person = known

    answer = api.timeline(person, headers={} if purpose is None else {"Purpose": purpose})

    assert answer.json().get("reason") == reason


def test_what_was_known_then_comes_back_and_what_was_corrected_is_struck_out(api: Api) -> None:
    person = send(api, [registration(), enrolled("e", unit="Farsta")])
    (before,) = (entry["recorded_at"] for entry in read((api, person))["timeline_entries"] if entry["key"] == "e")
    replaced = {"source": JOBBTORG, "id": "e"}
    correction = {
        "replaces": replaced,
        "event": "enrolment.opened",
        "reason": "wrong unit",
        "replacement": {"key": "e", "programme": "jobbtorg", "unit": "Kista"},
    }
    send(api, [event("fix", "enrolment.corrected", correction)])

    now, then = (read((api, person), ("kind", "enrolment"), *params) for params in ((), (("known_at", before),)))

    (entry,), (old,) = now["timeline_entries"], then["timeline_entries"]
    assert (
        entry["unit"],
        [(struck["id"], struck["reason"], struck["data"]["unit"]) for struck in entry["struck"]],
    ) == (
        "Kista",
        [("e", "wrong unit", "Farsta")],
    )
    assert (old["unit"], old["struck"]) == ("Farsta", [])


def test_every_page_says_how_complete_every_source_is(api: Api) -> None:
    person = send(api, [registration(sequence="1"), enrolled("e", sequence="2")])
    api.batch([enrolled("held", subject="nobody", sequence="4"), event("bad", "enrolment.opened", {}, sequence="5")])

    sources = {source["source"]: source for source in read((api, person))["sources"]}

    assert len(sources) == 11
    assert sources[AF]["state"] == "never_sent"
    assert sources[JOBBTORG] == {
        "agency": "jobbtorg",
        "source": JOBBTORG,
        "state": "complete",
        "complete_to": "2026-11-20T08:00:00Z",
        "missing_sequences": [],
        "held": 1,
        "rejected": 1,
    }


def test_a_page_takes_as_many_queries_whatever_it_shows(hub: Hub) -> None:
    with calling(at_a_standstill(hub)) as api:
        counts = queries_of_pages(api)

    assert counts == [(1, counts[0][1]), (401, counts[0][1]), (401, counts[0][1])]
    assert counts[0][1] <= 12


def queries_of_pages(api: Api) -> list[tuple[int, int]]:
    """Of a short timeline, a short page of a long one and a long page: entries in all, and queries."""
    few = send(api, [registration()])
    many = send(
        api,
        [
            registration("reg-2", subject="J2", number=OTHER_PERSONAL_NUMBER),
            *(enrolled(f"e{place}", subject="J2") for place in range(400)),
        ],
    )
    counts = []
    for person, limit in ((few, 1), (many, 1), (many, 500)):
        with counted_queries(api.hub) as statements:
            page = read((api, person), ("limit", str(limit)))
        counts.append((page["total"], len(statements)))
    return counts
