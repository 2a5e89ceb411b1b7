"""Which source lines become one joint line: deterministic, and independent of the order in which events came (RULES 1.3)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from projections.joint_plan.lines import SourceLine
from projections.joint_plan.names import Finder
from projections.joint_plan.spells import Item, Standing
from schemas.order import OrderKey

_JOINED = "joint_plan.lines_joined"
_PAIR = 2
Pair = frozenset[Item]


@dataclass(frozen=True, slots=True)
class Declarations:
    """What caseworkers said of pairs: the latest word of each. `same` in the order in which they were said."""

    same: tuple[Pair, ...] = ()
    not_same: frozenset[Pair] = frozenset()


@dataclass(slots=True)
class Group:
    """Lines that are one thing. `parts` lie within a member and give no values."""

    members: list[SourceLine] = field(default_factory=list)
    parts: list[SourceLine] = field(default_factory=list)


def declarations(standing: Standing, finder: Finder[SourceLine]) -> Declarations:
    """The declarations about lines that there are."""
    latest: dict[Pair, bool] = {}
    for said in standing.points("joint_plan", "lines_joined", "lines_separated"):
        lines = [finder.find(name, said.item.source) for name in said.fact.content.get("lines") or ()]
        pair = frozenset(line.item for line in lines if line is not None)
        if len(pair) == _PAIR:
            latest.pop(pair, None)
            latest[pair] = said.fact.root.name == _JOINED
    return Declarations(
        same=tuple(pair for pair, same in latest.items() if same),
        not_same=frozenset(pair for pair, same in latest.items() if not same),
    )


def groups_of(
    lines: Sequence[SourceLine],
    said: Declarations,
    finder: Finder[SourceLine],
    equivalent: Callable[[SourceLine, SourceLine], bool],
) -> list[Group]:
    """The groups of one bucket, live or past. `lines` are in the canonical order."""
    within = _within(lines, finder)
    whole = [line for line in lines if line.item not in within]
    groups = _declared(whole, said)
    placed = {line.item for group in groups for line in group.members}
    rest = [line for line in whole if line.item not in placed]
    for line in sorted(rest, key=lambda each: (-each.specificity, each.place, each.item.name)):
        fitting = [
            group
            for group in groups
            if all(
                equivalent(line, member) and frozenset((line.item, member.item)) not in said.not_same
                for member in group.members
            )
        ]
        if fitting:
            min(fitting, key=_first_starting).members.append(line)
        else:
            groups.append(Group([line]))
    for group in groups:
        members = {member.item for member in group.members}
        group.parts = [line for line in lines if within.get(line.item) in members]
    return groups


def _first_starting(group: Group) -> tuple[date, OrderKey, str]:
    return min((member.from_, member.place, member.item.name) for member in group.members)


def _declared(lines: Sequence[SourceLine], said: Declarations) -> list[Group]:
    """Pairs said to be the same, closed transitively; a link that would bring two together that are not is left out."""
    here = {line.item: line for line in lines}
    groups: dict[Item, Group] = {}
    for pair in said.same:
        one, other = sorted(pair, key=lambda item: item.name)
        if one not in here or other not in here:
            continue
        first, second = (groups.setdefault(item, Group([here[item]])) for item in (one, other))
        if first is second or any(
            frozenset((a.item, b.item)) in said.not_same for a in first.members for b in second.members
        ):
            continue
        first.members += second.members
        for member in second.members:
            groups[member.item] = first
    return list({id(group): group for group in groups.values()}.values())


def _within(lines: Sequence[SourceLine], finder: Finder[SourceLine]) -> dict[Item, Item]:
    """Lines that lie within another of the same bucket: the outermost one."""
    here = {line.item for line in lines}
    direct: dict[Item, Item] = {}
    for line in lines:
        whole = finder.find(line.values.get("part_of"), line.item.source)
        if whole is not None and whole.item in here and whole.item != line.item:
            direct[line.item] = whole.item
    return {item: outer for item in direct if (outer := _outermost(item, direct)) is not None}


def _outermost(item: Item, direct: dict[Item, Item]) -> Item | None:
    """None: the lines lie within each other in a circle, so within nothing."""
    seen = {item}
    while (item := direct[item]) in direct:
        if item in seen:
            return None
        seen.add(item)
    return item
