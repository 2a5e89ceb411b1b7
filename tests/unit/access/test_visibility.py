"""Which entries a reader sees: every cell of RULES-TIMELINE 10, written out by hand, not read from the hub's own table."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from hub.access.visibility import readers, visible
from projections.timeline.entries import Entry
from schemas.catalogue import all_event_types
from schemas.event_type import JsonObject
from schemas.vocabulary import Domain
from tests.unit.projections.builders import JOBBTORG, corrected, entries, retracted, said

# Rows of the table: reader, then the domains shown, to be consented to, limited; all others are never mentioned.
TABLE = {
    "af": ("ID ENR PLAN ACT EDU MIG EMP", "SOC HLT BEN", {}),
    "jobbtorg": ("ID ENR PLAN ACT EMP", "EDU SOC HLT", {"MIG": "validity"}),
    "flyktingmottagning": ("ID ENR PLAN ACT EMP", "EDU SOC HLT", {"MIG": "validity"}),
    "sfi": ("ID", "HLT", {"PLAN": "existence"}),
    "komvux": ("ID", "HLT", {"PLAN": "existence"}),
    "socialtjanst": ("ID ENR PLAN", "ACT EDU HLT", {"MIG": "validity"}),
    "fk": ("ID ENR", "HLT", {"PLAN": "part"}),
    "region": ("ID ENR", "HLT", {"PLAN": "part"}),
    "leverantor": ("", "", {}),
}
OUTSIDE = ("migrationsverket", "participant", "civ", "nobody", "", "AF")
CELLS = [(reader, domain) for reader in TABLE for domain in Domain]
PLAN: JsonObject = {
    "plan_type": "jobbplan",
    "from": "2026-03-02",
    "to": "2026-12-31",
    "unit": "Farsta",
    "legal_basis": "LB5",
    "lines": [{"key": "l", "responsible": "fk"}],
    "caseworker": "Maria Ekström",
}


def plan(*, by: str = "urn:samspar:source:overforare:x", data: JsonObject | None = None) -> Entry:
    """A plan of an agency outside the table, so that nobody reads it as its own."""
    opener = said("plan.created", "2026-03-02", PLAN if data is None else data, source=by, group="g")
    fixed = corrected(opener, "2026-03-03", PLAN if data is None else data)
    [entry] = entries(
        [replace(opener, legalbasis="LB5", purpose="planning"), fixed, said("plan.approved", "2026-03-04", source=by)]
    )
    return replace(entry, flags=frozenset({"late", "overlap"}), pauses=((date(2026, 4, 1), None),))


def of(domains: set[Domain], **change: object) -> Entry:
    """An entry of these domains: a plan in all but that."""
    return replace(plan(), domains=frozenset(domains), **change)  # type: ignore[arg-type]  # fields of an entry


def expected(reader: str, domain: Domain) -> tuple[str, list[Domain]]:
    """What becomes of an entry of one domain, and what is said of it."""
    shown, consent, limited = TABLE[reader]
    if domain in shown.split():
        return "whole", []
    if domain in consent.split():
        return "gone", [domain]
    return limited.get(domain, "gone"), []


def bare(entry: Entry, fields: JsonObject) -> Entry:
    """What remains of a limited entry."""
    return replace(
        entry,
        fields=fields,
        unit=None,
        legal_basis=None,
        purpose=None,
        group=None,
        pauses=(),
        flags=frozenset(),
        struck=(),
        events=tuple(replace(event, data={}) for event in entry.events),
    )


@pytest.mark.parametrize(("reader", "domain"), CELLS)
def test_a_cell_of_the_table(reader: str, domain: Domain) -> None:
    entry = of({domain})
    cell, hidden = expected(reader, domain)
    left = {
        "whole": [entry],
        "gone": [],
        "validity": [bare(entry, {})],
        "existence": [bare(entry, {"plan_type": "jobbplan"})],
        "part": [entry] if reader == "fk" else [],
    }[cell]

    found = visible([entry], reader)

    assert (found.entries, found.hidden) == (left, hidden)


def test_the_table_is_about_the_agencies_of_the_rules() -> None:
    assert set(readers()) == set(TABLE)


@pytest.mark.parametrize("reader", OUTSIDE)
def test_whoever_is_outside_the_table_reads_nothing_and_learns_of_nothing(reader: str) -> None:
    own = replace(plan(), agency=reader)
    found = visible([own, *(of({domain}) for domain in Domain)], reader)

    assert (found.entries, found.hidden) == ([], [])


@pytest.mark.parametrize(("reader", "domain"), CELLS)
def test_an_agency_in_the_table_is_always_shown_its_own_facts_whole(reader: str, domain: Domain) -> None:
    entry = replace(of({domain, Domain.HLT}), agency=reader)

    assert visible([entry], reader).entries == [entry]


def test_the_social_services_need_consent_for_an_enrolment_of_the_employment_service_alone() -> None:
    theirs, others = of({Domain.ENR}, agency="af"), of({Domain.ENR}, agency="jobbtorg")

    found = visible([theirs, others], "socialtjanst")

    assert (found.entries, found.hidden) == ([others], [Domain.ENR])


@pytest.mark.parametrize(
    ("reader", "domains", "shown", "hidden"),
    [
        ("jobbtorg", {Domain.PLAN, Domain.SOC}, False, [Domain.SOC]),
        ("jobbtorg", {Domain.PLAN, Domain.SOC, Domain.HLT}, False, [Domain.HLT, Domain.SOC]),
        ("jobbtorg", {Domain.SOC, Domain.BEN}, False, []),
        ("jobbtorg", {Domain.ENR, Domain.MIG}, True, []),
        ("sfi", {Domain.ID, Domain.SOC}, False, []),
        ("sfi", {Domain.ID, Domain.HLT}, False, [Domain.HLT]),
        ("sfi", {Domain.HLT, Domain.SOC}, False, []),
        ("af", {Domain.ID, Domain.PLAN}, True, []),
        ("socialtjanst", {Domain.ENR, Domain.EMP}, False, []),
    ],
)
def test_the_strictest_version_wins(reader: str, domains: set[Domain], *, shown: bool, hidden: list[Domain]) -> None:
    found = visible([of(domains)], reader)

    assert (len(found.entries), found.hidden) == (int(shown), hidden)


def test_an_entry_that_was_once_social_stays_hidden_after_it_was_put_right() -> None:
    opener = said("enrolment.opened", "2026-03-02", {"programme": "forsorjningsstod"}, source="urn:samspar:source:af:x")
    fixed = corrected(opener, "2026-03-03", {"programme": "jug"})
    found = [
        visible(entries(events), "jobbtorg") for events in ([opener, fixed], [opener, retracted(opener, "2026-03-04")])
    ]

    assert [(each.entries, each.hidden) for each in found] == [([], [Domain.SOC])] * 2


FAMILIES = {
    "ID": "participant consent",
    "MIG": "permit settlement",
    "ENR": "enrolment caseworker referral outcome self_support",
    "PLAN": "plan conversation followup goal competence mapping joint_plan module joint_assessment",
    "ACT": "activity placement attendance absence progress activity_report track intensive_year",
    "EDU": "sfi komvux civic_orientation study_plan",
    "HLT": "work_ability",
    "BEN": "benefit",
    "EMP": "employer match",
}
NOT_IN_THE_RULES = {"organisation", "source", "target_group"}  # the first two are about nobody


def test_every_family_has_the_domain_of_the_rules() -> None:
    wanted = {family: domain for domain, families in FAMILIES.items() for family in families.split()}

    assert {
        event_type.family: event_type.domain.value
        for event_type in all_event_types()
        if event_type.family not in NOT_IN_THE_RULES
    } == wanted


def test_only_a_plan_itself_is_known_to_exist_not_what_happens_around_it() -> None:
    talk = entries([said("conversation.held", "2026-03-02", source=JOBBTORG)])

    found = visible([*talk, plan()], "komvux")

    assert ([entry.kind for entry in found.entries], found.hidden) == (["plan"], [])


@pytest.mark.parametrize("lines", [None, [], [{"key": "l"}], [{"key": "l", "responsible": "region"}], ["fk"], [None]])
def test_a_plan_in_which_an_agency_has_no_line_is_not_its_to_read(lines: object) -> None:
    entry = plan(data={"plan_type": "jobbplan", "lines": lines})

    assert visible([entry], "fk").entries == []


def test_what_is_hidden_is_said_once_per_domain_in_order_without_count_date_or_agency() -> None:
    listed = [of({domain}, thing=UUID(int=place)) for place, domain in enumerate(reversed(Domain))] * 3

    assert visible(listed, "af").hidden == [Domain.BEN, Domain.HLT, Domain.SOC]


def test_entries_keep_their_order() -> None:
    listed = [
        of({domain}, thing=UUID(int=place))
        for place, domain in enumerate((Domain.PLAN, Domain.SOC, Domain.ID, Domain.MIG))
    ]

    assert [entry.thing.int for entry in visible(listed, "jobbtorg").entries] == [0, 2, 3]
