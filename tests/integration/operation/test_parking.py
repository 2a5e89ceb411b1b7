"""A participant who cannot be folded is set aside in order, everybody else flows, and re-driving mends all of it."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.project import project
from hub.run.rebuild import rebuild, rebuild_participant, verify
from hub.run.status import parked, state
from hub.store.database import execute, rows
from projections.timeline.rows import Keys, TimelineModel
from schemas.errors import TooManyParked
from schemas.events import RecordedEvent
from schemas.vocabulary import ParticipantId
from tests.integration.intake.sending import project_all, send
from tests.integration.published_numbers import personal_numbers
from tests.integration.timelines import events_of
from tests.unit.intake.builders import event, opened, registration

ONE, OTHER = personal_numbers(2)


class Stumbling(TimelineModel):
    """A timeline with a bug: it cannot fold some events."""

    def __init__(self, *stumbles_on: str) -> None:
        self.stumbles_on = stumbles_on

    def apply(self, connection: Connection, keys: Keys, events: Sequence[RecordedEvent], version: int) -> None:
        """Fold, or fall over."""
        if any(each.id in self.stumbles_on for each in events):
            message = "a bug in a fold"
            raise ZeroDivisionError(message)
        super().apply(connection, keys, events, version)


@dataclass(frozen=True, slots=True)
class Two:
    """Two people with a timeline each."""

    one: ParticipantId
    other: ParticipantId


def two_people(hub: Hub) -> Two:
    receipts = send(
        hub,
        [
            registration("reg-1", number=ONE, subject="P1"),
            registration("reg-2", number=OTHER, subject="P2"),
            opened("open-1", subject="P1"),
            opened("open-2", subject="P2"),
        ],
    )
    people = [receipt.participant_id for receipt in receipts]
    assert people[0] is not None
    assert people[1] is not None
    return Two(people[0], people[1])


def conversation(event_id: str, subject: str) -> dict[str, object]:
    return event(event_id, "conversation.held", {"kind": "trepartssamtal"}, subject=subject)


def shown(hub: Hub, participant_id: ParticipantId) -> list[str]:
    return [each.id for each in events_of(hub, participant_id)]


def stumble(hub: Hub) -> list[Mapping[str, object]]:
    """Project with the bug to the end of the log; what was logged."""
    with capture_logs() as lines:
        while project(hub, Stumbling("poison")):
            pass
    return [*lines]


def set_aside(hub: Hub) -> list[tuple[int, str]]:
    with hub.database.transaction() as connection:
        return [
            (position, error)
            for position, error in rows(connection, "SELECT position, error FROM parked_event ORDER BY 1")
        ]


def test_a_poison_event_parks_its_participant_in_order_and_everybody_else_flows(hub: Hub) -> None:
    people = two_people(hub)
    send(
        hub,
        [
            conversation("poison", "P1"),
            conversation("b", "P2"),
            conversation("behind", "P1"),
            conversation("c", "P2"),
        ],
    )
    lines = stumble(hub)
    send(hub, [conversation("later", "P1"), conversation("d", "P2")])
    stumble(hub)

    (person,) = parked(hub)
    assert shown(hub, people.one) == ["reg-1", "open-1"]
    assert shown(hub, people.other) == ["reg-2", "open-2", "b", "c", "d"]
    assert set_aside(hub) == [
        (5, "ZeroDivisionError"),
        (7, "waits behind a parked event"),
        (9, "waits behind a parked event"),
    ]
    assert (person.participant_id, person.events, person.first_position, person.error) == (
        people.one,
        3,
        5,
        "ZeroDivisionError",
    )
    assert (state(hub).parked, [each.lag_events for each in state(hub).projections]) == (1, [0])
    told = [line for line in lines if line["event"] == "participant_parked"]
    assert [(line["log_level"], line["position"], line["participant_id"]) for line in told] == [
        ("error", 5, str(people.one))
    ]


def test_redriving_replays_the_parked_events_in_order_once_the_cause_is_mended(hub: Hub) -> None:
    people = two_people(hub)
    send(hub, [conversation("poison", "P1"), conversation("behind", "P1")])
    stumble(hub)

    with capture_logs():
        still = rebuild_participant(hub, Stumbling("poison"), people.one)
    between = set_aside(hub)
    folded = rebuild_participant(hub, TIMELINE, people.one)

    assert (still, folded) == (4, 4)
    assert between == [(5, "ZeroDivisionError"), (6, "waits behind a parked event")]
    assert set_aside(hub) == []
    assert shown(hub, people.one) == ["reg-1", "open-1", "poison", "behind"]
    assert verify(hub, TIMELINE, lambda _done, _total: None).equal


def test_verifying_leaves_what_is_parked_alone_and_compares_it_with_a_fold_that_stumbles_as_well(hub: Hub) -> None:
    people = two_people(hub)
    send(hub, [conversation("poison", "P1"), conversation("behind", "P1")])
    stumble(hub)
    before = set_aside(hub)

    with capture_logs():
        as_buggy = verify(hub, Stumbling("poison"), lambda _done, _total: None)
    as_mended = verify(hub, TIMELINE, lambda _done, _total: None)

    assert (as_buggy.equal, as_mended.equal) == (True, False)
    assert as_mended.participants == [people.one]
    assert set_aside(hub) == before


def test_a_rebuild_with_the_mended_fold_leaves_nobody_parked(hub: Hub) -> None:
    people = two_people(hub)
    send(hub, [conversation("poison", "P1"), conversation("behind", "P1")])
    stumble(hub)

    rebuild(hub, TIMELINE, lambda _done, _total: None)
    send(hub, [conversation("after", "P1")])
    project_all(hub)

    assert parked(hub) == []
    assert shown(hub, people.one) == ["reg-1", "open-1", "poison", "behind", "after"]


@pytest.mark.parametrize(("failing", "reached"), [(10, 22), (11, 0)])
def test_when_more_than_a_few_fail_the_fold_is_to_blame_and_nobody_is_parked(
    hub: Hub, failing: int, reached: int
) -> None:
    people = personal_numbers(11)
    send(hub, [registration(f"reg-{at}", number=number, subject=f"P{at}") for at, number in enumerate(people)])
    send(hub, [conversation(f"talk-{at}", f"P{at}") for at in range(len(people))])
    stumbling = Stumbling(*(f"talk-{at}" for at in range(failing)))

    refused = nullcontext() if reached else pytest.raises(TooManyParked, match="mend the fold, nobody was parked")
    with refused, capture_logs():
        project(hub, stumbling)

    assert len(parked(hub)) == (failing if reached else 0)
    assert [each.position for each in state(hub).projections] == [reached]


def test_a_row_that_was_spoilt_parks_only_its_participant(hub: Hub) -> None:
    people = two_people(hub)
    project_all(hub)
    with hub.database.transaction() as connection:
        thing, data_class = rows(
            connection,
            "SELECT thing, data_class FROM readmodel.timeline_thing_v1 WHERE participant_id = %s AND kind = 'enrolment'",
            (people.one,),
        )[0]
        keys = hub.ring.load(connection, {(people.one, data_class)})
        execute(
            connection,
            "UPDATE readmodel.timeline_thing_v1 SET content = %s WHERE thing = %s AND participant_id = %s",
            (keys.seal(people.one, data_class, b'["spoilt"]', thing.bytes), thing, people.one),
        )
    pause = event("pause", "enrolment.paused", {"key": "e"}, subject="P1")
    send(hub, [pause, conversation("b", "P2")])
    with capture_logs():
        project_all(hub)
    alone = [person.participant_id for person in parked(hub)]
    rebuild_participant(hub, TIMELINE, people.one)

    assert alone == [people.one]
    assert shown(hub, people.one) == ["reg-1", "open-1", "pause"]
    assert shown(hub, people.other) == ["reg-2", "open-2", "b"]
