"""The catalogue of event types: complete, consistent, and as the rules of the timeline say."""

import json
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import codes
from schemas.catalogue import all_event_types, code_paths, latest, lookup, periods, upcast, validator, versions
from schemas.event_type import EventType, JsonObject
from schemas.vocabulary import About, Action, DataClass, Domain, SpellKind, State

FAMILIES = (
    "absence activity activity_report attendance benefit caseworker civic_orientation competence consent conversation "
    "employer enrolment followup goal intensive_year joint_assessment joint_plan komvux mapping match module organisation "
    "outcome participant permit placement plan progress referral "
    "self_support settlement sfi source study_plan target_group track work_ability"
).split()

# RULES-TIMELINE 1, as one line per verb: kind, action, state.
SPELLS = {
    "enrolment.opened": (SpellKind.ENROLMENT, Action.OPEN, State.ACTIVE),
    "enrolment.changed": (SpellKind.ENROLMENT, Action.CHANGE, None),
    "enrolment.paused": (SpellKind.ENROLMENT, Action.PAUSE, None),
    "enrolment.resumed": (SpellKind.ENROLMENT, Action.RESUME, None),
    "enrolment.closed": (SpellKind.ENROLMENT, Action.CLOSE, State.CLOSED),
    "plan.created": (SpellKind.PLAN, Action.OPEN, State.ACTIVE),
    "plan.revised": (SpellKind.PLAN, Action.CHANGE, None),
    "plan.approved": (SpellKind.PLAN, Action.CHANGE, None),
    "plan.closed": (SpellKind.PLAN, Action.CLOSE, State.CLOSED),
    "activity.proposed": (SpellKind.ACTIVITY, Action.OPEN, State.PROPOSED),
    "activity.registered": (SpellKind.ACTIVITY, Action.OPEN, State.ACTIVE),
    "activity.started": (SpellKind.ACTIVITY, Action.OPEN, State.ACTIVE),
    "activity.changed": (SpellKind.ACTIVITY, Action.CHANGE, None),
    "activity.paused": (SpellKind.ACTIVITY, Action.PAUSE, None),
    "activity.resumed": (SpellKind.ACTIVITY, Action.RESUME, None),
    "activity.completed": (SpellKind.ACTIVITY, Action.CLOSE, State.COMPLETED),
    "activity.interrupted": (SpellKind.ACTIVITY, Action.CLOSE, State.INTERRUPTED),
    "sfi.application_received": (SpellKind.EDUCATION, Action.OPEN, State.PROPOSED),
    "sfi.admitted": (SpellKind.EDUCATION, Action.OPEN, State.PLANNED),
    "sfi.course_started": (SpellKind.EDUCATION, Action.OPEN, State.ACTIVE),
    "sfi.path_changed": (SpellKind.EDUCATION, Action.CHANGE, None),
    "sfi.course_completed": (SpellKind.EDUCATION, Action.CLOSE, State.COMPLETED),
    "sfi.interrupted": (SpellKind.EDUCATION, Action.CLOSE, State.INTERRUPTED),
    "komvux.applied": (SpellKind.EDUCATION, Action.OPEN, State.PROPOSED),
    "komvux.admitted": (SpellKind.EDUCATION, Action.OPEN, State.PLANNED),
    "komvux.started": (SpellKind.EDUCATION, Action.OPEN, State.ACTIVE),
    "komvux.graded": (SpellKind.EDUCATION, Action.CLOSE, State.COMPLETED),
    "komvux.dropped": (SpellKind.EDUCATION, Action.CLOSE, State.INTERRUPTED),
    "komvux.rejected": (SpellKind.EDUCATION, Action.CLOSE, State.REJECTED),
    "civic_orientation.started": (SpellKind.EDUCATION, Action.OPEN, State.ACTIVE),
    "civic_orientation.completed": (SpellKind.EDUCATION, Action.CLOSE, State.COMPLETED),
    "placement.agreed": (SpellKind.PLACEMENT, Action.OPEN, State.PLANNED),
    "placement.started": (SpellKind.PLACEMENT, Action.OPEN, State.ACTIVE),
    "placement.extended": (SpellKind.PLACEMENT, Action.CHANGE, None),
    "placement.ended": (SpellKind.PLACEMENT, Action.CLOSE, State.CLOSED),
    "benefit.started": (SpellKind.BENEFIT, Action.OPEN, State.ACTIVE),
    "benefit.changed": (SpellKind.BENEFIT, Action.CHANGE, None),
    "benefit.ended": (SpellKind.BENEFIT, Action.CLOSE, State.CLOSED),
    "permit.granted": (SpellKind.PERMIT, Action.OPEN, State.ACTIVE),
    "permit.extended": (SpellKind.PERMIT, Action.CHANGE, None),
    "permit.changed": (SpellKind.PERMIT, Action.CHANGE, None),
    "permit.expired": (SpellKind.PERMIT, Action.CLOSE, State.CLOSED),
}

# RULES-TIMELINE 1 and 10. Target groups are not in the rules: they tell of disability, so HLT.
DOMAINS = {
    Domain.ID: "participant consent organisation source",
    Domain.MIG: "permit settlement",
    Domain.ENR: "enrolment caseworker referral outcome self_support",
    Domain.PLAN: "plan conversation followup goal competence mapping joint_plan module joint_assessment",
    Domain.ACT: "activity placement attendance absence progress activity_report track intensive_year",
    Domain.EDU: "sfi komvux civic_orientation study_plan",
    Domain.HLT: "work_ability target_group",
    Domain.BEN: "benefit",
    Domain.EMP: "employer match",
}


