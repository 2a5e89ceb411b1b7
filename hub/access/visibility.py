"""Which entries of an open timeline a reader sees: the matrix of DOMAIN 4.1 as data, and one pure function.

A missing cell means never. Consent and decisions come with disclosure; until then such a cell hides the entry
and names its domains, so that staff see that hidden data exist, not what (RULES-TIMELINE 10).
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from projections.timeline.entries import Entry
from schemas.vocabulary import Domain

MATRIX = Path(__file__).with_name("visibility.csv")
"""The file with the matrix, one row per reader and domain."""
_EXISTENCE = ("plan_type",)
_CONSENT_TOWARDS = {("socialtjanst", "af", Domain.ENR)}
"""Reader, agency of the fact, domain: a shown cell that needs consent towards this agency's facts."""


class Cell(StrEnum):
    """What the matrix says, strictest last."""

    SHOWN = "shown"
    VALIDITY = "validity"
    EXISTENCE = "existence"
    TAKES_PART = "takes_part"
    CONSENT = "consent"
    NEVER = "never"


_STRICTNESS = tuple(Cell)


@dataclass(frozen=True, slots=True)
class Visible:
    """What a reader gets: entries in their order, and the domains of which something is hidden."""

    entries: list[Entry]
    hidden: list[Domain]


def visible(entries: Sequence[Entry], reader: str) -> Visible:
    """Entries as the agency `reader` may see them. An agency outside the matrix reads nothing."""
    if reader not in _matrix():
        return Visible([], [])
    shown: list[Entry] = []
    hidden: set[Domain] = set()
    for entry in entries:
        if entry.agency == reader:
            shown.append(entry)
            continue
        cells = {domain: _cell(entry, reader, domain) for domain in entry.domains}
        cell = max(cells.values(), key=_STRICTNESS.index)
        limited = _limited(entry, reader, cell)
        if limited is not None:
            shown.append(limited)
        elif cell is Cell.CONSENT:
            hidden |= {domain for domain, found in cells.items() if found is cell}
    return Visible(shown, sorted(hidden))


def readers() -> Iterable[str]:
    """The agencies that the matrix knows."""
    return _matrix().keys()


def _limited(entry: Entry, reader: str, cell: Cell) -> Entry | None:
    match cell:
        case Cell.SHOWN:
            return entry
        case Cell.VALIDITY:
            return _bare(entry, ())
        case Cell.EXISTENCE:
            return _bare(entry, _EXISTENCE) if entry.kind == "plan" else None
        case Cell.TAKES_PART:
            return entry if _takes_part(entry, reader) else None
        case _:
            return None


def _cell(entry: Entry, reader: str, domain: Domain) -> Cell:
    if (reader, entry.agency, domain) in _CONSENT_TOWARDS:
        return Cell.CONSENT
    return _matrix()[reader].get(domain, Cell.NEVER)


def _bare(entry: Entry, fields: tuple[str, ...]) -> Entry:
    """Only what the cell lets through; also of what was struck out and of the source events."""
    return replace(
        entry,
        fields={name: value for name, value in entry.fields.items() if name in fields},
        unit=None,
        legal_basis=None,
        purpose=None,
        group=None,
        pauses=(),
        flags=frozenset(),
        events=tuple(replace(event, data={}) for event in entry.events),
        struck=(),
    )


def _takes_part(entry: Entry, reader: str) -> bool:
    lines = entry.fields.get("lines") or []
    return any(isinstance(line, dict) and line.get("responsible") == reader for line in lines)


@cache
def _matrix() -> dict[str, dict[Domain, Cell]]:
    matrix: dict[str, dict[Domain, Cell]] = {}
    with MATRIX.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            cells = matrix.setdefault(row["reader"], {})
            if row["domain"]:
                cells[Domain(row["domain"])] = Cell(row["cell"])
    return matrix
