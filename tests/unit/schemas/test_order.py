"""The canonical order: by effective time, so that a lower number never comes after a higher one (RULES-TIMELINE 2)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.order import in_order, order_keys
from schemas.vocabulary import Action

NINE = datetime(2026, 9, 1, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """What the order asks about."""

    name: str
    time: datetime = NINE
    source: str = "urn:a"
    sequence: int | None = None
    rank: int = Action.POINT.rank
    uid: UUID = field(default=UUID(int=1))


def later(minutes: int) -> datetime:
    """So many minutes after nine."""
    return NINE + timedelta(minutes=minutes)


def names(events: list[Event]) -> list[str]:
    """The names in the canonical order, which is the same for every order of arrival."""
    numbered = [
        Event(each.name, each.time, each.source, each.sequence, each.rank, UUID(int=place))
        for place, each in enumerate(events)
    ]
    orders = {tuple(event.name for event in in_order(list(arrived))) for arrived in permutations(numbered)}
    [order] = orders
    return list(order)


def test_events_without_numbers_are_ordered_by_their_time() -> None:
    assert names([Event("c", later(2)), Event("a", later(0)), Event("b", later(1))]) == ["a", "b", "c"]


def test_within_a_source_the_number_decides_whatever_the_clock_said() -> None:
    events = [Event("second", later(-60), sequence=2), Event("first", later(0), sequence=1)]

    assert names(events) == ["first", "second"]


def test_a_number_with_an_old_time_takes_the_place_of_the_latest_before_it_among_other_sources() -> None:
    events = [
        Event("first", later(10), sequence=1),
        Event("second", later(-60), sequence=2),
        Event("other before", later(5), "urn:b"),
        Event("other after", later(15), "urn:b"),
    ]

    assert names(events) == ["other before", "first", "second", "other after"]


def test_the_numbers_of_one_source_say_nothing_about_another() -> None:
    events = [Event("a2", later(0), "urn:a", 2), Event("b1", later(5), "urn:b", 1)]

    assert names(events) == ["a2", "b1"]


def test_at_the_same_time_the_source_then_the_number_then_the_action_decides() -> None:
    events = [
        Event("other source", source="urn:b"),
        Event("without a number"),
        Event("number two", sequence=2),
        Event("number one", sequence=1),
    ]

    assert names(events) == ["number one", "number two", "without a number", "other source"]


def test_events_of_one_day_are_opened_changed_paused_resumed_closed_corrected_and_retracted() -> None:
    events = [Event(action.name, rank=action.rank) for action in reversed(Action) if action is not Action.POINT]

    assert names(events) == ["OPEN", "CHANGE", "PAUSE", "RESUME", "CLOSE", "CORRECT", "RETRACT"]


def test_an_opener_and_a_point_event_share_a_rank_and_their_uid_decides() -> None:
    ranks = (Action.OPEN.rank, Action.POINT.rank)
    events = [Event("second", rank=ranks[0], uid=UUID(int=2)), Event("first", rank=ranks[1], uid=UUID(int=1))]

    assert [event.name for event in in_order(events)] == ["first", "second"]


def test_the_first_number_may_be_nought() -> None:
    assert names([Event("one", later(0), sequence=1), Event("nought", later(5), sequence=0)]) == ["nought", "one"]


def _events() -> st.SearchStrategy[list[Event]]:
    event = st.tuples(st.integers(-99, 99), st.sampled_from("ab"), st.booleans(), st.integers(1, 7))
    return st.lists(event, max_size=12).map(
        lambda told: [
            Event(f"e{place}", later(minutes), f"urn:{source}", place if numbered else None, rank, UUID(int=place))
            for place, (minutes, source, numbered, rank) in enumerate(told)
        ]
    )


@settings(deadline=None, derandomize=True, max_examples=200)
@given(_events(), st.randoms(use_true_random=False))
def test_the_order_is_total_the_same_for_every_arrival_and_keeps_each_sources_numbers(
    events: list[Event], chance: Random
) -> None:
    arrived = list(events)
    chance.shuffle(arrived)

    ordered = in_order(arrived) if arrived else []

    numbers = {
        source: [event.sequence for event in ordered if event.source == source and event.sequence is not None]
        for source in ("urn:a", "urn:b")
    }
    assert order_keys(arrived) == order_keys(events)
    assert ordered == (in_order(events) if events else [])
    assert numbers == {source: sorted(listed) for source, listed in numbers.items()}


@settings(deadline=None, derandomize=True, max_examples=200)
@given(_events())
def test_the_effective_time_is_the_latest_among_lower_numbers_of_the_source(events: list[Event]) -> None:
    expected = {
        event.uid: max(
            [
                each.time
                for each in events
                if event.sequence is not None
                and each.source == event.source
                and each.sequence is not None
                and each.sequence <= event.sequence
            ]
            or [event.time]
        )
        for event in events
    }

    assert {uid: key[0] for uid, key in order_keys(events).items()} == expected
