"""Two spells of one agency that say the same about more than one day are marked, both of them (E02)."""

from dataclasses import dataclass

import pytest

from schemas.event_type import JsonObject
from schemas.events import RecordedEvent
from tests.unit.projections.builders import AF, JOBBTORG, MIGRATION, entries, retracted, said

OVERLAP = [{"overlap"}, {"overlap"}]
NONE: list[set[str]] = [set(), set()]


@dataclass(frozen=True, slots=True)
class Spell:
    """One spell: its opener, its agency's source, what it says, from when, and when it closed."""

    name: str
    data: JsonObject
    begins: str = "2026-03-02"
    ends: str | None = None
    source: str = JOBBTORG

    def events(self, key: str) -> list[RecordedEvent]:
        """The events of the spell."""
        family = self.name.partition(".")[0]
        closer = {"benefit": "ended", "permit": "expired", "activity": "completed", "sfi": "interrupted"}.get(
            family, "closed"
        )
        listed = [said(self.name, self.begins, self.data, key=key, source=self.source)]
        return listed + ([said(f"{family}.{closer}", self.ends, key=key, source=self.source)] if self.ends else [])


def flags(one: Spell, other: Spell) -> list[set[str]]:
    """The flags of two spells."""
    return [set(entry.flags) for entry in entries([*one.events("one"), *other.events("other")])]


ENROLMENT = Spell("enrolment.opened", {"programme": "jobbtorg"})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("enrolment.opened", {"programme": "jobbtorg"}),
        ("plan.created", {"plan_type": "jobbplan"}),
        ("benefit.started", {"kind": "sjukpenning"}),
        ("permit.granted", {}),
    ],
)
def test_two_of_one_kind_and_one_sort_overlap(name: str, data: JsonObject) -> None:
    assert flags(Spell(name, data), Spell(name, data, begins="2026-05-04")) == OVERLAP


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ENROLMENT, Spell("enrolment.opened", {"programme": "ame"})),
        (ENROLMENT, Spell("enrolment.opened", {"programme": "jobbtorg"}, source=AF)),
        (Spell("plan.created", {"plan_type": "jobbplan"}), Spell("plan.created", {"plan_type": "arbetsplan"})),
        (Spell("benefit.started", {"kind": "sjukpenning"}), Spell("benefit.started", {"kind": "dagersattning"})),
        (Spell("activity.started", {"activity": "praktik"}), Spell("activity.started", {"activity": "praktik"})),
        (Spell("sfi.course_started", {"course": "SFIKUB9"}), Spell("sfi.course_started", {"course": "SFIKUB9"})),
    ],
)
def test_other_sorts_other_agencies_and_other_kinds_do_not(one: Spell, other: Spell) -> None:
    assert flags(one, other) == NONE


def test_any_two_permits_overlap() -> None:
    one = Spell("permit.granted", {"ground": "UtlL_5_1", "to": "2027-01-31"}, source=MIGRATION)
    other = Spell("permit.granted", {"ground": "UtlL_5_3", "from": "2027-01-30"}, source=MIGRATION)

    assert flags(one, other) == OVERLAP


@pytest.mark.parametrize(
    ("closes", "expected"),
    [("2026-05-03", NONE), ("2026-05-04", NONE), ("2026-05-05", OVERLAP)],
    ids=["the day before", "the same day", "the day after"],
)
def test_one_day_in_common_is_a_change_of_hands_and_two_are_an_overlap(closes: str, expected: list[set[str]]) -> None:
    one = Spell("enrolment.opened", {"programme": "jobbtorg"}, ends=closes)
    other = Spell("enrolment.opened", {"programme": "jobbtorg"}, begins="2026-05-04")

    assert flags(one, other) == expected


def test_two_episodes_of_one_spell_overlap_as_well() -> None:
    events = [
        said("enrolment.opened", "2026-03-02", {"programme": "jobbtorg"}),
        said("enrolment.closed", "2026-04-01", {"to": "2026-06-30"}),
        said("enrolment.opened", "2026-05-04", {"programme": "jobbtorg"}),
    ]

    assert [set(entry.flags) for entry in entries(events)] == OVERLAP


def test_what_is_retracted_overlaps_with_nothing() -> None:
    one, other = (ENROLMENT.events(key)[0] for key in ("one", "other"))

    assert [set(entry.flags) for entry in entries([one, other, retracted(other, "2026-03-05")])] == NONE
