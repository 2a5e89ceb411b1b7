"""Every type of the contract can be told in Swedish: no code, no field name and no type falls through to the page."""

import re
from datetime import date

import pytest

from hub.web.participant_page import VIEWS
from hub.web.words.facts import facts_of, field_title, masked, spelled, vocabulary_of
from hub.web.words.telling import said
from schemas.catalogue import all_event_types, latest
from schemas.event_type import EventType
from schemas.vocabulary import About, Action, SpellKind

TODAY = date(2026, 11, 24)
_CODE = re.compile(r"\b[a-z]+_[a-z_]+\b")
_TYPES = [
    event_type
    for event_type in all_event_types()
    if event_type is latest(event_type.name) and event_type.action not in (Action.CORRECT, Action.RETRACT)
]


@pytest.mark.parametrize("event_type", _TYPES, ids=lambda event_type: event_type.name)
def test_the_example_of_a_type_is_told_without_a_single_code(event_type: EventType) -> None:
    words = vocabulary_of([event_type.name])

    facts = facts_of(dict(event_type.example), words, TODAY)
    sentence = said(dict(event_type.example), words, TODAY)

    told = " ".join([sentence, *(" ".join([fact.label, fact.value, *fact.rows]) for fact in facts)])
    assert facts
    assert all(fact.label and (fact.value or fact.rows) for fact in facts)
    assert _CODE.findall(told) == []


@pytest.mark.parametrize("event_type", _TYPES, ids=lambda event_type: event_type.name)
def test_every_field_of_a_type_has_a_swedish_title(event_type: EventType) -> None:
    fields = [field.alias or name for name, field in event_type.model.model_fields.items()]

    untitled = [name for name in fields if field_title(name, event_type.family) == name.replace("_", " ").capitalize()]

    assert [name for name in untitled if name not in ("form", "module", "program")] == []


def test_the_filter_leaves_out_no_kind_and_names_none_twice() -> None:
    offered = [kind for _, kinds in VIEWS.values() for kind in kinds.split()]

    about_persons = {each.family for each in all_event_types() if each.about is About.PARTICIPANT}
    assert sorted(offered) == sorted(about_persons | {kind.value for kind in SpellKind})


def test_a_number_is_masked_but_for_its_date_and_spelled_with_a_hyphen() -> None:
    numbers = ["199309202393", "19930920-2393", "930920-2393", "930920+2393"]

    assert [masked(number) for number in numbers] == ["19930920-••••"] * 2 + ["930920-••••"] * 2
    assert [spelled(number) for number in numbers[:3]] == ["19930920-2393", "19930920-2393", "930920-2393"]
