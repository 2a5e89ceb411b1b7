"""The joint plan and its findings over the API: one plan out of three, what clashes, and what would if something changed."""

import json
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest

from hub.run.hub import Hub
from hub.store.database import rows
from schemas.event_type import JsonObject
from tests.integration.web.calling import PURPOSE, Api, calling
from tests.integration.web.people import SFI, send
from tests.unit.intake.builders import AF, JOBBTORG, event, registration

SOC = "urn:samspar:source:socialtjanst:verksamhetssystem"
DAY = ("as_of", "2026-11-20")
SFI_LINE = {
    "key": "sfi-b",
    "activity": "sfi",
    "label": "Sfi kurs B",
    "course": "1B",
    "from": "2026-10-13",
    "to": "2027-03-12",
    "week": ["mon-thu 08:30-12:15"],
    "hours": 15,
}
WORKSHOP = {
    "key": "jt-1",
    "activity": "jobbsok_verkstad",
    "from": "2026-11-16",
    "to": "2027-01-29",
    "week": ["tue 09:00-12:00"],
}


def plan_of(source: str, subject: str, plan_type: str, *lines: JsonObject) -> JsonObject:
    """A plan that an agency made a week ago."""
    data = {"key": f"plan-{subject}", "plan_type": plan_type, "lines": list(lines)}
    return event(f"plan-{subject}", "plan.created", data, subject=subject, source=source, time="2026-11-13T09:00:00Z")


@pytest.fixture(scope="module")
def planned(module_hub: Hub) -> Iterator[tuple[Api, str]]:
    """An API, and a person with three plans, whom socialtjänsten knows too."""
    with calling(module_hub) as api:
        af_line = {"key": "af-1", "activity": "sfi", "responsible": "sfi", "from": "2026-11-13"}
        activity = {"key": "act", "activity": "coachning", "from": "2026-11-16", "week": ["fri 09:00-10:00"]}
        sent = {
            "jobbtorg": [
                registration("reg", subject="J1"),
                plan_of(JOBBTORG, "J1", "jobbplan", WORKSHOP),
                event("act", "activity.registered", activity, subject="J1"),
            ],
            "af": [
                registration("reg", subject="A1", source=AF),
                event("owner", "caseworker.assigned", {"role": "process_owner"}, subject="A1", source=AF),
                plan_of(AF, "A1", "handlingsplan", af_line),
            ],
            "sfi": [registration("reg", subject="S1", source=SFI), plan_of(SFI, "S1", "studieplan", SFI_LINE)],
            "socialtjanst": [
                registration("reg", subject="C1", source=SOC),
                event(
                    "soc",
                    "enrolment.opened",
                    {"key": "soc", "programme": "forsorjningsstod"},
                    subject="C1",
                    source=SOC,
                    schemaversion=2,
                ),
            ],
        }
        people = {send(api, events, agency) for agency, events in sent.items()}
        assert len(people) == 1
        yield api, people.pop()


def asked(planned: tuple[Api, str], what: str, *params: tuple[str, str], agency: str = "af") -> httpx.Response:
    api, person = planned
    path = f"/samspar/v1/participants/{person}/{what}"
    return api.call("GET", path, token=api.token(agency), headers=PURPOSE, params=params)


def tried(planned: tuple[Api, str], agency: str = "af", **body: object) -> httpx.Response:
    api, person = planned
    path = f"/samspar/v1/participants/{person}/joint-plan-previews"
    headers = {**PURPOSE, "Content-Type": "application/json"}
    content = json.dumps({"as_of": DAY[1], **body}).encode()
    return api.call("POST", path, token=api.token(agency), headers=headers, body=content)


def in_short(plan: JsonObject) -> list[tuple[list[str], str | None, float | None]]:
    """The lines: keys of their sources, who is responsible, hours."""
    return [
        (sorted(source["key"] for source in line["sources"]), line["responsible"], line["hours"])
        for line in plan["lines"]
    ]


def clashes(plan: JsonObject) -> list[tuple[str, list[str], str, str]]:
    """The findings: rule, items, who must act, by when."""
    return [
        (each["rule"], sorted(item["key"] for item in each["items"]), each["resolver"], each["due"])
        for each in plan["findings"]
        if each["rule"] == "C1"
    ]


def test_three_plans_are_one_and_every_value_says_whence_it_is(planned: tuple[Api, str]) -> None:
    answer = asked(planned, "joint-plan", DAY)

    assert answer.status_code == 200
    plan = answer.json()
    assert in_short(plan) == [
        (["af-1", "sfi-b"], "sfi", 15),
        (["jt-1"], "jobbtorg", 3),
        (["act"], "jobbtorg", 1),
    ]
    course = plan["lines"][0]["values"]["course"]
    del course["event"]["time"]
    assert course == {
        "value": "1B",
        "source": SFI,
        "key": "sfi-b",
        "event": {"source": SFI, "id": "plan-S1"},
    }
    assert [(each["agency"], each["plan_type"], each["lines"]) for each in plan["plans"]] == [
        ("af", "handlingsplan", 1),
        ("jobbtorg", "jobbplan", 1),
        ("sfi", "studieplan", 1),
    ]


