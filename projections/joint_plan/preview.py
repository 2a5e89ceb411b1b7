"""What the joint plan and its findings would be with some lines changed, added or removed; nothing is stored (RULES 4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from projections.joint_plan.composition import Composing, Composition
from projections.joint_plan.findings import Finding, findings_now
from projections.joint_plan.lines import Ending, SourceLine, source_line
from projections.joint_plan.names import Finder
from projections.joint_plan.spells import Item
from schemas.event_type import JsonObject
from schemas.order import OrderKey

_SOURCE: Final = "urn:samspar:preview"
_LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`changed`: fields by the line's item. `added`: lines of the agency that asks, with keys of their own."""

    agency: str
    changed: Mapping[Item, JsonObject]
    added: Sequence[JsonObject]
    removed: Collection[Item]

    def applied(self, lines: Sequence[SourceLine], day: date) -> list[SourceLine]:
        """The source lines as they would be."""
        kept = [self._changed(line) for line in lines if line.item not in self.removed]
        return [*kept, *(self._added(number, given, day) for number, given in enumerate(self.added))]

    def _changed(self, line: SourceLine) -> SourceLine:
        fields = self.changed.get(line.item)
        if fields is None:
            return line
        given = {**line.values, **fields}
        if "week" in fields and "hours" not in fields:
            given.pop("hours", None)  # other times, other hours, unless they are said
        return source_line(
            item=line.item,
            agency=line.agency,
            plan=line.plan,
            place=line.place,
            seen=line.seen,
            since=line.from_,
            values={name: value for name, value in given.items() if value is not None},
            said={name: event for name, event in line.said.items() if name not in fields},
            ending=Ending(ended=line.ended, closing=line.closing, pauses=line.pauses, started=not line.proposed),
        )

    def _added(self, number: int, given: JsonObject, day: date) -> SourceLine:
        item = Item(kind="line", source=_SOURCE, key=str(given["key"]))
        place: OrderKey = (_LAST, _SOURCE, False, number, 0, uuid5(NAMESPACE_URL, item.name))
        return source_line(
            item=item,
            agency=self.agency,
            plan=item,
            place=place,
            seen=day,
            since=day,
            values={name: value for name, value in given.items() if name != "key" and value is not None},
            said={},
            ending=Ending(),
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """The plan as it would be, and what would be found on the day."""

    plan: Composition
    findings: Sequence[Finding]


def preview(composing: Composing, proposal: Proposal, day: date, open_findings: Sequence[Finding]) -> Preview:
    """Try a proposal. What is open already keeps the day on which it was opened."""
    plan = composing.on(day, proposal.applied)
    opened = {finding.finding_id: finding.opened for finding in open_findings}
    return Preview(plan, findings_now(plan, opened))


def named_lines(lines: Sequence[SourceLine], names: Sequence[str], source: str) -> dict[str, Item]:
    """The lines that are meant, by the names given for them; a name that means none is not there."""
    finder = Finder([(line.item, line.item) for line in lines])
    found = ((name, finder.find(name, source)) for name in names)
    return {name: item for name, item in found if item is not None}
