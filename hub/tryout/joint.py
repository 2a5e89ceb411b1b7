"""Compares what a case expects of the joint plan and the findings with what a hub shows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hub.tryout.observed import Observed
from hub.tryout.telling import unequal
from projections.joint_plan.composition import Composition
from projections.joint_plan.findings import Finding
from projections.joint_plan.goals import joint_goals
from projections.joint_plan.joint import JointLine
from projections.joint_plan.sentences import sentence
from schemas.event_type import JsonObject

Expected = Mapping[str, Any]  # as YAML has it
_BUCKETS = {"joint_lines": "live", "past_lines": "past"}


def plan_differences(expectation: Expected, observed: Observed) -> list[str]:
    """What one expectation does not find of plan and findings."""
    found: list[str] = []
    if observed.plan is not None:
        for name, bucket in _BUCKETS.items():
            if name in expectation:
                found += _lines(name, expectation[name], getattr(observed.plan, bucket))
        found += _pairs(expectation, observed.plan)
        if "joint_goals" in expectation:
            goals = [sorted(item.key for item in goal.items) for goal in joint_goals(observed.plan.plans)]
            found += unequal(
                "joint_goals", sorted(sorted(each["sources"]) for each in expectation["joint_goals"]), sorted(goals)
            )
    if "findings" in expectation:
        found += _findings(expectation["findings"], observed.findings)
    return found


def line_keys(line: JointLine) -> list[str]:
    """The keys of the source lines that a joint line is made of."""
    return sorted(item.key for item in line.items)


def told_line(line: JointLine) -> JsonObject:
    """A joint line in the words of the notation."""
    return {
        "sources": line_keys(line),
        "activity": line.activity,
        "responsible": line.responsible,
        "obligation": line.obligation,
        "from": line.from_.isoformat(),
        "to": None if line.to is None else line.to.isoformat(),
        "week": line.values["week"].value if "week" in line.values else None,
        "hours": line.load,
        "state": line.state,
    }


def told_finding(finding: Finding, day: date) -> JsonObject:
    """A finding in the words of the notation, with its sentence."""
    return {
        "rule": finding.rule,
        "items": sorted(item.key for item in finding.items),
        "severity": finding.severity,
        "resolver": finding.resolver,
        "opened": finding.opened.isoformat(),
        "due": finding.due.isoformat(),
        "text": sentence(finding, day).text,
        "text_en": sentence(finding, day, "en").text,
    }


def _lines(name: str, expected: Sequence[Expected], lines: Sequence[JointLine]) -> Iterator[str]:
    wanted = {tuple(sorted(each["sources"])): each for each in expected}
    shown = {tuple(line_keys(line)): line for line in lines}
    yield from unequal(name, sorted(map(list, wanted)), sorted(map(list, shown)))
    for keys, each in wanted.items():
        if keys in shown:
            for field, value in each.items():
                if field != "sources":
                    yield from unequal(f"{name} {keys[0]}.{field}", value, _value(shown[keys], field))


def _value(line: JointLine, field: str) -> Any:  # a value of any field
    match field:
        case "responsible" | "obligation" | "state" | "activity":
            return getattr(line, field)
        case "from":
            return line.from_
        case "to":
            return line.to
        case "hours":
            return line.load
    return line.values[field].value if field in line.values else None


def _pairs(expectation: Expected, plan: Composition) -> Iterator[str]:
    groups = [set(line_keys(line)) for line in (*plan.live, *plan.past)]
    for name, together in (("joined", True), ("not_joined", False)):
        for pair in expectation.get(name, ()):
            if any(set(pair) <= group for group in groups) is not together:
                yield f"{name}: {' and '.join(pair)} are {'not ' if together else ''}one line"


def _findings(expected: Sequence[Expected], findings: Sequence[Finding]) -> Iterator[str]:
    wanted = {(each["rule"], *sorted(each["items"])): each for each in expected}
    shown = {(each.rule, *sorted(item.key for item in each.items)): each for each in findings}
    yield from unequal("findings", sorted(map(list, wanted)), sorted(map(list, shown)))
    for name, each in wanted.items():
        if name in shown:
            for field, value in each.items():
                if field not in ("rule", "items"):
                    yield from unequal(f"{' '.join(name)} {field}", value, _said(shown[name], field))


def _said(finding: Finding, field: str) -> Any:  # a value of any field
    return getattr(finding, field) if field in ("resolver", "opened", "due", "severity") else finding.values.get(field)
