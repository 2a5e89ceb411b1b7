"""The people whom the demo offers to look at, each with a story of their own (DOMAIN 6, P16)."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from hub.synth.dirt import corrected
from hub.synth.journeys import Journey
from hub.synth.numbers import TestNumbers, born_on, lma_number
from hub.synth.people import DATA, REGISTRATION_ORDER, Person, invent, references_of, sources, stated
from hub.synth.voice import LATEST, Said
from schemas.event_type import JsonObject

_ADULT = range(1980, 2000)
_CASEWORKERS = {
    "af": "Maria Ekström",
    "jobbtorg": "Jonas Berg",
    "sfi": "Lena Björk",
    "socialtjanst": "Sofia Nyberg",
    "flyktingmottagning": "Ahmed Farah",
    "komvux": "Karin Lindqvist",
    "fk": "Peter Åkesson",
}


def persona(number: int, seed: int, numbers: TestNumbers) -> tuple[Person, Journey]:
    """Persona `number`, and what is said about her or him."""
    written = _written()[number]
    said = [_said(each) for each in written["said"]]
    if "corrects" in written:
        said.append(_correction(written["corrects"], said))
    agencies = [code for code in REGISTRATION_ORDER if any(each.agency == code for each in said)]
    years = range(written.get("born_from", _ADULT.start), written.get("born_to", _ADULT.stop - 1) + 1)
    personal = numbers.personal(written["sex"], years)
    person = replace(
        invent(number, seed, TestNumbers()),
        personal_number=personal,
        born=born_on(personal),
        agencies=tuple(agencies),
        identifiers=_identifiers(written["numbers"], number, personal, agencies),
        references=references_of(number, agencies),
        units={code: sources()[code].units[0] for code in agencies},
        caseworkers={code: _CASEWORKERS.get(code, "Daniel Öberg") for code in agencies},
        **{name: written[name] for name in _PARTICULARS},
    )
    at = {(each.agency, each.name): place for place, each in reversed(list(enumerate(said)))}
    planted = [(rule, [at[agency, name] for agency, name in places]) for rule, places in written["conflicts"]]
    return person, Journey(said, planted)


_PARTICULARS = ("given_name", "family_name", "sex", "language", "country", "interpreter", "protection")


def titles(number: int) -> Mapping[str, str]:
    """What the demo says about a persona: `title_sv` and `description_sv`."""
    return {name: _written()[number][name] for name in ("title_sv", "description_sv")}


def count_personas() -> int:
    """How many there are."""
    return len(_written())


def _said(written: JsonObject) -> Said:
    name = written["name"]
    return Said(
        agency=written["agency"],
        at=datetime.fromisoformat(written["at"]),
        name=name,
        data=written["data"],
        version=LATEST.get(name, 1),
        group=written.get("group"),
    )


def _correction(written: JsonObject, said: Sequence[Said]) -> Said:
    agency, at, name = written["said"]
    place = next(
        place
        for place, each in enumerate(said)
        if (each.agency, each.at, each.name) == (agency, datetime.fromisoformat(at), name)
    )
    data = corrected(name, deepcopy(said[place].data) | written["change"], written["reason"])
    family = name.partition(".")[0]
    return Said(
        agency=agency, at=datetime.fromisoformat(written["at"]), name=f"{family}.corrected", data=data, replaces=place
    )


def _identifiers(kind: str, number: int, personal: str, agencies: Sequence[str]) -> dict[str, list[JsonObject]]:
    """A personnummer everywhere, or an LMA number that the second agency links with it."""
    pnr = stated("personal_number", personal)
    if kind == "personal_number":
        return {code: [pnr] for code in agencies}
    first, linking, *others = agencies
    lma = stated("lma_number", lma_number(number))
    return {first: [lma], linking: [lma, pnr], **{code: [pnr] for code in others}}


@cache
def _written() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads((DATA / "personas.json").read_text(encoding="utf-8"))
    return loaded
