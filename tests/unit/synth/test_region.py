"""The synthetic region: the same seed is the same region, people stand on their own, and the mix is that of DOMAIN 6."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from hub.synth.people import ANCHOR
from hub.synth.region import generate
from schemas.errors import Misconfigured
from tests.integration.published_numbers import coordination_numbers, personal_numbers
from tests.unit.synth.written import Region, region


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """The 1,640 people of P2."""
    return region(tmp_path_factory.mktemp("region"), 1640, 1)


def about(percent: float, *, of: float) -> bool:
    """Whether a share is within a quarter of what the domain says, or two points for the big ones."""
    return abs(percent - of) <= min(max(of / 4, 0.05), 2)


def test_one_seed_is_one_region_to_the_byte_and_another_is_another(tmp_path: Path) -> None:
    one, same, other = (region(tmp_path / name, 60, seed) for name, seed in (("a", 7), ("b", 7), ("c", 8)))

    assert one.files == same.files
    assert one.files != other.files


def test_a_person_does_not_depend_on_how_many_come_later(tmp_path: Path) -> None:
    few, many = region(tmp_path / "few", 60, 7), region(tmp_path / "many", 140, 7)

    assert many.truth["same_person"][:60] == few.truth["same_person"]
    assert {reference: many.registrations[reference] for reference in few.registrations} == few.registrations
    said, said_of_many = _said(few), _said(many)
    assert {subject: said_of_many[subject] for subject in said} == said


def _said(known: Region) -> dict[str, set[str]]:
    """What agencies say of their own accord about each person; dirt and lateness are of the stream, not of the person."""
    said: dict[str, set[str]] = {}
    for event in known.events:
        name = event["type"].removeprefix("se.samspar.")
        dirty = event["id"].startswith(("fel", "okand"))
        if name.startswith(("plan.created", "sfi.", "permit.", "referral.")) and not dirty:
            said.setdefault(f"{event['source']}#{event['subject']}", set()).add(f"{name} {event['data']}")
    return said


def test_an_earlier_region_is_replaced_and_other_files_are_nobodys_to_delete(tmp_path: Path) -> None:
    first_seed = region(tmp_path / "a", 20, 1).truth["seed"]
    again = region(tmp_path / "a", 20, 2)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(Misconfigured, match="expected an empty folder or an earlier region, found other files"):
        generate(20, 1, tmp_path / "b")

    assert again.files == region(tmp_path / "c", 20, 2).files
    assert again.truth["seed"] != first_seed
    assert (tmp_path / "b" / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_every_number_is_published_for_tests_and_belongs_to_one_person(whole: Region) -> None:
    published = {number[2:] for number in (*personal_numbers(12_000), *coordination_numbers(690))}
    holders: dict[str, set[int]] = {}
    for place, person in enumerate(whole.people):
        for registered in person:
            for identifier in registered["identifiers"]:
                digits = identifier["value"].replace("-", "")
                holders.setdefault(digits if identifier["type"] == "lma_number" else digits[-10:], set()).add(place)

    assert [number for number in holders if len(number) == 10 and number not in published] == []
    assert [number for number, people in holders.items() if len(people) > 1] == []


def test_a_number_fits_its_person(whole: Region) -> None:
    wrong = [
        registered
        for person in whole.people
        for registered in person
        for identifier in registered["identifiers"]
        if identifier["type"] == "personal_number"
        and (
            identifier["value"].replace("-", "")[-10:-4] != registered["birth_date"].replace("-", "")[2:]
            or (int(identifier["value"][-2]) % 2 == 1) != (registered["sex"] == "male")
        )
    ]

    assert wrong == []


def test_women_and_men_and_their_ages(whole: Region) -> None:
    people = [person[0] for person in whole.people]
    bands = Counter(_band(date.fromisoformat(each["birth_date"]).year) for each in people)
    women = 100 * sum(each["sex"] == "female" for each in people) / len(people)
    shares = {band: 100 * count / len(people) for band, count in bands.items()}

    assert len(people) == 1640
    assert about(women, of=44)
    assert {
        band: about(shares[band], of=of) for band, of in {"<25": 11, "25-34": 39, "35-44": 30, "45-64": 20}.items()
    } == {
        "<25": True,
        "25-34": True,
        "35-44": True,
        "45-64": True,
    }


def _band(born: int) -> str:
    return "<25" if born >= 2002 else "25-34" if born >= 1992 else "35-44" if born >= 1982 else "45-64"


def test_schooling_decides_the_study_path(whole: Region) -> None:
    paths = Counter(
        event["data"]["study_path"] for event in whole.events if event["type"].endswith("sfi.application_received")
    )

    assert about(100 * paths["3"] / paths.total(), of=60)
    assert about(100 * (paths["1"] + paths["2"]) / paths.total(), of=40)


def test_the_mix_of_numbers(whole: Region) -> None:
    held = Counter(
        frozenset(identifier["type"] for registered in person for identifier in registered["identifiers"])
        for person in whole.people
    )
    percent = {kinds: 100 * count / 1640 for kinds, count in held.items()}
    with_coordination = {kinds: share for kinds, share in percent.items() if "coordination_number" in kinds}

    assert about(percent[frozenset({"personal_number"})], of=65)
    assert about(percent[frozenset({"personal_number", "lma_number"})], of=25)
    assert about(sum(with_coordination.values()), of=10)
    assert (
        0.3
        < sum(share for kinds, share in with_coordination.items() if "personal_number" in kinds)
        / sum(with_coordination.values())
        < 0.7
    )


def test_protected_people_are_marked_or_have_a_protected_registration_everywhere(whole: Region) -> None:
    levels = [{registered["protection"] for registered in person} for person in whole.people]

    assert {len(each) for each in levels} == {1}
    assert Counter(level for each in levels for level in each) == {
        "none": 1634,
        "sekretessmarkering": 4,
        "skyddad_folkbokforing": 2,
    }


def test_one_in_a_hundred_registrations_conflicts_and_one_in_fifty_moves(whole: Region) -> None:
    moved = sum(
        "municipality" in event["data"] for event in whole.events if event["type"].endswith("enrolment.changed")
    )

    assert about(100 * whole.truth["expected"]["by_reason"]["identity_conflict"] / 1640, of=1)
    assert 1 < 100 * moved / 1640 < 2.5  # some would move after the region ends


SCHEMA_ERRORS = (
    "field_missing field_unknown field_invalid period_reversed code_not_valid_at_date time_without_offset"
    " type_unknown type_not_authorised personal_number_in_attribute"
).split()


def test_dirt_is_as_frequent_as_in_the_domain(whole: Region) -> None:
    expected, events = whole.truth["expected"], whole.events
    names = [event["type"] for event in events]
    counts = {
        "duplicates": (expected["duplicates"], 2),
        "schema errors": (sum(expected["by_reason"][reason] for reason in SCHEMA_ERRORS), 0.5),
        "unknown person": (expected["held"], 0.2),
        "corrections": (sum(name.endswith("corrected") for name in names), 0.6),
        "wrong municipality": (sum(event["data"].get("municipality") in ("9999", "180") for event in events), 0.1),
        "out of order": (_out_of_order(whole), 3),
        "late": (_late(whole), 1),
    }
    percent = {name: (100 * count / len(events), of) for name, (count, of) in counts.items()}

    assert {name: share for name, (share, of) in percent.items() if not about(share, of=of)} == {}


def _out_of_order(known: Region) -> int:
    highest: dict[str, int] = {}
    late = 0
    for event in known.events:
        if "sequence" not in event:  # an exact repetition keeps its number, a conflicting one has none
            continue
        sequence, source = int(event["sequence"]), event["source"]
        late += sequence < highest.get(source, 0) and sequence + 5 > highest[source]
        highest[source] = max(sequence, highest.get(source, 0))
    return late


def _late(known: Region) -> int:
    """Events told at least 30 days after what the source had told about before."""
    latest: dict[str, datetime] = {}
    late = 0
    for event in known.events:
        if event["id"].startswith(("reg-", "fel", "okand", "puls", "rattelse", "aterkallelse", "omorg")):
            continue
        time = datetime.fromisoformat(event["time"])
        before = latest.setdefault(event["source"], time)
        late += time < before - timedelta(days=30)
        latest[event["source"]] = max(before, time)
    return late


def test_nothing_is_said_of_the_time_after_the_anchor(whole: Region) -> None:
    times = [datetime.fromisoformat(event["time"]) for event in whole.events]

    assert max(time for time in times if time.tzinfo is not None) <= ANCHOR


def test_the_truth_counts_what_was_written(whole: Region) -> None:
    expected = whole.truth["expected"]
    listed = sum(len(content.splitlines()) - 1 for path, content in whole.files.items() if path.endswith(".csv"))

    assert whole.truth["deliveries"] == len(whole.events) + 2 * listed
    assert whole.truth["deliveries"] == sum(expected[name] for name in ("accepted", "duplicates", "held", "rejected"))
    assert sum(expected["by_reason"].values()) == expected["held"] + expected["rejected"]
    assert 90_000 < whole.truth["deliveries"] < 120_000
