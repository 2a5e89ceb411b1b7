"""What an agency that can only export a list sends: semicolons, Windows-1252, days as people write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hub.synth.people import ANCHOR, Person, sources
from hub.synth.streams import Told

AGENCY = "leverantor"
_MAPPING = """# How the supplier's list of participants becomes events (docs/sending.md).
name = "leverantor-deltagare"
source = "{source}"
encoding = "windows-1252"
delimiter = ";"
key = ["Kundnr", "Insats"]

[reference]
column = "Kundnr"

[time]
column = "Anmäld"
format = "%Y-%m-%d %H:%M"

[[event]]
type = "participant.registered"
[event.identifiers]
"Personnr" = "personal_number"
[event.fields]
protection = {{ value = "none" }}
given_name = {{ column = "Förnamn" }}
family_name = {{ column = "Efternamn" }}

[[event]]
type = "activity.registered"
changed = "activity.changed"
[event.fields]
key = {{ column = "Kundnr" }}
activity = {{ column = "Insats", codes = {{ "Matchning" = "matchning", "Språkstöd" = "yrkessvenska" }} }}
label = {{ column = "Insats" }}
from = {{ column = "Start", date = "%d.%m.%Y" }}
to = {{ column = "Slut", date = "%d.%m.%Y" }}
hours = {{ column = "Tim/vecka", decimal = "," }}
"""
_HEADER = "Kundnr;Personnr;Förnamn;Efternamn;Insats;Start;Slut;Tim/vecka;Anmäld"


@dataclass(frozen=True, slots=True)
class Export:
    """A written list: rows that are right, and rows with a day that does not exist."""

    rows: int
    wrong: int
    references: dict[int, str]


def write_export(told: Sequence[Told], csv: Path, mapping: Path) -> Export:
    """The supplier's list and its mapping file. Every row tells of a registration and an activity."""
    people = [each.person for each in told if _can_be_listed(each.person)]
    lines = [_HEADER, *(_line(person, wrong=place == 1) for place, person in enumerate(people))]
    csv.parent.mkdir(parents=True, exist_ok=True)
    csv.write_bytes("\r\n".join([*lines, ""]).encode("windows-1252", errors="replace"))
    mapping.parent.mkdir(parents=True, exist_ok=True)
    mapping.write_text(_MAPPING.format(source=sources()[AGENCY].uri), encoding="utf-8")
    return Export(
        rows=len(people),
        wrong=1 if len(people) > 1 else 0,
        references={each.number: each.references[AGENCY] for each in people},
    )


def _can_be_listed(person: Person) -> bool:
    """The list has one column for a number, so it holds people with a personnummer and no protection."""
    stated = person.identifiers.get(AGENCY, [])
    return [each["type"] for each in stated] == ["personal_number"] and person.protection == "none"


def _line(person: Person, *, wrong: bool) -> str:
    begins = ANCHOR - timedelta(days=100 + person.number % 60)
    cells = (
        person.references[AGENCY],
        person.identifiers[AGENCY][0]["value"],
        person.given_name,
        person.family_name,
        ("Matchning", "Språkstöd")[person.number % 2],
        "31.02.2026" if wrong else f"{begins:%d.%m.%Y}",
        f"{begins + timedelta(days=180):%d.%m.%Y}",
        "7,5",
        f"{begins - timedelta(days=3):%Y-%m-%d %H:%M}",
    )
    return ";".join(cells)
