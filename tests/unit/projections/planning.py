"""Plans of two agencies in short, as recorded events, and what is found in them."""

from collections.abc import Sequence
from datetime import date

from projections.joint_plan.composition import Composing
from projections.joint_plan.findings import Finding, all_findings
from schemas.event_type import JsonObject
from schemas.events import RecordedEvent
from tests.unit.projections.builders import AF, JOBBTORG, PARTICIPANT, said

OWNED = said("caseworker.assigned", "2026-01-01", {"role": "process_owner"}, source=AF)
SOURCES = (AF, JOBBTORG)


def line(key: str, activity: str, **fields: object) -> JsonObject:
    """A line of a plan."""
    return {"key": key, "activity": activity, **{name.rstrip("_"): value for name, value in fields.items()}}


def plan(source: str, when: str, lines: Sequence[JsonObject], *, key: str = "plan") -> RecordedEvent:
    """A plan of an agency, made on a day."""
    return said("plan.created", when, {"plan_type": "handlingsplan", "lines": list(lines)}, key=key, source=source)


def composing(*events: RecordedEvent) -> Composing:
    """The participant of these events, whose process af owns."""
    return Composing(PARTICIPANT, [OWNED, *events])


def found(events: Sequence[RecordedEvent], rule: str) -> list[Finding]:
    """What one rule says, on all days."""
    return [finding for finding in all_findings(composing(*events)) if finding.rule == rule]


def true_on(findings: Sequence[Finding], day: date) -> set[tuple[str, ...]]:
    """The keys of the items of the findings that are open on a day."""
    return {tuple(sorted(item.key for item in each.items)) for each in findings if each.is_true(day)}
