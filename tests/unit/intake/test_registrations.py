"""Who a person is: registrations, their corrections and retractions, and the protection that counts (RULES-TIMELINE 3, 8)."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest

from hub.intake.protection import protection_of
from schemas.event_type import JsonObject
from tests.integration.published_numbers import coordination_numbers, personal_numbers
from tests.unit.intake.builders import AF, JOBBTORG, Door, event, opened

ANNA, BEA, CLEO = personal_numbers(3)
SAM, SIV = coordination_numbers(2)
LMA, OTHER_LMA = "12-345678", "12-345679"
_SOURCES = {"af": AF, "jobbtorg": JOBBTORG}
_KINDS = {ANNA: "personal_number", BEA: "personal_number", CLEO: "personal_number"}
_KINDS |= {SAM: "coordination_number", SIV: "coordination_number", LMA: "lma_number", OTHER_LMA: "lma_number"}


def stated(*numbers: str, protection: str = "none") -> JsonObject:
    """The data of a registration."""
    listed = [{"type": _KINDS.get(number, "interim_number"), "value": number} for number in numbers]
    return {"identifiers": listed, "protection": protection}


class Agencies:
    """The front door, and two agencies that register people there."""

    def __init__(self) -> None:
        self.door = Door()
        self._minutes = count()

    def register(self, reference: str, *numbers: str, by: str = "jobbtorg", called: str = "", **more: str) -> str:
        """One verdict; the id of the event is that of the reference unless it is called otherwise."""
        return self._say(
            by, called or f"reg-{reference}", "participant.registered", stated(*numbers, **more), reference
        )

    def correct(self, target: str, reference: str, *numbers: str, by: str = "jobbtorg", called: str = "fix") -> str:
        """A correction of a registration."""
        data = {"event": "participant.registered", "replacement": stated(*numbers)} | self._about(by, target)
        return self._say(by, called, "participant.corrected", data, reference)

    def retract(self, target: str, reference: str, *, by: str = "jobbtorg", called: str = "gone") -> str:
        """A retraction of a registration or of its correction."""
        return self._say(by, called, "participant.retracted", self._about(by, target), reference)

    def protect(self, reference: str, level: str, *, by: str = "jobbtorg", called: str = "level") -> str:
        """A changed protection."""
        return self._say(by, called, "participant.protection_changed", {"protection": level}, reference)

    def people(self) -> list[list[str]]:
        """Whose references mean one participant."""
        found: dict[object, list[str]] = {}
        for (source, reference), binding in self.door.facts.bindings.items():
            found.setdefault(binding.participant_id, []).append(f"{source.split(':')[3]} {reference}")
        return sorted(sorted(listed) for listed in found.values())

    def protection(self, reference: str) -> str | None:
        """The level that counts for whoever is behind a reference of jobbtorg."""
        facts = self.door.facts
        return protection_of(facts.statements_in_place(facts.bindings[JOBBTORG, reference].participant_id))

    def _about(self, by: str, target: str) -> JsonObject:
        return {"replaces": {"source": _SOURCES[by], "id": target}, "reason": "mistake"}

    def _say(self, by: str, event_id: str, name: str, data: JsonObject, reference: str) -> str:
        time = f"2026-11-20T10:{next(self._minutes):02}:00Z"
        told = self.door.told(event(event_id, name, data, subject=reference, source=_SOURCES[by], time=time), agency=by)
        return told[0].removeprefix("rejected ").replace(f"{event_id} ", "").replace(f"accepted {event_id}", "accepted")


CONFLICT = "identity_conflict@/data/identifiers"
TAKEN = "reference_already_bound@/subject"


def test_one_number_is_one_person_whoever_registers_it() -> None:
    hub = Agencies()

    told = [hub.register("J1", ANNA), hub.register("A1", ANNA, by="af"), hub.register("J2", BEA)]

    assert (told, hub.people()) == (["accepted"] * 3, [["af A1", "jobbtorg J1"], ["jobbtorg J2"]])


def test_one_person_may_have_two_references_at_one_agency() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)

    assert (hub.register("J2", ANNA), hub.people()) == ("accepted", [["jobbtorg J1", "jobbtorg J2"]])


def test_a_chain_of_numbers_links_one_person() -> None:
    hub = Agencies()

    told = [
        hub.register("J1", LMA),
        hub.register("A1", LMA, SAM, by="af"),
        hub.register("J2", SAM, ANNA),
        hub.register("A2", ANNA, by="af"),
    ]

    assert (told, hub.people()) == (["accepted"] * 4, [["af A1", "af A2", "jobbtorg J1", "jobbtorg J2"]])


def test_a_registration_that_would_link_two_known_persons_is_refused_until_one_side_is_taken_back() -> None:
    hub = Agencies()
    hub.register("J1", LMA)
    hub.register("J2", ANNA)

    told = [
        hub.register("A1", LMA, ANNA, by="af"),
        hub.retract("reg-J2", "J2"),
        hub.register("A1", LMA, ANNA, by="af"),
        hub.register("J2", ANNA, called="again"),
    ]

    assert told == [CONFLICT, "accepted", "accepted", "accepted"]
    assert hub.people() == [["af A1", "jobbtorg J1", "jobbtorg J2"]]


@pytest.mark.parametrize(
    ("known", "numbers", "verdict"),
    [
        ((ANNA,), (ANNA,), "accepted"),
        ((ANNA,), (ANNA, SAM), "accepted"),
        ((ANNA,), (SAM,), "accepted"),
        ((ANNA,), (BEA,), TAKEN),
        ((ANNA,), (ANNA, BEA), TAKEN),
        ((LMA,), (LMA, OTHER_LMA), "accepted"),
        ((LMA,), (ANNA,), "accepted"),
        ((SAM,), (SIV,), TAKEN),
        ((SAM, ANNA), (SIV, ANNA), TAKEN),
    ],
)
def test_a_reference_in_use_stays_with_its_person(
    known: tuple[str, ...], numbers: tuple[str, ...], verdict: str
) -> None:
    hub = Agencies()
    hub.register("J1", *known)

    assert hub.register("J1", *numbers, called="second") == verdict


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ((BEA,), TAKEN),
        ((ANNA, BEA), CONFLICT),
        ((LMA, BEA), TAKEN),
        ((BEA, CLEO), TAKEN),
    ],
)
def test_a_reference_in_use_and_a_number_of_somebody_else(numbers: tuple[str, ...], verdict: str) -> None:
    hub = Agencies()
    hub.register("J1", ANNA)
    hub.register("J2", BEA)
    hub.register("J3", CLEO)

    assert hub.register("J1", *numbers, called="second") == verdict


@pytest.mark.parametrize("numbers", [(ANNA, BEA), (SAM, SIV), (SAM, ANNA, SIV)])
def test_nobody_has_two_personal_numbers_or_two_coordination_numbers(numbers: tuple[str, ...]) -> None:
    hub = Agencies()

    assert (hub.register("J1", *numbers), hub.people()) == (CONFLICT, [])


def test_an_interim_number_links_only_with_itself() -> None:
    hub = Agencies()
    hub.register("J1", "19930920T123")
    hub.register("A1", "19930920-t123", by="af")
    hub.register("J2", ANNA)

    assert hub.people() == [["af A1", "jobbtorg J1"], ["jobbtorg J2"]]


def test_a_corrected_number_is_no_longer_known_and_the_right_one_is() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)

    told = [
        hub.correct("reg-J1", "J1", BEA),
        hub.register("A1", ANNA, by="af"),
        hub.register("A2", BEA, by="af"),
    ]

    assert (told, hub.people()) == (["accepted"] * 3, [["af A1"], ["af A2", "jobbtorg J1"]])


def test_a_correction_that_would_take_somebody_elses_number_is_refused() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)
    hub.register("J2", BEA)

    assert [hub.correct("reg-J1", "J1", BEA), hub.register("A1", ANNA, by="af")] == [
        "identity_conflict@/data/replacement/identifiers",
        "accepted",
    ]
    assert hub.people() == [["af A1", "jobbtorg J1"], ["jobbtorg J2"]]


def test_a_correction_that_contradicts_another_registration_of_the_person_is_refused() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)
    hub.register("A1", ANNA, by="af")

    assert hub.correct("reg-J1", "J1", BEA) == "identity_conflict@/data/replacement/identifiers"


def test_a_retraction_that_restores_a_number_of_somebody_else_is_refused_and_changes_nothing() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)
    hub.correct("reg-J1", "J1", BEA)
    hub.register("A1", ANNA, by="af")

    assert [hub.retract("fix", "J1"), hub.register("A2", BEA, by="af")] == [
        "identity_conflict@/data/replaces",
        "accepted",
    ]
    assert hub.people() == [["af A1"], ["af A2", "jobbtorg J1"]]


def test_a_retracted_correction_restores_its_predecessor() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)
    hub.correct("reg-J1", "J1", BEA)
    hub.correct("fix", "J1", CLEO, called="fix-2")
    hub.retract("fix-2", "J1")

    told = [hub.register(f"A{place}", number, by="af") for place, number in enumerate((ANNA, BEA, CLEO))]

    assert (told, hub.people()) == (["accepted"] * 3, [["af A0"], ["af A1", "jobbtorg J1"], ["af A2"]])


def test_a_retracted_registration_frees_its_reference_and_its_numbers() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)

    told = [hub.retract("reg-J1", "J1"), hub.register("J1", BEA, called="again"), hub.register("A1", ANNA, by="af")]

    assert (told, hub.people()) == (["accepted"] * 3, [["af A1"], ["jobbtorg J1"]])


def test_a_reference_stays_bound_as_long_as_one_of_its_registrations_stands() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)
    hub.register("J1", ANNA, SAM, called="second")

    told = [hub.retract("reg-J1", "J1"), hub.retract("second", "J1", called="gone-2")]
    freed = hub.people()

    assert (told, freed) == (["accepted"] * 2, [])


def test_a_reference_bound_anew_is_not_freed_by_a_second_retraction_of_what_was_retracted() -> None:
    hub = Agencies()
    hub.register("A1", ANNA, by="af")
    hub.register("J1", ANNA)
    hub.correct("reg-J1", "J1", ANNA, SAM)
    hub.retract("reg-J1", "J1")
    hub.register("J1", ANNA, called="again")

    told = [hub.retract("reg-J1", "J1", called="gone-2"), hub.retract("fix", "J1", called="gone-3")]

    assert (told, hub.people()) == (["accepted"] * 2, [["af A1", "jobbtorg J1"]])
    assert hub.door.told(opened()) == ["accepted o"]


def test_a_correction_after_the_retraction_is_accepted_without_effect() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)
    hub.register("J1", ANNA, called="second")
    hub.retract("reg-J1", "J1")

    assert hub.correct("reg-J1", "J1", BEA) == "accepted"
    assert hub.register("A1", BEA, by="af") == "accepted"
    assert hub.people() == [["af A1"], ["jobbtorg J1"]]


def test_a_retraction_cannot_be_corrected_or_retracted() -> None:
    hub = Agencies()
    hub.register("J1", ANNA)
    hub.register("J1", ANNA, called="second")
    hub.retract("reg-J1", "J1")

    assert [hub.retract("gone", "J1", called="x"), hub.correct("gone", "J1", BEA, called="y")] == [
        "target_not_correctable@/data/replaces"
    ] * 2


def test_the_most_restrictive_of_what_each_source_said_last_counts() -> None:
    hub = Agencies()
    hub.register("J1", ANNA, protection="sekretessmarkering")
    levels = [hub.protection("J1")]
    says: list[Callable[[], str]] = [
        lambda: hub.register("A1", ANNA, by="af", protection="skyddad_folkbokforing"),
        lambda: hub.protect("J1", "none"),
        lambda: hub.protect("A1", "none", by="af"),
        lambda: hub.protect("A1", "sekretessmarkering", by="af", called="level-2"),
        lambda: hub.retract("level-2", "A1", by="af"),
    ]
    for say in says:
        assert say() == "accepted"
        levels.append(hub.protection("J1"))

    assert levels == [
        "sekretessmarkering",
        "skyddad_folkbokforing",
        "skyddad_folkbokforing",
        "none",
        "sekretessmarkering",
        "none",
    ]


def test_nobodys_statement_is_unknown_and_not_none() -> None:
    assert protection_of([]) is None


def test_a_level_that_nobody_knows_is_the_most_restrictive() -> None:
    hub = Agencies()
    hub.register("J1", ANNA, protection="skyddad_folkbokforing")
    facts = hub.door.facts
    [statement] = facts.live_statements(facts.bindings[JOBBTORG, "J1"].participant_id)

    assert protection_of([statement, replace(statement, source=AF, protection="secret")]) == "secret"
