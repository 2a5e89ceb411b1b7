"""A thing grows by the events that arrive: a batch equals one by one, and takes as long as it has events."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import ClassVar
from uuid import UUID

import pytest

from projections.timeline.thing import Thing, evolve
from schemas.events import RecordedEvent
from schemas.vocabulary import EventUid
from tests.unit.projections.builders import said

CHANGES = [said("enrolment.changed", "2026-03-02", {"unit": f"Enhet {place}"}) for place in range(6)]


class Compared(UUID):
    """A uid that counts how often one is compared with another."""

    count: ClassVar[int] = 0

    def __eq__(self, other: object) -> bool:
        Compared.count += 1
        return super().__eq__(other)

    __hash__ = UUID.__hash__


def one_by_one(thing: Thing | None, arrived: Sequence[RecordedEvent]) -> Thing | None:
    return reduce(lambda grown, event: evolve(grown, [event]), arrived, thing)


@pytest.mark.parametrize("already", [0, 1, 4])
def test_a_batch_with_repetitions_equals_one_by_one(already: int) -> None:
    before = one_by_one(None, CHANGES[:already])
    arrived = [*CHANGES[2:], CHANGES[5], *CHANGES[:3]]

    grown = evolve(before, arrived)

    assert grown == one_by_one(before, arrived)
    assert {event.uid for event in grown.events} == {event.uid for event in CHANGES}
    assert len(grown.events) == len(CHANGES)


def test_what_a_thing_was_before_stays_as_it_was() -> None:
    before = evolve(None, CHANGES[:2])
    evolve(before, CHANGES)

    assert before == evolve(None, CHANGES[:2])


def test_the_events_of_a_long_spell_are_not_compared_with_each_other() -> None:
    changes = [replace(CHANGES[0], uid=EventUid(Compared(int=place))) for place in range(1, 501)]
    Compared.count = 0

    grown = evolve(evolve(None, changes[:250]), changes[250:])

    assert (len(grown.events), Compared.count < len(changes)) == (500, True)


def test_an_event_about_nobody_belongs_to_no_thing() -> None:
    with pytest.raises(ValueError, match="about none"):
        evolve(None, [replace(CHANGES[0], participant_id=None)])
