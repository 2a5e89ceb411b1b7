"""How complete a source is: gaps, grace, heartbeats, silence (RULES-TIMELINE 9), and a plain reading of the rule."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projections.sources.progress import SourceAnswer, SourceProgress

GRACE = timedelta(minutes=15)
SILENT_AFTER = timedelta(hours=24)


def at(clock: str, *, days: int = 0) -> datetime:
    """An instant of the day."""
    return datetime(2026, 11, 20, int(clock[:2]), int(clock[3:]), tzinfo=UTC) + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery: when it came, its number, and how far it claims that the source is complete."""

    received: datetime
    sequence: int | None = None
    claim: datetime | None = None
    heartbeat: bool = False


def sent(clock: str, sequence: int | None = None, claim: str | None = None, *, heartbeat: bool = False) -> Sent:
    """A delivery that claims to be complete to its own arrival unless it says otherwise."""
    return Sent(at(clock), sequence, at(claim or clock), heartbeat)


def progress(*deliveries: Sent, first: int = 1) -> SourceProgress:
    """The state after deliveries, forgetting and storing as a hub does after each."""
    state = SourceProgress.empty(first)
    for each in deliveries:
        state.receive(each.sequence, each.claim, each.received, heartbeat=each.heartbeat)
        state.forget_before(each.received - GRACE)
        state = SourceProgress.from_json(state.to_json())
    return state


def answer(state: SourceProgress, known_at: datetime) -> SourceAnswer:
    """What is said at an instant."""
    return state.answer(known_at, grace=GRACE, silent_after=SILENT_AFTER, held=0, rejected=0)


def told(state: SourceProgress, clock: str, *, days: int = 0) -> tuple[str, str | None, tuple[int, ...]]:
    """State, complete to, and missing numbers, in short."""
    said = answer(state, at(clock, days=days))
    return said.state.value, f"{said.complete_to:%H:%M}" if said.complete_to else None, said.missing_sequences


def test_a_source_that_never_sent_says_so() -> None:
    assert told(progress(), "09:00") == ("never_sent", None, ())


def test_numbers_without_a_gap_are_complete_to_the_latest_claim() -> None:
    state = progress(sent("09:00", 1), sent("09:10", 2, "09:05"), sent("09:11", 3, "09:02"))

    assert told(state, "09:11") == ("complete", "09:05", ())


def test_a_gap_is_told_only_when_a_higher_number_has_been_here_for_the_grace_period() -> None:
    state = progress(sent("09:00", 1), sent("09:20", 3))

    assert [told(state, "09:34"), told(state, "09:35")] == [("complete", "09:00", ()), ("gap", "09:00", (2,))]


def test_a_gap_that_is_filled_is_complete_to_everything_behind_it() -> None:
    state = progress(sent("09:00", 1), sent("09:20", 3), sent("09:40", 4), sent("10:00", 2, "09:10"))

    assert told(state, "10:00") == ("complete", "09:40", ())


def test_only_numbers_below_one_that_has_waited_are_missing() -> None:
    state = progress(sent("09:00", 1), sent("09:01", 4), sent("09:14", 7))

    assert [told(state, "09:16"), told(state, "09:29")] == [("gap", "09:00", (2, 3)), ("gap", "09:00", (2, 3, 5, 6))]


def test_a_source_that_begins_elsewhere_misses_what_it_should_have_begun_with() -> None:
    assert told(progress(sent("09:00", 118), first=116), "09:15") == ("gap", None, (116, 117))


def test_a_number_below_the_first_counts_for_nothing() -> None:
    assert told(progress(sent("09:00", 3), first=116), "09:30") == ("complete", None, ())


def test_the_same_number_again_may_claim_more() -> None:
    assert told(progress(sent("09:00", 1), sent("09:30", 1)), "09:30") == ("complete", "09:30", ())


def test_an_event_without_a_number_does_not_move_a_source_that_numbers() -> None:
    state = progress(sent("09:00", 1), sent("09:30"), sent("09:45", None, heartbeat=True))

    assert told(state, "09:45") == ("complete", "09:00", ())


def test_a_source_without_numbers_is_complete_to_its_latest_heartbeat() -> None:
    state = progress(sent("09:00"), sent("09:10", claim="09:05", heartbeat=True), sent("09:20"))

    assert told(state, "09:20") == ("complete", "09:05", ())


