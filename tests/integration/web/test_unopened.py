"""Nothing of a person is opened for whoever is refused, and no connection is held while it is opened for who is not."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, QueuePool

from hub.access.policy import Reader, Refused
from hub.run.hub import Hub
from hub.run.opening import Question
from hub.run.reading import find_participant, open_timeline
from hub.store.keys import KeyBatch, KeyRing, Owned
from projections.timeline.fold import Folding
from schemas.vocabulary import ParticipantId
from tests.integration.web.calling import Api
from tests.integration.web.people import KNOWN, OTHER, UNKNOWN, known_person, protected, send

NOBODY = str(uuid4())


@pytest.fixture
def opened(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many connections were taken, each time that something of a person was opened or folded."""
    seen: list[int] = []
    pool = hub.database.engine.pool
    assert isinstance(pool, QueuePool)

    def noting(real: Any) -> Any:  # any method
        def noted(*arguments: Any) -> Any:  # its own signature
            seen.append(pool.checkedout())
            return real(*arguments)

        return noted

    monkeypatch.setattr(KeyBatch, "open", noting(KeyBatch.open))
    monkeypatch.setattr(Folding, "_fold", noting(Folding._fold))  # noqa: SLF001 - what takes its time
    return seen


def outcome(hub: Hub, agency: str, person: str) -> str:
    """What became of a read."""
    question = Question(participant_id=ParticipantId(UUID(person)), purpose="planning")
    answer = open_timeline(hub, Reader(agency=agency, name="a system"), question)
    return answer.reason if isinstance(answer, Refused) else "allowed"


def test_nothing_of_a_person_is_opened_for_an_agency_without_a_relation(api: Api, opened: list[int]) -> None:
    person = known_person(api)
    opened.clear()

    told = [outcome(api.hub, "fk", person), outcome(api.hub, "nobody", person), outcome(api.hub, "jobbtorg", NOBODY)]
    found = find_participant(api.hub, Reader(agency="fk", name="a system"), "personal_number", KNOWN, "planning")
    assert opened == []

    assert told == ["no_relation_of_agency", "no_relation_of_agency", "participant_unknown"]
    assert found == Refused("no_relation_of_agency")
    assert (outcome(api.hub, "jobbtorg", person), len(opened) > 5) == ("allowed", True)


def test_no_row_of_a_person_is_fetched_for_whoever_is_refused_at_once(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = known_person(api)
    send(api, [protected(subject="J9")])
    owners: list[UUID] = []
    load = KeyRing.load

    def noting(ring: KeyRing, connection: Connection, owned: Iterable[Owned]) -> KeyBatch:
        wanted = set(owned)
        owners.extend({owner for owner, _ in wanted})
        return load(ring, connection, wanted)

    monkeypatch.setattr(KeyRing, "load", noting)
    for agency, whose in (("fk", person), ("jobbtorg", NOBODY), ("jobbtorg", person)):
        outcome(api.hub, agency, whose)
    for agency, number in (("fk", KNOWN), ("jobbtorg", OTHER), ("jobbtorg", KNOWN)):
        find_participant(api.hub, Reader(agency=agency, name="a system"), "personal_number", number, "planning")

    assert owners == [UUID(int=0), UUID(int=0), UUID(person)] * 2


def test_nothing_of_a_protected_person_is_opened_for_a_search(api: Api, opened: list[int]) -> None:
    send(api, [protected(subject="J9")])
    opened.clear()

    asked = Reader(agency="jobbtorg", name="a system")
    found = [find_participant(api.hub, asked, "personal_number", number, "planning") for number in (OTHER, UNKNOWN)]

    assert found == [Refused("protected"), Refused("participant_unknown")]
    assert opened == []


def test_no_connection_is_held_while_a_timeline_is_opened_and_folded(api: Api, opened: list[int]) -> None:
    person = known_person(api)
    opened.clear()

    assert outcome(api.hub, "jobbtorg", person) == "allowed"
    found = find_participant(api.hub, Reader(agency="af", name="a system"), "personal_number", KNOWN, "planning")

    assert str(found) == person
    assert set(opened) == {0}
