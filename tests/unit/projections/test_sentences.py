"""What findings say: a sentence in each language for every rule, without a code or a hole in it."""

import re
from datetime import date
from pathlib import Path

import pytest

from hub.tryout.case import read_case
from hub.tryout.pure import PureHub
from projections.joint_plan.composition import Composing
from projections.joint_plan.findings import RULES, SEVERITIES, Finding, all_findings
from projections.joint_plan.sentences import sentence
from projections.joint_plan.wording import Words
from schemas.vocabulary import ParticipantId

CASES = sorted((Path(__file__).parents[3] / "examples" / "cases").glob("*.yaml"))
_CODE = re.compile(r"\b[a-zåäö]+_[a-zåäö_]+\b|None|\{|\}")


def findings_of(path: Path) -> list[Finding]:
    hub = PureHub(read_case(path))
    hub.play()
    people = {event.participant_id for event in hub.events if event.participant_id is not None}
    return [found for person in people for found in _of(hub, person)]


def _of(hub: PureHub, person: ParticipantId) -> list[Finding]:
    return all_findings(Composing(person, [event for event in hub.events if event.participant_id == person]))


@pytest.fixture(scope="module")
def everything() -> list[Finding]:
    """Every finding of every case."""
    return [found for path in CASES for found in findings_of(path)]


def test_every_rule_has_a_case_that_shows_it(everything: list[Finding]) -> None:
    assert {found.rule for found in everything} == set(RULES) == set(SEVERITIES)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_no_sentence_has_a_code_or_a_hole(everything: list[Finding], language: str) -> None:
    told = [sentence(found, found.from_, "sv" if language == "sv" else "en") for found in everything]

    assert [each for each in told if _CODE.search(each.title + each.text)] == []
    assert all(each.text[0].isupper() or each.text[0].isdigit() for each in told)
    assert all(each.text.endswith(".") for each in told)


def test_days_that_share_their_times_are_told_together() -> None:
    words = Words("sv", date(2026, 11, 20))

    assert words.times([(1980, 2160), (4860, 5040), (1440, 1500)]) == "tis och tors 09.00–12.00, tis 00.00–01.00"
    assert words.period("2026-11-23", "2027-01-29") == "mån 23 nov – fre 29 jan 2027"
    assert words.period("2026-11-23", None) == "från mån 23 nov"
    assert (words.number(39.5), Words("en", date(2026, 11, 20)).number(39.5)) == ("39,5", "39.5")
