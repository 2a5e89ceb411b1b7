"""Swedish identifiers: one normal form per type, or the code of what is wrong (RULES-TIMELINE 8, DOMAIN 3).

The check digit is python-stdnum's Luhn, organisation numbers are organisationsnummer's;
the century, incomplete dates and the borders between the types are ours,
because the packages guess the century, refuse real samordningsnummer and take a personnummer for an organisation.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from organisationsnummer.organisationsnummer import valid as is_organisation_number
from stdnum import luhn

# ASCII: other digits look the same to people, and would give one number two blind indexes.
_TWELVE = re.compile(r"(\d{4})(\d{2})(\d{2})-?(\d{4})", re.ASCII)
_TEN = re.compile(r"(\d{2})(\d{2})(\d{2})([-+])(\d{4})", re.ASCII)
_BARE_TEN = re.compile(r"\d{10}", re.ASCII)
_INTERIM = re.compile(r"(\d{8})-?([A-Za-z]\d{3})", re.ASCII)
_LMA = re.compile(r"(\d{2})-?(\d{6})(?:/\d{1,3})?", re.ASCII)
_ORGANISATION = re.compile(r"(?:16)?(\d{6})-?(\d{4})", re.ASCII)
_COORDINATION_DAYS = range(60, 92)
_DECEMBER = 12
_ORGANISATION_MONTH = 20  # the third digit of an organisation number is at least 2

IDENTIFIER_TYPES = ("personal_number", "coordination_number", "interim_number", "lma_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """An identifier in its normal form. `date_incomplete`: a samordningsnummer without a real birth date."""

    type: str
    value: str
    date_incomplete: bool = False


@dataclass(frozen=True, slots=True)
class NumberRefused:
    """Why a number is not one of its stated type: a reason code and what was found, never the number."""

    reason: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Birth:
    year: int
    month: int
    day: int
    serial: str

    @property
    def twelve(self) -> str:
        return f"{self.year:04}{self.month:02}{self.day:02}{self.serial}"

    @property
    def stated_day(self) -> tuple[int, int, int]:
        """Year, month and day as stated; in a samordningsnummer they need not be a date."""
        return self.year, self.month, self.day - 60 if self.day in _COORDINATION_DAYS else self.day


def read_identifier(identifier_type: str, text: str, on: date) -> Identifier | NumberRefused:
    """The identifier in its normal form. `on` is the Stockholm day of the event: nobody is born after it."""
    text = text.strip()
    match identifier_type:
        case "personal_number" | "coordination_number":
            return _birth_number(identifier_type, text, on)
        case "interim_number":
            found = _INTERIM.fullmatch(text)
            return (
                _form(text) if found is None else Identifier(type=identifier_type, value=(found[1] + found[2]).upper())
            )
        case "lma_number":
            found = _LMA.fullmatch(text)
            return _form(text) if found is None else Identifier(type=identifier_type, value=found[1] + found[2])
        case _:
            return NumberRefused("identifier_invalid", "an unknown type of identifier")


@lru_cache(maxsize=4096)
def read_organisation_number(text: str) -> str | NumberRefused:
    """Ten digits without hyphen. A sole trader's number is a personnummer and is refused."""
    found = _ORGANISATION.fullmatch(text.strip())
    if found is None:
        return NumberRefused("organisation_number_invalid", f"{len(text)} characters, form")
    number = found[1] + found[2]
    if int(number[2:4]) < _ORGANISATION_MONTH:
        return NumberRefused("organisation_number_invalid", f"{len(number)} digits, third digit")
    if not is_organisation_number(number):
        return NumberRefused("organisation_number_invalid", f"{len(number)} digits, check digit")
    return number


def _birth_number(identifier_type: str, text: str, on: date) -> Identifier | NumberRefused:
    if _BARE_TEN.fullmatch(text):
        return NumberRefused("personal_number_ambiguous", "ten digits without sign")
    birth = _read_birth(text, on)
    if birth is None:
        return _form(text)
    if not luhn.is_valid(birth.twelve[2:]):
        return NumberRefused("personal_number_checksum", "wrong check digit")
    looks_like = _type_of(birth, text)
    if looks_like != identifier_type:
        return NumberRefused("identifier_type_mismatch", f"looks like {looks_like.replace('_', ' ')}")
    born = _date(birth)
    incomplete = born is None and identifier_type == "coordination_number" and birth.month <= _DECEMBER
    if born is None and not incomplete:
        return NumberRefused("personal_number_date", "no such date")
    if birth.stated_day > (on.year, on.month, on.day):
        return NumberRefused("personal_number_date", "a later date")
    return Identifier(type=identifier_type, value=birth.twelve, date_incomplete=incomplete)


def _form(text: str) -> NumberRefused:
    return NumberRefused("identifier_invalid", f"{len(text)} characters")


def _read_birth(text: str, on: date) -> _Birth | None:
    if found := _TWELVE.fullmatch(text):
        return _Birth(year=int(found[1]), month=int(found[2]), day=int(found[3]), serial=found[4])
    if (found := _TEN.fullmatch(text)) is None:
        return None
    year = on.year - (on.year - int(found[1])) % 100
    if found[4] == "+":
        year -= 100
    return _Birth(year=year, month=int(found[2]), day=int(found[3]), serial=found[5])


def _type_of(birth: _Birth, text: str) -> str:
    short = len(text) == len("YYMMDD-NNNN")
    if birth.month >= _ORGANISATION_MONTH and (short or birth.twelve.startswith("16")):
        return "organisation_number"
    return "coordination_number" if birth.day in _COORDINATION_DAYS else "personal_number"


def _date(birth: _Birth) -> date | None:
    try:
        return date(*birth.stated_day)
    except ValueError:
        return None