def by_family() -> dict[str, list[EventType]]:
    """The catalogue, family by family."""
    families: defaultdict[str, list[EventType]] = defaultdict(list)
    for event_type in all_event_types():
        families[event_type.family].append(event_type)
    return families


def test_the_catalogue_has_the_families_of_the_contract() -> None:
    assert sorted(by_family()) == FAMILIES


def test_every_verb_of_a_spell_does_what_the_rules_say() -> None:
    told = {
        event_type.name: (event_type.spell, event_type.action, event_type.state)
        for event_type in all_event_types()
        if event_type.spell
    }

    assert told == SPELLS


def test_whatever_is_no_spell_and_no_correction_stands_alone() -> None:
    actions = {
        event_type.action
        for event_type in all_event_types()
        if event_type.spell is None and event_type.action not in (Action.CORRECT, Action.RETRACT)
    }

    assert actions == {Action.POINT}


def test_every_family_has_the_domain_of_the_rules() -> None:
    expected = {family: {domain} for domain, families in DOMAINS.items() for family in families.split()}

    assert {family: {member.domain for member in members} for family, members in by_family().items()} == expected


def test_every_family_but_the_source_has_one_correction_and_one_retraction() -> None:
    corrected = {
        family: [member.name for member in members if member.action in (Action.CORRECT, Action.RETRACT)]
        for family, members in by_family().items()
    }

    assert corrected == {
        family: [] if family == "source" else [f"{family}.corrected", f"{family}.retracted"] for family in FAMILIES
    }


def test_a_family_has_one_data_class_except_that_contact_details_are_apart_from_identity() -> None:
    mixed = {
        family: {member.data_class for member in members}
        for family, members in by_family().items()
        if len({member.data_class for member in members}) > 1
    }

    assert mixed == {"participant": {DataClass.IDENTITY, DataClass.CONTACT}}


def test_every_type_has_a_title_in_swedish_and_english() -> None:
    untitled = [
        event_type.name for event_type in all_event_types() if not (event_type.title_sv and event_type.title_en)
    ]

    assert untitled == []


def test_only_organisations_and_sources_are_no_persons() -> None:
    others = {
        family: {member.about for member in members}
        for family, members in by_family().items()
        if {member.about for member in members} != {About.PARTICIPANT}
    }

    assert others == {"organisation": {About.ORGANISATION}, "source": {About.SOURCE}}


def test_every_spell_needs_the_senders_key() -> None:
    keyless = [
        event_type.name
        for event_type in all_event_types()
        if event_type.spell and not event_type.model.model_fields["key"].is_required()
    ]

    assert keyless == []


def test_every_code_field_names_a_list_that_exists() -> None:
    named = {path.code_list for event_type in all_event_types() for path in code_paths(event_type)}

    assert named <= set(codes.code_lists())


def test_one_field_of_a_family_has_one_code_list() -> None:
    lists: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for event_type in all_event_types():
        for path in code_paths(event_type):
            lists[event_type.family, path.path[-1]].add(path.code_list)

    assert {field: found for field, found in lists.items() if len(found) > 1} == {}


def test_an_unknown_name_or_version_is_not_found() -> None:
    found = (lookup("enrolment.teleported", 1), lookup("enrolment.opened", 99), latest("x"), versions("x"))

    assert found == (None, None, None, ())


def test_the_versions_of_a_type_are_oldest_first_and_only_the_latest_has_no_upcast() -> None:
    gaps = {}
    for event_type in all_event_types():
        known = versions(event_type.name)
        is_latest = event_type.version == known[-1]
        if known != tuple(range(1, len(known) + 1)) or is_latest != (event_type.upcast is None):
            gaps[event_type.name] = known

    assert gaps == {}


def test_an_upcast_renames_the_start_and_the_municipality_and_keeps_null_and_absence_apart() -> None:
    first = lookup("enrolment.opened", 1)
    assert first is not None

    event_type, data = upcast(first, {"key": "e", "programme": "sfi", "start": "2026-01-12", "kommunkod": None})

    assert (event_type.version, data) == (
        2,
        {"key": "e", "programme": "sfi", "from": "2026-01-12", "municipality": None},
    )


DAYS = st.none() | st.dates().map(lambda day: day.isoformat())
FIRST_VERSION = st.fixed_dictionaries(
    {"key": st.text(min_size=1, max_size=128), "programme": st.just("sfi")},
    optional={"start": DAYS, "planned_end": DAYS, "kommunkod": st.just("0180"), "note": st.none() | st.just("x")},
)


@given(FIRST_VERSION)
def test_whatever_was_valid_in_the_first_version_is_valid_after_the_upcast(data: JsonObject) -> None:
    first = lookup("enrolment.opened", 1)
    assert first is not None
    validator(first).validate_json(json.dumps(data).encode(), strict=True)

    event_type, upcasted = upcast(first, data)

    validator(event_type).validate_json(json.dumps(upcasted).encode(), strict=True)
    assert len(upcasted) == len(data)


def test_the_latest_version_is_not_upcast() -> None:
    event_type = latest("permit.granted")
    assert event_type is not None
    data = {"key": "p"}

    assert upcast(event_type, data) == (event_type, data)


def test_the_period_of_an_enrolment_ends_at_its_planned_end() -> None:
    event_type = latest("enrolment.opened")
    assert event_type is not None

    assert [(period.start, period.end) for period in periods(event_type)] == [(("from",), ("planned_end",))]


@pytest.mark.parametrize(
    "event_type", all_event_types(), ids=lambda event_type: f"{event_type.name}.v{event_type.version}"
)
def test_a_field_that_the_contract_does_not_have_is_refused(event_type: EventType) -> None:
    with pytest.raises(ValueError, match="extra_forbidden"):
        validator(event_type).validate_json(b'{"favourite_colour": "blue"}', strict=True)
