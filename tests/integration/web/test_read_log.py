"""The read log: a row for every read is committed before its answer leaves, or nothing is served."""

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.run.hub import Hub
from hub.store.database import connect, execute, rows
from tests.databases import FreshDatabase, with_driver
from tests.integration.web.calling import PURPOSE, SEARCHES, Api, calling
from tests.integration.web.people import KNOWN, known_person


class Watched:
    """Notes, whenever an answer begins to leave, how many reads another connection sees in the log."""

    def __init__(self, app: ASGIApp, hub: Hub, seen: list[int]) -> None:
        self._app, self._hub, self._seen = app, hub, seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                with self._hub.database.transaction() as connection:
                    self._seen.append(rows(connection, "SELECT count(*) FROM read_row")[0][0])
            await send(message)

        await self._app(scope, receive, noting)


def test_a_read_is_in_the_log_before_the_first_byte_of_its_answer_leaves(hub: Hub) -> None:
    seen: list[int] = []
    with calling(hub, lambda app: Watched(app, hub, seen)) as api:
        person = known_person(api)
        seen.clear()

        api.timeline(person)
        api.timeline(person, token=api.token("fk"))
        api.search({"identifier": KNOWN})
        api.search({"identifier": "nobody"})

    assert seen == [1, 2, 3, 4]


def test_a_read_says_who_read_what_for_which_purpose_at_which_position(api: Api) -> None:
    person = known_person(api)
    api.timeline(person, ("kind", "enrolment"), ("limit", "1"), token=api.token(unit="Farsta"))
    api.search({"identifier": KNOWN, "purpose": "followup"}, headers={})

    with api.hub.database.transaction() as connection:
        log = rows(
            connection,
            "SELECT channel, agency, unit, reader, purpose, action, outcome, participant_id::text, fields, entries,"
            " position FROM read_row ORDER BY read_id",
        )

    assert log == [
        ("api", "jobbtorg", "Farsta", "development:jobbtorg", "planning", "timeline", "allowed", person, ["ENR"], 1, 8),
        (
            "api",
            "jobbtorg",
            None,
            "development:jobbtorg",
            "followup",
            "search",
            "allowed",
            person,
            ["personal_number"],
            1,
            8,
        ),
    ]


def test_a_call_that_is_not_a_read_leaves_no_read(api: Api) -> None:
    person = known_person(api)

    api.timeline(person, headers={})
    api.timeline(person, ("limit", "0"))
    api.timeline("no-id")
    api.search({"identifier": KNOWN}, headers={})

    with api.hub.database.transaction() as connection:
        assert rows(connection, "SELECT count(*) FROM read_row") == [(0,)]


@pytest.mark.parametrize(
    "sabotage",
    [
        ["REVOKE INSERT ON read_row FROM hub_app"],
        [
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the log is full'; END $$",
            "CREATE CONSTRAINT TRIGGER r AFTER INSERT ON read_row INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()",
        ],
    ],
    ids=["at the insert", "at the commit"],
)
def test_nothing_is_served_when_the_read_cannot_be_logged(
    api: Api, database: FreshDatabase, sabotage: list[str]
) -> None:
    person = known_person(api)
    owner = connect(with_driver(database.owner_url), pool_size=1)
    with owner.transaction() as connection:
        for statement in sabotage:
            execute(connection, statement)
    owner.close()
    headers = {"Authorization": f"Bearer {api.token()}", **PURPOSE}

    answers = [
        api.client.get(f"/samspar/v1/participants/{person}/timeline-entries", headers=headers),
        api.client.post(SEARCHES, headers=headers, json={"identifier": KNOWN}),
    ]

    assert [answer.status_code for answer in answers] == [500, 500]
    assert [answer.json()["reason"] for answer in answers] == ["internal_error"] * 2
    assert [api.description.faults(answer) for answer in answers] == [[], []]
    assert not any(told in answer.text for answer in answers for told in (person, "Farsta", "jobbtorg"))
