"""Who may open a timeline: everybody is refused unless every reason to refuse is absent."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.access.policy import Allowed, Reader, Refused, Relation, decide, relation_of
from schemas.event_type import JsonObject
from schemas.events import RecordedEvent
from tests.unit.projections.builders import AF, JOBBTORG, TODAY, entries, retracted, said

READER = Reader(agency="jobbtorg", name="Jonas Berg", unit="Farsta")
RELATION = Relation(
    known=True, bound=True, protection="none", units=frozenset({"Farsta"}), handlers=frozenset({"Jonas Berg"})
)
PURPOSES = ("planning", "followup", "referral", "quality", "own_data", "operation", "control")


def test_a_named_purpose_a_relation_of_the_unit_and_no_protection_open_a_timeline() -> None:
    assert decide(READER, "planning", RELATION, TODAY) == Allowed()


@pytest.mark.parametrize(
    ("purpose", "relation", "reason"),
    [
        (None, RELATION, "purpose_missing"),
        ("", RELATION, "purpose_missing"),
        ("curiosity", RELATION, "purpose_unknown"),
        ("Planning", RELATION, "purpose_unknown"),
        ("planning", replace(RELATION, known=False), "participant_unknown"),
        ("planning", replace(RELATION, bound=False), "no_relation_of_agency"),
        ("planning", replace(RELATION, protection="sekretessmarkering", handlers=frozenset()), "protected"),
        ("planning", replace(RELATION, protection=None, handlers=frozenset({"Maria Ekström"})), "protected"),
        ("planning", replace(RELATION, units=frozenset({"Söder"})), "no_relation_of_unit"),
        ("planning", replace(RELATION, units=frozenset()), "no_relation_of_unit"),
    ],
)
def test_each_reason_to_refuse(purpose: str | None, relation: Relation, reason: str) -> None:
    assert decide(READER, purpose, relation, TODAY) == Refused(reason)


def test_a_purpose_may_be_stated_from_the_day_on_which_it_has_force() -> None:
    days = (date(2025, 11, 30), date(2025, 12, 1))

    assert [decide(READER, "control", RELATION, day) for day in days] == [Refused("purpose_unknown"), Allowed()]


@pytest.mark.parametrize("level", ["sekretessmarkering", "skyddad_folkbokforing", None, "of tomorrow"])
def test_a_protected_person_is_read_about_by_the_caseworkers_named_and_by_nobody_else(level: str | None) -> None:
    protected = replace(RELATION, protection=level)
    asked = [
        READER,
        replace(READER, name="jonas berg"),
        replace(READER, name=""),
        replace(READER, unit=None, name="sys"),
    ]

    assert [decide(reader, "planning", protected, TODAY) for reader in asked] == [
        Allowed(),
        *[Refused("protected")] * 3,
    ]


def test_a_named_caseworker_of_another_unit_is_refused_for_the_unit() -> None:
    protected = replace(RELATION, protection="sekretessmarkering")

    assert decide(replace(READER, unit="Söder"), "planning", protected, TODAY) == Refused("no_relation_of_unit")


def test_a_system_without_unit_reads_for_its_agency_and_an_agency_without_units_has_no_borders() -> None:
    system, anywhere = replace(READER, unit=None), replace(RELATION, units=None)

    assert [decide(system, "planning", RELATION, TODAY), decide(READER, "planning", anywhere, TODAY)] == [Allowed()] * 2


_NAMES = st.sampled_from(["Jonas Berg", "Maria Ekström", "", "system"])
_UNITS = st.sampled_from(["Farsta", "Söder", ""])


@settings(deadline=None, derandomize=True, max_examples=600)
@given(
    st.builds(
        Reader,
        agency=st.sampled_from(["jobbtorg", "nobody"]),
        name=_NAMES,
        unit=st.none() | _UNITS,
        channel=st.text(max_size=3),
    ),
    st.sampled_from([None, "", "x", *PURPOSES]) | st.text(max_size=9),
    st.builds(
        Relation,
        known=st.sampled_from([True, True, False]),
        bound=st.sampled_from([True, True, False]),
        protection=st.sampled_from(["none", "none", "sekretessmarkering", "skyddad_folkbokforing", "", None]),
        units=st.none() | st.frozensets(_UNITS),
        handlers=st.frozensets(_NAMES),
    ),
    st.sampled_from([date.min, date(2025, 11, 30), date(2025, 12, 1), date.max]),
)
def test_whatever_is_asked_there_is_an_answer_and_it_is_yes_only_for_the_one_good_case(
    reader: Reader, purpose: str | None, relation: Relation, on: date
) -> None:
    good = (
        purpose in PURPOSES
        and (purpose != "control" or on >= date(2025, 12, 1))
        and relation.known
        and relation.bound
        and (relation.protection == "none" or reader.name in relation.handlers)
        and (reader.unit is None or relation.units is None or reader.unit in relation.units)
    )

    assert isinstance(decide(reader, purpose, relation, on), Allowed if good else Refused)


def related(*events: RecordedEvent, reader: Reader = READER, on: date = TODAY) -> Relation:
    """The relation that these events tell of, to a person who is known, bound and not protected."""
    return relation_of(reader, entries(events, on), on, known=True, bound=True, protection="none")


def enrolled(unit: str | None = "Farsta", *, key: str = "k", source: str = JOBBTORG, **more: object) -> RecordedEvent:
    """An enrolment at a unit."""
    data: JsonObject = {"programme": "jobbtorg", **({"unit": unit} if unit else {}), **more}
    return said("enrolment.opened", "2026-03-02", data, key=key, source=source)


def assigned(name: str = "Jonas Berg", role: str = "coach", when: str = "2026-03-02", **more: object) -> RecordedEvent:
    """A named caseworker."""
    return said("caseworker.assigned", when, {"role": role, "name": name, **more})


def released(when: str, role: str = "coach", **more: object) -> RecordedEvent:
    """A caseworker released from a role."""
    return said("caseworker.released", when, {"role": role, **more})


def test_what_the_register_says_is_passed_on() -> None:
    assert relation_of(READER, [], TODAY, known=False, bound=True, protection=None) == Relation(
        known=False, bound=True, protection=None, units=None, handlers=frozenset()
    )


def test_a_unit_has_a_relation_while_its_spell_lasts() -> None:
    spell = enrolled()
    paused = said("enrolment.paused", "2026-04-01", {"from": "2026-04-01"})
    closed = said("enrolment.closed", "2026-05-01", {"to": "2026-05-01"})
    planned = enrolled(key="later", **{"from": "2027-01-01"})

    told = [related(*events).units for events in ((spell,), (spell, paused), (spell, closed), (planned,))]

    assert told == [{"Farsta"}, {"Farsta"}, frozenset(), {"Farsta"}]


def test_a_retracted_spell_gives_no_relation_and_its_agency_names_no_units() -> None:
    spell = enrolled()

    assert related(spell, retracted(spell, "2026-04-01")).units is None


def test_the_unit_that_registered_the_person_has_a_relation() -> None:
    assert related(said("participant.registered", "2026-03-02", {"unit": "Söder"})).units == frozenset({"Söder"})


def test_a_point_event_of_a_unit_is_no_relation() -> None:
    talk = said("conversation.held", "2026-03-02", {"unit": "Söder"})

    assert [related(talk).units, related(talk, enrolled()).units] == [None, {"Farsta"}]


def test_only_the_agencys_own_facts_count() -> None:
    assert related(enrolled(source=AF)) == related()


def test_an_assigned_caseworker_handles_and_gives_the_unit_a_relation_until_the_release() -> None:
    spell, until = assigned(unit="Söder"), released("2026-06-01")

    told = [(found.handlers, found.units) for found in (related(spell), related(spell, until))]

    assert told == [({"Jonas Berg"}, {"Söder"}), (frozenset(), frozenset())]


def test_an_assignment_of_a_later_day_gives_the_unit_no_relation_yet() -> None:
    spell = assigned(unit="Söder", **{"from": "2026-11-21"})

    assert [related(spell, on=day).units for day in (TODAY, date(2026, 11, 21))] == [frozenset(), {"Söder"}]


@pytest.mark.parametrize(
    ("events", "handlers"),
    [
        ([assigned(to="2026-11-20")], {"Jonas Berg"}),
        ([assigned(to="2026-11-19")], set()),
        ([assigned(**{"from": "2026-11-20"})], {"Jonas Berg"}),
        ([assigned(**{"from": "2026-11-21"})], set()),
        ([assigned(), assigned(when="2026-11-02", **{"from": "2026-11-21"})], {"Jonas Berg"}),
        ([assigned(), released("2026-11-02", to="2026-11-20")], {"Jonas Berg"}),
        ([assigned(), released("2026-11-02", to="2026-11-19")], set()),
        ([assigned(), released("2026-03-01")], {"Jonas Berg"}),
        ([assigned(), released("2026-06-01", role="process_owner")], {"Jonas Berg"}),
        ([assigned(), released("2026-06-01", name="Maria Ekström")], {"Jonas Berg"}),
        ([assigned(), released("2026-06-01", name="Jonas Berg")], set()),
        ([assigned(), assigned("Maria Ekström"), released("2026-06-01")], set()),
        ([assigned(), assigned(role="process_owner"), released("2026-06-01")], {"Jonas Berg"}),
        ([assigned(), released("2026-06-01"), assigned(when="2026-07-01")], {"Jonas Berg"}),
        ([assigned(name="")], set()),
        ([said("caseworker.assigned", "2026-03-02", {"role": "coach"})], set()),
    ],
)
def test_who_handles_a_person(events: list[RecordedEvent], handlers: set[str]) -> None:
    assert related(*events).handlers == handlers


def test_an_assignment_of_another_agency_names_nobody_here() -> None:
    other = replace(assigned(), agency="af", source=AF)

    assert related(other).handlers == frozenset()


def test_a_retracted_assignment_names_nobody() -> None:
    spell = assigned()

    assert related(spell, retracted(spell, "2026-04-01")).handlers == frozenset()
