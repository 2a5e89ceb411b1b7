"""Whatever is sent in whatever order: nothing is decided by more than the facts, and what waited comes out in order."""

import copy
from collections.abc import Callable
from dataclasses import fields
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.facts import Facts
from hub.intake.outcomes import Accepted, Held, Outcome, Rejected
from schemas.catalogue import lookup
from schemas.event_type import JsonObject
from schemas.receipts import Status
from schemas.uids import event_uid
from schemas.vocabulary import EventUid, ParticipantId
from tests.unit.intake.builders import JOBBTORG, Door, event, in_words, registration
from tests.unit.intake.streams import AGENCIES, deliveries


def known(facts: Facts) -> JsonObject:
    """Everything that facts hold, empty leftovers aside."""
    held = {each.name: getattr(facts, each.name) for each in fields(facts) if each.name != "new_participant_id"}
    return {name: {key: value for key, value in kept.items() if value} for name, kept in held.items()}


def loaded(outcomes: list[Outcome], new_participant_id: Callable[[], ParticipantId]) -> Facts:
    """Facts as a store would load them after these outcomes: what waits is what is held still, under its last key."""
    facts = Facts(new_participant_id=new_participant_id)
    last: dict[EventUid, Held] = {}
    for outcome in outcomes:
        facts.absorb(outcome)
        if isinstance(outcome, Held):
            last[outcome.claim.uid] = outcome
    facts.waiting.clear()
    for uid, held in last.items():
        if uid in facts.claims and facts.claims[uid].status is Status.HELD:
            facts.put_waiting(held.waits_for, held.examined)
    return facts


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(deliveries(), min_size=2, max_size=14))
def test_a_verdict_rests_on_the_outcomes_before_it_and_on_nothing_else(stream: list[JsonObject]) -> None:
    together, apart = Door(), Door()
    batch: list[list[Outcome]] = []
    one_by_one: list[list[Outcome]] = []

    for body in stream:
        batch.append(together.send(body, agency=AGENCIES[body["source"]]))
        apart.facts = loaded([each for outcomes in one_by_one for each in outcomes], apart.facts.new_participant_id)
        one_by_one.append(apart.send(body, agency=AGENCIES[body["source"]]))

    assert [[in_words(each) for each in outcomes] for outcomes in one_by_one] == [
        [in_words(each) for each in outcomes] for outcomes in batch
    ]
    assert one_by_one == batch
    assert known(apart.facts) == known(together.facts)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(deliveries(), min_size=2, max_size=14))
def test_what_was_taken_is_a_duplicate_when_it_comes_again_and_changes_nothing(stream: list[JsonObject]) -> None:
    door = Door()
    taken: dict[tuple[str, str], JsonObject] = {}
    for body in stream:
        for outcome in door.send(body, agency=AGENCIES[body["source"]]):
            named = (str(outcome.examined.source), str(outcome.examined.id))
            if isinstance(outcome, (Accepted, Held)):
                taken.setdefault(named, body)
            elif isinstance(outcome, Rejected) and outcome.released:
                del taken[named]
    before = copy.deepcopy(known(door.facts))

    again = [word for body in taken.values() for word in door.told(body, agency=AGENCIES[body["source"]])]

    assert again == [f"duplicate {body['id']}" for body in taken.values()]
    assert known(door.facts) == before


@st.composite
def waiting(draw: st.DrawFn) -> list[JsonObject]:
    """What waits for one person: numbered by one source, with clocks that need not agree with the numbers."""
    count = draw(st.integers(2, 7))
    minutes = draw(st.lists(st.integers(0, 59), min_size=count, max_size=count))
    numbered = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    names = draw(st.lists(st.sampled_from(["opened", "changed", "paused", "closed"]), min_size=count, max_size=count))
    return [
        event(
            f"w{place}",
            f"enrolment.{name}",
            {"key": "k"} | ({"programme": "sfi"} if name == "opened" else {}),
            time=f"2026-11-20T07:{minutes[place]:02}:00Z",
            schemaversion=2 if name == "opened" else 1,
        )
        | ({"sequence": place + 1} if numbered[place] else {})
        for place, name in enumerate(names)
    ]


def in_the_order_of_the_rules(events: list[JsonObject]) -> list[str]:
    """RULES-TIMELINE 2 by hand, for one source; the uid as the last resort."""

    def place(body: JsonObject) -> tuple[str, bool, int, int, str]:
        sequence = body.get("sequence")
        until = [each["time"] for each in events if "sequence" in each and sequence and each["sequence"] <= sequence]
        event_type = lookup(body["type"].removeprefix("se.samspar."), body["schemaversion"])
        assert event_type is not None
        rank = ["opened", "changed", "paused", "resumed", "closed"].index(event_type.name.partition(".")[2])
        return (
            max(until, default=body["time"]),
            sequence is None,
            sequence or 0,
            rank,
            str(event_uid(JOBBTORG, body["id"])),
        )

    return [body["id"] for body in sorted(events, key=place)]


@settings(deadline=None, derandomize=True, max_examples=100)
@given(waiting(), st.randoms(use_true_random=False))
def test_what_waited_for_a_person_comes_out_in_the_canonical_order_whatever_came_first(
    events: list[JsonObject], chance: Random
) -> None:
    arrived = list(events)
    chance.shuffle(arrived)
    door = Door()
    held = [word for body in arrived for word in door.told(body)]

    released = door.told(registration())

    assert held == [f"held {body['id']} participant_unknown" for body in arrived]
    assert released == ["accepted reg", *(f"accepted {event_id}" for event_id in in_the_order_of_the_rules(events))]
