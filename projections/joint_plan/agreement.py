"""The versions of the joint plan as events tell them: proposed, answered, adopted, superseded, closed (RULES 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from projections.joint_plan.joint import Change
from projections.joint_plan.lines import SourceLine
from projections.joint_plan.names import Finder
from projections.joint_plan.spells import Item, Point, Spell, Standing
from schemas.event_type import Json
from schemas.order import OrderKey
from schemas.vocabulary import Action, SpellKind

PARTICIPANT: Final = "participant"
EVERY_LINE: Final = "all"
AGREES: Final = "agree"
PROPOSED, ADOPTED, SUPERSEDED, CLOSED = "proposed", "adopted", "superseded", "closed"


@dataclass(slots=True)
class Version:
    """One version. `answers`: what a party said last of a line, by the line's name as they gave it, with its source."""

    number: int
    proposed: Point
    state: str = PROPOSED
    adopted: Point | None = None
    answers: list[Point] = field(default_factory=list)

    @property
    def item(self) -> Item:
        """What findings name it by."""
        return self.proposed.item

    def has_agreed(self, party: str, lines: Sequence[SourceLine], finder: Finder[SourceLine]) -> bool:
        """Whether the party's last word about a joint line is yes."""
        items = {line.item for line in lines}
        word = ""
        for answer in self.answers:
            if answer.said("party") != party:
                continue
            name = answer.said("line")
            named = None if name == EVERY_LINE else finder.find(name, answer.item.source)
            if name == EVERY_LINE or (named is not None and named.item in items):
                word = answer.said("answer") or ""
        return word == AGREES


@dataclass(frozen=True, slots=True)
class Agreement:
    """All versions of one participant on a day, oldest first."""

    versions: Sequence[Version]

    @property
    def current(self) -> Version | None:
        """The version that is proposed or adopted, the newest of them."""
        return next((each for each in reversed(self.versions) if each.state in (PROPOSED, ADOPTED)), None)

    @property
    def held(self) -> Version | None:
        """The adopted version."""
        return next((each for each in reversed(self.versions) if each.state == ADOPTED), None)

    @property
    def last_adoption(self) -> Point | None:
        """The latest adoption, whether or not its version still holds."""
        adopted = [each.adopted for each in self.versions if each.adopted is not None]
        return max(adopted, key=lambda point: point.place, default=None)

    def changes(self, finder: Finder[SourceLine]) -> dict[Item, Change]:
        """What the adopted version says of lines, over all their sources."""
        held = self.held
        if held is None:
            return {}
        found: dict[Item, Change] = {}
        for change in held.proposed.fact.content.get("changes") or ():
            line = finder.find(change.get("line"), held.item.source)
            if line is not None:
                fields = {name: value for name, value in change.items() if name != "line"}
                found[line.item] = Change(fields=fields, event=held.proposed.events[0])
        return found


def agreement(standing: Standing) -> Agreement:
    """The versions on a day, folded in the canonical order. What the front door would refuse is passed over here."""
    versions: dict[int, Version] = {}
    for said in standing.points("joint_plan"):
        number = _number(said.fact.content)
        verb = said.fact.root.name.partition(".")[2]
        if verb in ("proposed", "revised") and number is not None:
            for other in versions.values():
                if other.state == PROPOSED:
                    other.state = SUPERSEDED
            versions[number] = Version(number, said)
        elif number in versions:
            _go_on(versions, versions[number], verb, said)
    return Agreement(tuple(versions.values()))


def absorbed(plan: Spell, last_adoption: Point | None) -> bool:
    """Whether the plan's current version was there when a joint plan was adopted: its last word is older."""
    return last_adoption is not None and spoken(plan) <= last_adoption.place


def spoken(plan: Spell) -> OrderKey:
    """Where the plan was made or revised last."""
    says = [
        fact
        for fact in plan.facts
        if fact.type.action in (Action.OPEN, Action.CHANGE) and not fact.root.name.endswith("approved")
    ]
    return (says or list(plan.facts))[-1].place


def open_plans(standing: Standing, day: date) -> list[Spell]:
    """Plans that are not closed on a day."""
    return [plan for plan in standing.spells(SpellKind.PLAN) if not plan.is_closed(day)]


def _go_on(versions: Mapping[int, Version], version: Version, verb: str, said: Point) -> None:
    if verb == "answered":
        version.answers.append(said)
    elif verb == "adopted":
        for other in versions.values():
            if other.state == ADOPTED:
                other.state = SUPERSEDED
        version.state, version.adopted = ADOPTED, said
    elif verb == "superseded":
        version.state = SUPERSEDED
    elif verb == "closed":
        version.state = CLOSED


def _number(content: Mapping[str, Json]) -> int | None:
    value = content.get("version")
    return None if value is None else int(value)
