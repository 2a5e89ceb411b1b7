"""The closed list of reasons with what was expected and what to do, in English and Swedish, loaded as data."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from schemas.receipts import Problem

_FILE = Path(__file__).parent / "data" / "reason-codes.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One line of reason-codes.csv.

    `pointer` and `found` describe in words what a problem of this kind points at and names.
    """

    code: str
    verdict: str
    pointer: str
    expected_en: str
    expected_sv: str
    found: str
    action_en: str
    action_sv: str


def _load() -> Mapping[str, Reason]:
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return MappingProxyType({row["code"]: Reason(**row) for row in csv.DictReader(lines)})


REASONS = _load()


def problem(reason: str, pointer: str | None = None, *, found: str = "", expected: str | None = None) -> Problem:
    """A problem with the texts of its reason. `expected` replaces the general text when more is known.

    `found` must never repeat a value that could identify a person.
    """
    known = REASONS[reason]
    return Problem(
        reason=reason,
        pointer=pointer,
        expected=known.expected_en if expected is None else expected,
        found=found,
        action=known.action_en,
    )
