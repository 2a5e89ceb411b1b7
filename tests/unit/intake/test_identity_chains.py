"""What counts in a chain is the last correction in the order of all events, and costs no more the longer the chain is."""

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import FrameType
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.intake.chains import Sent
from hub.intake.facts import Facts
from hub.intake.outcomes import Statement
from schemas.order import in_order
from schemas.vocabulary import Action, BindingId, EventUid, ParticipantId

NINE = datetime(2026, 9, 1, 9, tzinfo=UTC)
SOMEBODY = ParticipantId(UUID(int=7))
ROOT = EventUid(UUID(int=1))


@dataclass(frozen=True, slots=True)
class Other:
    """An event about the person that states nothing about who it is."""

    uid: UUID
    source: str
    sequence: int | None
    time: datetime
    rank: int = Action.POINT.rank


def member(place: int, minutes: int = 0, *, source: str = "urn:a", sequence: int | None = None) -> Statement:
    """The root of a chain, at place 1, or a correction in it; each states a number of its own."""
    return Statement(
        uid=EventUid(UUID(int=place)),
        root=ROOT,
        binding=BindingId(UUID(int=2)),
        source="urn:a",
        sent_by=source,
        reference="R1",
        agency="a",
        participant_id=SOMEBODY,
        registers=True,
        time=NINE + timedelta(minutes=minutes),
        sequence=sequence,
        rank=(Action.POINT if place == 1 else Action.CORRECT).rank,
        identifiers=(("personal_number", bytes([place % 256])),),
    )


def put(facts: Facts, said: Statement | Other) -> None:
    """As facts absorb an accepted event: its time first, then what it states."""
    source = said.sent_by if isinstance(said, Statement) else said.source
    if said.sequence is not None:
        facts.put_time(SOMEBODY, source, said.sequence, said.time)
    if isinstance(said, Statement):
        facts.put_statement(said)


def by_the_rules(members: list[Statement], others: list[Other]) -> Statement | None:
    """The definition: put everything in order, and take the last correction that is not retracted, or else the root."""
    root = next((each for each in members if each.uid == ROOT), None)
    if root is None or root.retracted:
        return None
    as_sent = [Other(each.uid, each.sent_by, each.sequence, each.time, each.rank) for each in members]
    places = [each.uid for each in in_order([*as_sent, *others])]
    standing = [each for each in members if each.uid != ROOT and not each.retracted]
    return max(standing, key=lambda each: places.index(each.uid), default=root)


@st.composite
def stories(draw: st.DrawFn) -> list[Statement | Other]:
    """A chain, other events of its sources, and retractions, in any order after the root; numbers may be mixed."""
    mixed = draw(st.sampled_from(("numbers", "no numbers", "both")))
    count = draw(st.integers(1, 12))
    numbers = draw(st.permutations(range(1, count + 1)))
    told: list[Statement | Other] = []
    for place in range(1, count + 1):
        numbered = mixed == "numbers" or (mixed == "both" and draw(st.booleans()))
        sequence = numbers[place - 1] if numbered else None
        minutes, source = draw(st.integers(0, 9)), draw(st.sampled_from(("urn:a", "urn:a", "urn:b")))
        said = member(place, minutes, source=source, sequence=sequence)
        states = place == 1 or draw(st.booleans())
        told.append(said if states else Other(said.uid, source, sequence, said.time))
        members = [each for each in told if isinstance(each, Statement) and not each.retracted]
        if members and draw(st.integers(0, 3)) == 0:
            told.append(replace(draw(st.sampled_from(members)), retracted=True))
    return told


@settings(deadline=None, derandomize=True, max_examples=500)
@given(stories())
def test_what_counts_is_the_last_in_order_after_every_event(told: list[Statement | Other]) -> None:
    facts = Facts(new_participant_id=lambda: SOMEBODY)
    members: dict[UUID, Statement] = {}
    others: list[Other] = []
    for said in told:
        if isinstance(said, Statement):
            if members:
                foreseen = facts.chain_with(said, Sent(said.sent_by, said.sequence, said.time))
                members[said.uid] = said
                assert foreseen == by_the_rules(list(members.values()), others)
            members[said.uid] = said
        else:
            others.append(said)
        put(facts, said)

        expected = by_the_rules(list(members.values()), others)
        held = list(expected.identifiers) if expected else []
        assert facts.current(ROOT) == expected
        assert facts.held_by(SOMEBODY) == held
        assert [bool(facts.holders([each])) for each in held] == [True] * len(held)
        assert facts.holders([index for each in members.values() for index in each.identifiers], without=ROOT) == set()


def calls_for_one_more(count: int, *, numbered: bool) -> int:
    """How many functions are called to look at, accept and retract one more correction of a chain of so many."""
    facts = Facts(new_participant_id=lambda: SOMEBODY)
    for place in range(1, count + 1):
        put(facts, member(place, place, sequence=place if numbered else None))
    one_more = member(count + 1, count + 1, sequence=count + 1 if numbered else None)
    sent = Sent(one_more.sent_by, one_more.sequence, one_more.time)
    calls = 0

    def note(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call" and "hub" in str(frame.f_globals.get("__name__"))

    sys.setprofile(note)
    try:
        facts.chain_with(one_more, sent)
        put(facts, one_more)
        gone = replace(one_more, retracted=True)
        facts.chain_with(gone, sent)
        put(facts, gone)
    finally:
        sys.setprofile(None)
    return calls


def test_one_more_correction_costs_as_much_after_three_as_after_three_thousand() -> None:
    few, many = ([calls_for_one_more(count, numbered=numbered) for numbered in (True, False)] for count in (3, 3000))

    assert many == few
