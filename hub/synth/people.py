"""Invented people: who they are, how they identify themselves where, and which agencies meet them (DOMAIN 6).

Every person is drawn from a generator of its own and takes the next test number that fits, so that nobody depends on
how many come later.
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import schemas
from hub.synth.numbers import TestNumbers, born_on, lma_number
from schemas.days import STOCKHOLM
from schemas.event_type import JsonObject

ANCHOR = datetime(2026, 11, 20, 16, 0, tzinfo=STOCKHOLM)
SPAN = timedelta(days=545)
DATA = Path(__file__).parent / "data"
_AGENCIES = Path(schemas.__file__).parent / "data" / "demo_agencies.csv"

REGISTRATION_ORDER = (
    "migrationsverket flyktingmottagning af jobbtorg sfi socialtjanst komvux fk region leverantor".split()
)
"""A registration that links two numbers must come before those that state only the later one."""
_SHARE = {
    "migrationsverket": 0.7,
    "flyktingmottagning": 0.4,
    "af": 0.96,
    "jobbtorg": 0.92,
    "sfi": 0.73,  # P7: 1,200 of 1,640
    "socialtjanst": 0.45,
    "komvux": 0.12,
    "fk": 0.1,
    "region": 0.05,
    "leverantor": 0.08,
}
_WOMEN = 0.44  # P5, like the age bands
_BORN = ((range(2002, 2009), 0.11), (range(1992, 2002), 0.39), (range(1982, 1992), 0.3), (range(1962, 1982), 0.2))
_FOUR_YEARS = {"female": 0.12, "male": 0.047}  # P6: 8 % together, two thirds of them women
_COMPULSORY = 0.4  # P5: and those with less
_INTERPRETER = 0.5
_PERSONAL_NUMBER_FROM_THE_START = 0.65  # P12, like the next two
_WITHOUT_COORDINATION_NUMBER = 0.9
_LATER_PERSONAL_NUMBER = 0.5


class Schooling(StrEnum):
    """How long somebody went to school before coming to Sweden; it decides the study path of sfi."""

    FOUR_YEARS = "four_years"
    COMPULSORY = "compulsory"
    UPPER_SECONDARY = "upper_secondary"


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthSource:
    """An agency of the demo region with its one source and its units."""

    agency: str
    uri: str
    mark: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented person. `identifiers` are those that each agency states; `references` its own name for the person."""

    number: int
    personal_number: str
    given_name: str
    family_name: str
    sex: str
    born: date
    language: str
    country: str
    interpreter: bool
    arrived: date
    schooling: Schooling
    protection: str
    agencies: tuple[str, ...]
    identifiers: Mapping[str, list[JsonObject]]
    references: Mapping[str, str]
    units: Mapping[str, str]
    caseworkers: Mapping[str, str]


@cache
def sources() -> dict[str, SynthSource]:
    """The agencies of the demo region that send, by code."""
    with _AGENCIES.open(encoding="utf-8", newline="") as lines:
        return {
            row["agency"]: SynthSource(
                agency=row["agency"], uri=row["source"], mark=row["mark"], units=tuple(row["units"].split(";"))
            )
            for row in csv.DictReader(lines)
            if row["agency"] in REGISTRATION_ORDER
        }


@cache
def texts() -> dict[str, Any]:
    """Words that caseworkers write."""
    loaded: dict[str, Any] = json.loads((DATA / "texts.json").read_text(encoding="utf-8"))
    return loaded


def invent(number: int, seed: int, numbers: TestNumbers, *, protection: str = "none") -> Person:
    """Person `number` of the region."""
    random = Random(f"{seed}/{number}")  # noqa: S311 - invented people need no secrets
    names = random.choice(_names())
    sex = "female" if random.random() < _WOMEN else "male"
    years = random.choices([band for band, _ in _BORN], [share for _, share in _BORN])[0]
    personal = numbers.personal(sex, years)
    agencies = tuple(code for code in REGISTRATION_ORDER if random.random() < _SHARE[code]) or ("sfi",)
    return Person(
        number=number,
        personal_number=personal,
        given_name=random.choice(names[sex].split("|")),
        family_name=random.choice(names["family"].split("|")),
        sex=sex,
        born=born_on(personal),
        language=names["language"],
        country=names["country"],
        interpreter=random.random() < _INTERPRETER,
        arrived=(ANCHOR - SPAN - timedelta(days=random.randrange(30, 700))).date(),
        schooling=_schooling(random, sex),
        protection=protection,
        agencies=agencies,
        identifiers=_identifiers(random, number, sex, personal, agencies, numbers),
        references=references_of(number, agencies),
        units={code: random.choice(sources()[code].units) for code in agencies},
        caseworkers={code: random.choice(texts()["caseworkers"]) for code in agencies},
    )


def references_of(number: int, agencies: Sequence[str]) -> dict[str, str]:
    """What each agency calls the person."""
    return {code: f"{sources()[code].mark}-{number + 10_000}" for code in agencies}


def stated(kind: str, value: str) -> JsonObject:
    """An identifier as a registration states it."""
    return {"type": kind, "value": value}


def _schooling(random: Random, sex: str) -> Schooling:
    lot = random.random()
    if lot < _FOUR_YEARS[sex]:
        return Schooling.FOUR_YEARS
    return Schooling.COMPULSORY if lot < _COMPULSORY else Schooling.UPPER_SECONDARY


def _identifiers(
    random: Random, number: int, sex: str, personal: str, agencies: tuple[str, ...], numbers: TestNumbers
) -> dict[str, list[JsonObject]]:
    """P12: 65 % a personnummer from the start, 25 % LMA first, 10 % a samordningsnummer, half of them with a personnummer later."""
    kind = random.random()
    pnr = stated("personal_number", _spelled(random, personal))
    if kind < _PERSONAL_NUMBER_FROM_THE_START or len(agencies) == 1:
        return {code: [pnr] for code in agencies}
    first, linking, *others = agencies
    lma = stated("lma_number", lma_number(number))
    given = None if kind < _WITHOUT_COORDINATION_NUMBER else numbers.coordination(sex)
    if given is None:
        return {first: [lma], linking: [lma, pnr], **{code: [pnr] for code in others}}
    coordination = stated("coordination_number", given)
    later = [coordination, pnr] if random.random() < _LATER_PERSONAL_NUMBER else [coordination]
    return {first: [lma], linking: [lma, coordination], **dict.fromkeys(others, later)}


def _spelled(random: Random, personal: str) -> str:
    """One of the spellings that agencies use."""
    return random.choice((personal, f"{personal[:8]}-{personal[8:]}", f"{personal[2:8]}-{personal[8:]}"))


@cache
def _names() -> list[dict[str, str]]:
    with (DATA / "names.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
