"""Who may open a participant's timeline: one pure, total function that denies by default (DESIGN 8, DOMAIN 4.1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hub.intake.protection import NONE
from projections.timeline.entries import Entry
from schemas import codes
from schemas.days import is_valid
from schemas.vocabulary import State

_CURRENT = (State.ACTIVE, State.PLANNED, State.PAUSED, State.PROPOSED)
_REGISTERED = "participant.registered"
_ASSIGNED = "caseworker.assigned"
_RELEASED = "caseworker.released"


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

    `protection` None: nobody has stated a level, treated as protected. `units` are those with a current relation;
    None: the agency names no units. `handlers` are the caseworkers it has assigned by name and not released.
    """

    known: bool
    bound: bool
    protection: str | None
    units: frozenset[str] | None
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
    refused = refused_unopened(purpose, on, known=relation.known, bound=relation.bound)
    if refused is not None:
        return refused
    if relation.protection != NONE and reader.name not in relation.handlers:
        return Refused("protected")
    if reader.unit is not None and relation.units is not None and reader.unit not in relation.units:
        return Refused("no_relation_of_unit")
    return Allowed()


def refused_unopened(purpose: str | None, on: date, *, known: bool, bound: bool) -> Refused | None:
    """The part of the decision that needs no event of the participant, so that it is made before any is opened."""
    if not purpose:
        return Refused("purpose_missing")
    stated = codes.find("purpose", purpose)
    if stated is None or not is_valid(stated, on):
        return Refused("purpose_unknown")
    if not known:
        return Refused("participant_unknown")
    if not bound:
        return Refused("no_relation_of_agency")
    return None


def relation_of(
    reader: Reader, newest_first: Iterable[Entry], on: date, *, known: bool, bound: bool, protection: str | None
) -> Relation:
    """The relation as the agency's own facts tell it on a day.

    A unit has one through a spell that is not over, through the registration, or through an assigned caseworker.
    """
    own = [entry for entry in newest_first if entry.agency == reader.agency and entry.state is not State.RETRACTED]
    assigned = _assigned(reversed(own), on)
    stated = {entry.unit for entry in own if entry.unit and (entry.spell or entry.kind in (_REGISTERED, _ASSIGNED))}
    current = {
        entry.unit
        for entry in own
        if entry.unit and (entry.state in _CURRENT or entry.kind == _REGISTERED or entry in assigned.values())
    }
    return Relation(
        known=known,
        bound=bound,
        protection=protection,
        units=frozenset(current) if stated else None,
        handlers=frozenset(assigned),
    )


def _assigned(oldest_first: Iterable[Entry], on: date) -> dict[str, Entry]:
    """Named caseworkers who have a role on the day, and have not been released from it.

    An assignment holds from its first day to its last, and a release begins on the day after its last.
    """
    day = on.isoformat()
    by_role: dict[tuple[str, str], Entry] = {}
    for entry in oldest_first:
        name, role = str(entry.fields.get("name") or ""), str(entry.fields.get("role"))
        begins, ends = str(entry.fields.get("from") or day), str(entry.fields.get("to") or "")
        if entry.kind == _ASSIGNED and name and begins <= day <= (ends or day):
            by_role[name, role] = entry
        elif entry.kind == _RELEASED and ends < day:
            for holder in [held for held in by_role if held[1] == role and name in ("", held[0])]:
                del by_role[holder]
    return {name: entry for (name, _), entry in by_role.items()}
