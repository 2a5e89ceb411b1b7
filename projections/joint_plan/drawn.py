"""Source lines out of plans, activities and mappings: what stands in the current versions, and what carries it out (RULES 1.1)."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date

from projections.joint_plan.lines import MAPPING, Ending, SourceLine, source_line
from projections.joint_plan.names import Finder
from projections.joint_plan.spells import Item, Point, Spell, Standing, seen_of
from projections.timeline.chains import Chain
from schemas.days import day_of
from schemas.event_type import JsonObject
from schemas.events import RecordedEvent
from schemas.order import OrderKey
from schemas.vocabulary import Action, SpellKind, State

LINE = "line"
_OPENS = ("activity.registered", "activity.proposed")
_NOT_VALUES = frozenset(("key", "line", "caseworker", "supervisor", "unit", "note", "result", "method"))
_COURSE = (Action.PAUSE, Action.RESUME, Action.CLOSE)
Carrier = Spell | Point


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sketch:
    """A plan's line as the current version has it, before anything carries it out.

    `named` is where its key appears first of all, `since` the day of the first version of the unbroken run that has it.
    """

    item: Item
    plan: Spell
    named: OrderKey
    seen: date
    since: date
    version: RecordedEvent
    given: JsonObject


@dataclass(slots=True)
class Drawn:
    """Draws lines; what was drawn for one day is the same object on every day on which the same facts stand."""

    _lines: dict[Hashable, SourceLine] = field(default_factory=dict)
    _sketched: dict[int, tuple[Spell, list[_Sketch]]] = field(default_factory=dict)

    def on(self, standing: Standing, day: date) -> list[SourceLine]:
        """Every source line of a day, in the canonical order of the first appearance of their keys."""
        plans = [plan for plan in standing.spells(SpellKind.PLAN) if not plan.is_closed(day)]
        sketches = sorted((each for plan in plans for each in self._sketches(plan)), key=lambda each: each.named)
        finder = Finder([(sketch.item, sketch) for sketch in sketches])
        carriers: defaultdict[int, list[Carrier]] = defaultdict(list)
        alone: list[Carrier] = []
        told: list[Carrier] = [*standing.spells(SpellKind.ACTIVITY), *standing.points("mapping", "completed")]
        for each in told:
            sketch = _carried_out(each, finder)
            if sketch is not None:
                carriers[id(sketch)].append(each)
            elif isinstance(each, Point) or each.said("activity") is not None:
                alone.append(each)
        lines = [self._planned(sketch, carriers.get(id(sketch), ())) for sketch in sketches]
        lines += [self._alone(each) for each in alone]
        return sorted(lines, key=lambda line: (line.place, line.item.name))

    def _sketches(self, plan: Spell) -> list[_Sketch]:
        found = self._sketched.get(id(plan))
        if found is None:
            found = self._sketched[id(plan)] = plan, _sketches(plan)
        return found[1]

    def _planned(self, sketch: _Sketch, carriers: Sequence[Carrier]) -> SourceLine:
        name = (id(sketch), *(_name(each) for each in carriers))
        found = self._lines.get(name)
        if found is None:
            found = self._lines[name] = _planned(sketch, carriers)
        return found

    def _alone(self, carrier: Carrier) -> SourceLine:
        name = _name(carrier)
        found = self._lines.get(name)
        if found is None:
            found = self._lines[name] = _alone(carrier)
        return found


def _name(carrier: Carrier) -> Hashable:
    """Equal for the same facts: spells are folded once, points are cheap to make again."""
    return carrier.fact.root.uid if isinstance(carrier, Point) else id(carrier)


def _carried_out(carrier: Carrier, finder: Finder[_Sketch]) -> _Sketch | None:
    """The plan's line that an activity or mapping carries out, or whose course it tells under the line's own key."""
    source = carrier.item.source
    if isinstance(carrier, Point):
        return finder.find(carrier.said("line"), source)
    if any(fact.root.name in _OPENS for fact in carrier.facts):
        proposed = all(fact.root.name == "activity.proposed" for fact in carrier.facts if fact.root.name in _OPENS)
        return None if proposed else finder.find(carrier.said("line"), source)
    own = finder.find(carrier.item.key, source)
    return own if own is not None and own.item.source == source else finder.find(carrier.said("line"), source)


def _sketches(plan: Spell) -> list[_Sketch]:
    """The lines of the version that counts: the last that gives a list of lines."""
    versions = [
        fact
        for fact in plan.facts
        if isinstance(fact.content.get("lines"), list) and fact.type.action is not Action.CLOSE
    ]
    if not versions:
        return []
    current = versions[-1]
    keys = [{line["key"] for line in fact.content["lines"]} for fact in versions]
    found: list[_Sketch] = []
    for line in current.content["lines"]:
        having = [line["key"] in held for held in keys]
        run = len(having) - next((back for back, has in enumerate(reversed(having)) if not has), len(having))
        found.append(
            _Sketch(
                item=Item(kind=LINE, source=plan.item.source, key=line["key"]),
                plan=plan,
                named=versions[having.index(True)].place,
                seen=seen_of(fact for fact, has in zip(versions, having, strict=True) if has),
                since=day_of(versions[run].root.time),
                version=current.current or current.root,
                given=line,
            )
        )
    return found


def _planned(sketch: _Sketch, carriers: Sequence[Carrier]) -> SourceLine:
    """The line with what its carriers say: the values they give win, the latest last."""
    values = {name: value for name, value in sketch.given.items() if name not in _NOT_VALUES and value is not None}
    said = dict.fromkeys(values, sketch.version)
    ending = Ending()
    for carrier in sorted(carriers, key=lambda each: each.place):
        _carry(values, said, carrier.facts)
        ending = _ending(carrier)
    return source_line(
        item=sketch.item,
        agency=sketch.plan.agency,
        plan=sketch.plan.item,
        place=sketch.named,
        seen=sketch.seen,
        since=sketch.since,
        values=values,
        said=said or {"key": sketch.version},
        ending=ending,
    )


def _alone(carrier: Carrier) -> SourceLine:
    """An activity or mapping that carries out no line."""
    values: JsonObject = {}
    said: dict[str, RecordedEvent] = {}
    _carry(values, said, carrier.facts)
    ending = _ending(carrier)
    if isinstance(carrier, Point):
        values |= {"activity": MAPPING}
        said["activity"] = carrier.events[0]
    elif _is_proposed(carrier):
        values["state"], said["state"] = "proposed", carrier.events[0]
        ending = Ending(ended=ending.ended, closing=ending.closing, pauses=ending.pauses)
    return source_line(
        item=carrier.item,
        agency=carrier.agency,
        plan=carrier.item,
        place=carrier.place,
        seen=carrier.seen,
        since=carrier.from_,
        values=values,
        said=said,
        ending=ending,
    )


def _carry(values: JsonObject, said: dict[str, RecordedEvent], facts: Sequence[Chain]) -> None:
    """Given values replace earlier ones; null clears. Ends, pauses and their reasons are no values of the line."""
    for fact in facts:
        if fact.current is None or fact.type.action in _COURSE:
            continue
        for name, value in fact.content.items():
            if name in _NOT_VALUES:
                continue
            if value is None:
                values.pop(name, None)
            else:
                values[name], said[name] = value, fact.current


def _ending(carrier: Carrier) -> Ending:
    if isinstance(carrier, Point):
        return Ending(ended=carrier.day, closing=State.COMPLETED, started=True)
    episode = carrier.episode
    return Ending(
        ended=episode.to if episode.closing is not None else None,
        closing=episode.closing,
        pauses=tuple(episode.pauses),
        started=True,
    )


def _is_proposed(activity: Spell) -> bool:
    return activity.episode.base is State.PROPOSED
