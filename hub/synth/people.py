"""Invented people: who they are, how they identify themselves where, and which agencies meet them (DOMAIN 6).

Every number is a published test number; every person is drawn from a generator of its own, so that one person does
not depend on how many others there are.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import schemas
from schemas.event_type import JsonObject

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ANCHOR = datetime(2026, 11, 20, 16, 0, tzinfo=STOCKHOLM)
SPAN = timedelta(days=545)
_DATA = Path(__file__).parent / "data"
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
_WOMEN = 0.44  # P5
_INTERPRETER = 0.5
_PERSONAL_NUMBER_FROM_THE_START = 0.65  # P12, like the next two
_WITHOUT_COORDINATION_NUMBER = 0.9
_LATER_PERSONAL_NUMBER = 0.5


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
    given_name: str
    family_name: str
    sex: str
    born: date
    language: str
    country: str
    interpreter: bool
    arrived: date
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
    loaded: dict[str, Any] = json.loads((_DATA / "texts.json").read_text(encoding="utf-8"))
    return loaded


def invent(number: int, seed: int, *, protected: bool) -> Person:
    """Person `number` of the region."""
    random = Random(f"{seed}/{number}")  # noqa: S311 - invented people need no secrets
    names = random.choice(_names())
    sex = "female" if random.random() < _WOMEN else "male"
    personal = _numbers("test_personal_numbers")[number]
    agencies = tuple(code for code in REGISTRATION_ORDER if random.random() < _SHARE[code]) or ("sfi",)
    arrived = (ANCHOR - SPAN - timedelta(days=random.randrange(30, 700))).date()
    return Person(
        number=number,
        given_name=random.choice(names[sex].split("|")),
        family_name=random.choice(names["family"].split("|")),
        sex=sex,
        born=date(int(personal[:4]), int(personal[4:6]), int(personal[6:8])),
        language=names["language"],
        country=names["country"],
        interpreter=random.random() < _INTERPRETER,
        arrived=arrived,
        protection=("sekretessmarkering" if number % 3 else "skyddad_folkbokforing") if protected else "none",
        agencies=agencies,
        identifiers=_identifiers(random, number, personal, agencies),
        references={code: f"{sources()[code].mark}-{number + 10_000}" for code in agencies},
        units={code: random.choice(sources()[code].units) for code in agencies},
        caseworkers={code: random.choice(texts()["caseworkers"]) for code in agencies},
    )


def lma_number(number: int) -> str:
    """A number of the form that Migrationsverket prints on LMA cards; it has no check digit."""
    return f"{60 + number // 1_000_000:02}-{number % 1_000_000:06}"


def personal_number(number: int) -> str:
    """A published test number."""
    return _numbers("test_personal_numbers")[number]


def _identifiers(random: Random, number: int, personal: str, agencies: tuple[str, ...]) -> dict[str, list[JsonObject]]:
    """P12: 65 % a personnummer from the start, 25 % LMA first, 10 % a samordningsnummer, half of them with a personnummer later."""
    kind = random.random()
    pnr = _stated("personal_number", _spelled(random, personal))
    if kind < _PERSONAL_NUMBER_FROM_THE_START or "migrationsverket" not in agencies or len(agencies) == 1:
        return {code: [pnr] for code in agencies}
    first, linking, *others = agencies
    lma = _stated("lma_number", lma_number(number))
    if kind < _WITHOUT_COORDINATION_NUMBER or number >= len(_numbers("test_coordination_numbers")):
        return {first: [lma], linking: [lma, pnr], **{code: [pnr] for code in others}}
    coordination = _stated("coordination_number", _numbers("test_coordination_numbers")[number])
    later = [coordination, pnr] if random.random() < _LATER_PERSONAL_NUMBER else [coordination]
    return {first: [lma], linking: [lma, coordination], **dict.fromkeys(others, later)}


def _stated(kind: str, value: str) -> JsonObject:
    return {"type": kind, "value": value}


def _spelled(random: Random, personal: str) -> str:
    """One of the spellings that agencies use."""
    return random.choice((personal, f"{personal[:8]}-{personal[8:]}", f"{personal[2:8]}-{personal[8:]}"))


@cache
def _names() -> list[dict[str, str]]:
    with (_DATA / "names.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@cache
def _numbers(name: str) -> list[str]:
    return (_DATA / f"{name}.txt").read_text(encoding="ascii").split()