def test_a_clash_is_told_in_words_with_its_evidence_and_who_must_act(planned: tuple[Api, str]) -> None:
    [found] = [each for each in asked(planned, "findings", DAY).json()["findings"] if each["rule"] == "C1"]

    assert {name: found[name] for name in ("severity", "title", "text", "resolver", "evidence", "status")} == {
        "severity": "high",
        "title": "Två obligatoriska aktiviteter på samma tid",
        "text": "Tis 09.00–12.00: Sfi kurs B och Jobbsökarverkstad.",
        "resolver": "jobbtorg",
        "evidence": ["plan-J1", "plan-A1", "plan-S1"],
        "status": "open",
    }
    assert sorted(found["participant_references"]) == [f"{AF}#A1", f"{JOBBTORG}#J1", f"{SFI}#S1", f"{SOC}#C1"]


def test_who_may_not_see_activities_sees_neither_them_nor_what_they_clash_with(planned: tuple[Api, str]) -> None:
    plan = asked(planned, "joint-plan", DAY, agency="socialtjanst").json()

    assert [keys for keys, _, _ in in_short(plan)] == [["af-1", "sfi-b"], ["jt-1"]]
    assert plan["hidden"]["domains"] == ["ACT", "ENR"]
    assert not any("act" in [item["key"] for item in each["items"]] for each in plan["findings"])


def test_a_change_that_is_tried_shows_what_would_be_found_and_stores_nothing(planned: tuple[Api, str]) -> None:
    before = asked(planned, "joint-plan", DAY).json()
    later = tried(planned, changed=[{"line": f"{JOBBTORG}#jt-1", "week": ["tue 13:00-15:00"]}]).json()
    more = tried(planned, added=[{"key": "new", "activity": "syv", "week": ["mon 09:00-10:00"]}]).json()
    less = tried(planned, removed=[before["lines"][1]["line_id"]]).json()

    assert clashes(before) == [("C1", ["jt-1", "sfi-b"], "jobbtorg", before["findings"][0]["due"])]
    assert (in_short(later)[1], clashes(later)) == ((["jt-1"], "jobbtorg", 2), [])
    assert [items for _, items, _, _ in clashes(more)] == [["jt-1", "sfi-b"], ["new", "sfi-b"]]
    assert (len(less["lines"]), clashes(less)) == (2, [])
    assert asked(planned, "joint-plan", DAY).json()["lines"] == before["lines"]


def test_the_smallest_change_is_suggested_with_its_reasons_and_without_hidden_times(planned: tuple[Api, str]) -> None:
    told = asked(planned, "joint-plan-suggestion", DAY).json()["suggestion"]
    free = asked(planned, "joint-plan-suggestion", DAY, agency="socialtjanst").json()["suggestion"]

    [move] = told["moves"]
    assert (move["line"]["key"], move["responsible"], move["before"], move["after"]) == (
        "jt-1",
        "jobbtorg",
        ["tue 09:00-12:00"],
        ["tue 12:15-15:15"],
    )
    assert (move["text"], told["clashes"], told["is_smallest"]) == (
        "Flytta Jobbsökarverkstad till tis 12.15–15.15.",
        {"before": 1, "after": 0},
        True,
    )
    assert free["moves"] == told["moves"]


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_any_day_can_be_asked_about(planned: tuple[Api, str], day: str) -> None:
    answers = [asked(planned, what, ("as_of", day)) for what in ("joint-plan", "findings", "joint-plan-suggestion")]

    assert [(answer.status_code, answer.json()["as_of"]) for answer in answers] == [(200, day)] * 3


def test_a_line_that_is_hidden_or_unknown_or_no_line_cannot_be_tried(planned: tuple[Api, str]) -> None:
    unknown = tried(planned, changed=[{"line": "nothing", "hours": 2}])
    hidden = tried(planned, agency="socialtjanst", changed=[{"line": f"{JOBBTORG}#act", "hours": 2}])
    strange = tried(planned, added=[{"key": "new", "activity": "tennis"}])

    assert [(answer.status_code, answer.json()["reason"]) for answer in (unknown, hidden, strange)] == [
        (400, "parameter_invalid")
    ] * 3
    assert unknown.json()["detail"] == hidden.json()["detail"]


def test_who_is_unknown_or_not_the_callers_to_read_about_looks_the_same(planned: tuple[Api, str]) -> None:
    api, person = planned
    for what in ("joint-plan", "findings", "joint-plan-suggestion"):
        answers = [
            api.call("GET", f"/samspar/v1/participants/{who}/{what}", token=api.token(agency), headers=PURPOSE)
            for who, agency in ((str(uuid4()), "af"), (person, "komvux"), ("x", "af"))
        ]

        assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}


def test_a_read_of_the_plan_is_in_the_read_log(planned: tuple[Api, str], module_hub: Hub) -> None:
    asked(planned, "joint-plan", DAY, agency="jobbtorg")
    tried(planned, agency="jobbtorg")

    with module_hub.database.transaction() as connection:
        found = rows(
            connection,
            "SELECT action, outcome FROM read_row WHERE agency = 'jobbtorg' ORDER BY read_at DESC LIMIT 2",
        )
    assert found == [("joint_plan_preview", "allowed"), ("joint_plan", "allowed")]
