"""Who may open a participant's timeline: one pure, total function that denies by default (DESIGN 8, DOMAIN 4.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hub.intake.protection import NONE
from projections.timeline.entries import Entry
from schemas import codes
from schemas.vocabulary import State

_CURRENT = (State.ACTIVE, State.PLANNED, State.PAUSED, State.PROPOSED)
_ASSIGNED = "caseworker.assigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who asks. `unit` is the caseworker's unit (verksamhetsgren); a system of an agency has none."""

    agency: str
    name: str
    unit: str | None = None
    channel: str = "api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What ties a reader to a participant, from the register and from the agency's own facts.

    `protection` None: nobody has stated a level, treated as protected. `units` are those of the agency's current
    facts; `handlers` the caseworkers it has assigned by name.
    """

    known: bool
    bound: bool
    protection: str | None
    units: frozenset[str]
    handlers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Allowed:
    """The timeline may be opened; what of it is shown, the visibility matrix says."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The timeline stays closed. The reason is for the read log; the reader always gets the same answer."""

    reason: str


def decide(reader: Reader, purpose: str | None, relation: Relation, on: date) -> Allowed | Refused:
    """Deny unless a valid purpose is given, the agency and unit have a current relation, and protection allows it."""
    stated = codes.find("purpose", purpose) if purpose else None
    if stated is None or not codes.is_valid(stated, on):
        return Refused("purpose_missing" if not purpose else "purpose_unknown")
    if not relation.known:
        return Refused("participant_unknown")
    if not relation.bound:
        return Refused("no_relation_of_agency")
    if relation.protection != NONE and reader.name not in relation.handlers:
        return Refused("protected")
    if reader.unit is not None and relation.units and reader.unit not in relation.units:
        return Refused("no_relation_of_unit")
    return Allowed()


def relation_of(reader: Reader, entries: Iterable[Entry], *, known: bool, bound: bool, protection: str | None) -> Relation:
    """The relation as the agency's own facts tell it."""
    units: set[str] = set()
    handlers: set[str] = set()
    for entry in entries:
        if entry.agency != reader.agency:
            continue
        if entry.kind == _ASSIGNED and entry.state is State.RECORDED:
            handlers.add(str(entry.fields.get("name", "")))
        if entry.unit is not None and (entry.state in _CURRENT or entry.kind == _ASSIGNED):
            units.add(entry.unit)
    return Relation(
        known=known, bound=bound, protection=protection, units=frozenset(units), handlers=frozenset(handlers - {""})
    )
