"""What is loaded under the intake lock to judge a batch: no more than it may change, however much is stored."""

import json
from uuid import UUID

import pytest

from hub.intake.examine import examine
from hub.intake.facts import Facts
from hub.intake.outcomes import Examined, Statement
from hub.intake.reading import Delivery, read_record
from hub.run.hub import Hub
from hub.run.steps import receive
from hub.store.database import rows
from hub.store.facts import load_facts
from schemas.event_type import JsonObject
from schemas.uids import event_uid
from schemas.vocabulary import PARTICIPANT_URN
from tests.integration.intake.sending import send, told
from tests.queries import counted_queries
from tests.unit.intake.builders import AF, JOBBTORG, OTHER_PERSONAL_NUMBER, event, registration

CORRECTIONS = 40


def about(target: str) -> JsonObject:
    """What a correction or retraction says of the event that it names."""
    return {"replaces": {"source": JOBBTORG, "id": target}, "reason": "mistake"}


def corrected(place: int, target: str = "reg", body: JsonObject | None = None) -> JsonObject:
    """The place-th correction, by what another registration says."""
    replacement = (body or registration())["data"]
    data = {"event": "participant.registered", "replacement": replacement, **about(target)}
    return event(f"fix{place}", "participant.corrected", data, sequence=str(place))


def retracted(target: str) -> JsonObject:
    """A retraction."""
    return event("gone", "participant.retracted", about(target))


def delivery(hub: Hub, body: JsonObject, agency: str) -> Delivery:
    """One event, as it comes in."""
    content = read_record(json.dumps(body).encode())
    return Delivery(agency=agency, channel="http", locator="request/0", received_at=hub.now(), content=content)


def looked_at(hub: Hub, body: JsonObject, agency: str = "jobbtorg") -> list[str | None]:
    """The held events that must be opened and examined to judge one delivery."""
    registry = hub.registry()
    opened: list[str | None] = []

    def note(held: Delivery) -> Examined:
        found = examine(held, registry, hub.ring.hasher)
        opened.append(found.id)
        return found

    coming = examine(delivery(hub, body, agency), registry, hub.ring.hasher)
    with hub.database.transaction() as connection:
        load_facts(connection, hub.ring, [coming], note)
    return opened


@pytest.mark.parametrize(
    ("body", "members"),
    [
        (corrected(1000), ["fix40", "reg"]),
        (corrected(1000, "fix7"), ["fix40", "fix7", "reg"]),
        (registration("again", subject="J2"), ["fix40", "reg"]),
        (retracted("fix40"), ["fix39", "fix40", "reg"]),
    ],
)
def test_of_a_chain_only_the_root_the_last_and_what_is_named_are_loaded(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, body: JsonObject, members: list[str]
) -> None:
    names = {event_uid(JOBBTORG, name): name for name in ("reg", *(f"fix{place}" for place in range(CORRECTIONS + 1)))}
    sent = send(hub, [registration(), *(corrected(place) for place in range(1, CORRECTIONS + 1))])
    loaded: list[str] = []
    put = Facts.put_statement

    def note(self: Facts, statement: Statement) -> None:
        loaded.append(names[statement.uid])
        put(self, statement)

    monkeypatch.setattr(Facts, "put_statement", note)
    looked_at(hub, body)

    assert set(told(sent)) == {"accepted"}
    assert sorted(loaded) == members


def waiting_at_af(hub: Hub, participant_id: UUID | None, count: int = 5) -> list[str]:
    """The verdicts on events of AF about the hub's own id of somebody whom AF has not registered."""
    talks = [
        event(f"talk{place}", "conversation.held", {}, source=AF, subject=f"{PARTICIPANT_URN}{participant_id}")
        for place in range(count)
    ]
    return told(send(hub, talks, agency="af"))


def test_events_that_wait_for_one_person_are_not_examined_when_another_is_registered(hub: Hub) -> None:
    [first] = send(hub, [registration()])
    held = waiting_at_af(hub, first.participant_id)
    other = registration("a-other", subject="A2", source=AF, number=OTHER_PERSONAL_NUMBER)
    same = registration("a-reg", subject="A1", source=AF)

    looked = looked_at(hub, other, "af"), sorted(map(str, looked_at(hub, same, "af")))
    with counted_queries(hub) as few:
        looked_at(hub, same, "af")
    waiting_at_af(hub, first.participant_id, 50)
    with counted_queries(hub) as many:
        looked_at(hub, same, "af")

    assert held == ["held participant_unknown"] * 5
    assert looked == ([], [f"talk{place}" for place in range(5)])
    assert len(few) == len(many)


def test_they_are_released_in_a_batch_that_gives_the_person_the_number_first(hub: Hub) -> None:
    [first] = send(hub, [registration(sequence="0")])
    waiting_at_af(hub, first.participant_id)
    other = registration("a-reg", subject="A1", source=AF, number=OTHER_PERSONAL_NUMBER)

    receipts = receive(
        hub,
        [
            delivery(hub, corrected(1, body=registration(number=OTHER_PERSONAL_NUMBER)), "jobbtorg"),
            delivery(hub, other, "af"),
        ],
    )

    with hub.database.transaction() as connection:
        waiting = rows(connection, "SELECT count(*) FROM held_event")
    assert (told(receipts), waiting) == (["accepted", "accepted"], [(0,)])
    assert receipts[1].participant_id == first.participant_id