def test_a_source_without_numbers_and_heartbeats_is_complete_to_nowhere() -> None:
    assert told(progress(sent("09:00")), "09:20") == ("complete", None, ())


def test_a_numbered_heartbeat_moves_the_source_like_any_event() -> None:
    state = progress(sent("09:00", 1), sent("09:30", 2, "09:28", heartbeat=True))

    assert told(state, "09:30") == ("complete", "09:28", ())


def test_a_claim_that_cannot_be_read_moves_nothing_but_its_number_counts() -> None:
    state = progress(sent("09:00", 1), Sent(at("09:10"), 2, None), sent("09:20", 3, "09:15"))

    assert told(state, "09:40") == ("complete", "09:15", ())


def test_a_source_is_silent_when_nothing_has_come_for_longer_than_its_threshold() -> None:
    state = progress(sent("09:00", 1), sent("09:01", 3))

    assert [told(state, "09:01", days=1)[0], told(state, "09:02", days=1)[0]] == ["gap", "silent"]


def test_what_counts_for_nothing_is_still_heard() -> None:
    state = progress(sent("09:00", 1))
    state.heard(at("09:00", days=1))

    assert told(state, "12:00", days=1) == ("complete", "09:00", ())


def test_held_and_rejected_are_passed_on() -> None:
    said = progress(sent("09:00", 1)).answer(at("09:00"), grace=GRACE, silent_after=SILENT_AFTER, held=3, rejected=2)

    assert (said.held, said.rejected, said.last_received_at) == (3, 2, at("09:00"))


def test_the_state_stays_small_whatever_a_source_has_sent() -> None:
    many = [Sent(at("09:00") + timedelta(seconds=number), number, at("09:00")) for number in range(1, 2001)]

    stored = progress(*many).to_json()

    assert (stored["reached"], stored["ranges"], len(stored["highest"]) < 250) == (2000, [], True)


@pytest.mark.parametrize("seconds", [1, 4, 5])
def test_a_number_is_missing_at_most_five_seconds_late(seconds: int) -> None:
    state = progress(sent("09:00", 1), Sent(at("09:20") + timedelta(seconds=seconds), 3, at("09:20")))

    assert [answer(state, at("09:35") + timedelta(seconds=second)).missing_sequences for second in (0, 5)] == [(), (2,)]


def plainly(deliveries: list[Sent], first: int, known_at: datetime) -> tuple[datetime | None, tuple[int, ...]]:
    """Complete to, and what is missing, word for word as the rule has it."""
    numbered = [each for each in deliveries if each.sequence is not None]
    seen = {each.sequence for each in numbered}
    settled = [each.sequence or 0 for each in numbered if each.received <= known_at - GRACE]
    missing = tuple(number for number in range(first, max(settled, default=0)) if number not in seen)
    if not numbered:
        beats = [each.claim for each in deliveries if each.heartbeat]
        return (beats[-1] if beats else None), missing
    reached = first
    while reached in seen:
        reached += 1
    claims = [each.claim for each in numbered if each.claim and first <= (each.sequence or 0) < reached]
    return max(claims, default=None), missing


def _deliveries() -> st.SearchStrategy[list[Sent]]:
    one = st.tuples(
        st.integers(0, 9),
        st.one_of(st.none(), st.integers(1, 14)),
        st.one_of(st.none(), st.integers(0, 60)),
        st.booleans(),
    )

    def told_in_order(steps: list[tuple[int, int | None, int | None, bool]]) -> list[Sent]:
        clock, listed = at("09:00"), []
        for minutes, number, claim, heartbeat in steps:
            clock += timedelta(minutes=minutes)
            claimed = None if claim is None else min(clock, at("09:00") + timedelta(minutes=claim))
            listed.append(Sent(clock, number, claimed, heartbeat))
        return listed

    return st.lists(one, max_size=14).map(told_in_order)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(_deliveries(), st.integers(1, 4), st.integers(0, 40))
def test_the_small_state_says_what_the_rule_says_about_everything_that_came(
    deliveries: list[Sent], first: int, minutes: int
) -> None:
    known_at = (deliveries[-1].received if deliveries else at("09:00")) + timedelta(minutes=minutes)

    said = answer(progress(*deliveries, first=first), known_at)

    assert (said.complete_to, said.missing_sequences) == plainly(deliveries, first, known_at)
