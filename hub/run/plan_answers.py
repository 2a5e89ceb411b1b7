"""Joint plan and findings as JSON, the same for API and commands (SURFACE 3)."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from hub.run.answers import instant_text, source_json
from hub.run.planning import ShownLine, ShownPlan, Suggested
from projections.joint_plan.agreement import Version
from projections.joint_plan.findings import Finding
from projections.joint_plan.goals import JointGoal
from projections.joint_plan.joint import Value
from projections.joint_plan.lines import SourceLine
from projections.joint_plan.sentences import sentence
from projections.joint_plan.spells import Item, Spell
from projections.joint_plan.suggestion import Suggestion, as_texts
from projections.joint_plan.wording import Words
from schemas.event_type import Json, JsonObject

_FROM_THE_LEAD = ("from", "to", "responsible", "state")
_FROM_THE_LOAD = ("week", "hours", "scope")
OPEN = "open"


def plan_json(shown: ShownPlan) -> JsonObject:
    """The joint plan of a day: lines with where each value comes from, goals, meetings, the plans that it is made of."""
    version = shown.plan.agreement.current
    return {
        "participant_id": str(shown.participant_id),
        "as_of": shown.as_of.isoformat(),
        "known_at": None if shown.known_at is None else instant_text(shown.known_at),
        "composition": composition_of(shown),
        "version": None if version is None else _version_json(version),
        "lines": [line_json(line, shown.as_of) for line in shown.lines],
        "past_lines": [line_json(line, shown.as_of) for line in shown.past],
        "goals": [_goal_json(goal) for goal in shown.goals],
        "meetings": [_meeting_json(meeting) for meeting in shown.meetings],
        "plans": [_plan_json(plan) for plan in shown.plans],
        "findings": [finding_json(finding, shown) for finding in shown.findings],
        "hidden": {"domains": [domain.value for domain in shown.hidden]},
        "sources": [source_json(source) for source in shown.sources],
    }


def findings_json(shown: ShownPlan) -> JsonObject:
    """The findings that are open on a day."""
    return {
        "participant_id": str(shown.participant_id),
        "as_of": shown.as_of.isoformat(),
        "known_at": None if shown.known_at is None else instant_text(shown.known_at),
        "findings": [finding_json(finding, shown) for finding in shown.findings],
        "hidden": {"domains": [domain.value for domain in shown.hidden]},
        "sources": [source_json(source) for source in shown.sources],
    }


def suggestion_json(suggested: Suggested) -> JsonObject:
    """What is suggested, with its reasons; null: nothing better is to be had. It is never applied by itself (GDPR 22)."""
    found, day = suggested.suggestion, suggested.as_of
    return {
        "participant_id": str(suggested.participant_id),
        "as_of": day.isoformat(),
        "suggestion": None if found is None else _suggestion_json(found, day),
    }


def _suggestion_json(found: Suggestion, day: date) -> JsonObject:
    swedish, english = Words("sv", day), Words("en", day)
    return {
        "moves": [
            {
                "line": _item_json(move.item),
                "responsible": move.responsible,
                "before": as_texts(move.before),
                "after": as_texts(move.after),
                "text": f"Flytta {swedish.named([move.label, move.activity])} till {swedish.times(move.after)}.",
                "text_en": f"Move {english.named([move.label, move.activity])} to {english.times(move.after)}.",
            }
            for move in found.moves
        ],
        "clashes": {"before": found.clashes[0], "after": found.clashes[1]},
        "missing_hours": {"before": found.missing_hours[0], "after": found.missing_hours[1]},
        "minutes_moved": found.minutes_moved,
        "is_smallest": found.is_smallest,
    }


def composition_of(shown: ShownPlan) -> str:
    """What the lines are composed of, as one hash: equal when every event that a line rests on is the same."""
    named = sorted({event.uid.hex for line in (*shown.lines, *shown.past) for event in line.line.events})
    return sha256(" ".join(named).encode()).hexdigest()


def finding_json(finding: Finding, shown: ShownPlan) -> JsonObject:
    """One finding in words, with what it rests on, who must act and by when."""
    swedish, english = (sentence(finding, shown.as_of, language) for language in ("sv", "en"))
    return {
        "finding_id": str(finding.finding_id),
        "rule": finding.rule,
        "participant_id": str(finding.participant),
        "participant_references": list(shown.references),
        "severity": finding.severity,
        "title": swedish.title,
        "title_en": english.title,
        "text": swedish.text,
        "text_en": english.text,
        "items": [_item_json(item) for item in finding.items],
        "evidence": [event.id for event in finding.events],
        "resolver": finding.resolver,
        "opened": finding.opened.isoformat(),
        "due": finding.due.isoformat(),
        "true_to": None if finding.to is None else finding.to.isoformat(),
        "status": OPEN,
    }


def line_json(shown: ShownLine, day: date) -> JsonObject:
    """One joint line. What comes from a source that the reader may not see is null."""
    line, lead, load = shown.line, shown.has_lead, shown.has_load
    told: JsonObject = {
        name: value.value
        for name, value in shown.values.items()
        if name not in (*_FROM_THE_LEAD, *_FROM_THE_LOAD, "activity", "obligation", "parallel")
    }
    return {
        "line_id": str(line.line_id),
        "sources": [
            {**_item_json(source.item), "agency": source.agency, "plan": _plan_of(source)} for source in shown.sources
        ],
        "activity": line.activity,
        "responsible": line.responsible if lead else None,
        "takes_part": sorted({source.agency for source in shown.sources} - {line.responsible}),
        "obligation": line.obligation,
        "parallel": line.parallel,
        "state": line.state if lead else None,
        "perspective": _perspective(line.from_, day, past=line.to is not None and line.to < day) if lead else None,
        "from": line.from_.isoformat() if lead else None,
        "to": line.to.isoformat() if lead and line.to is not None else None,
        "week": shown.values["week"].value if "week" in shown.values else None,
        "hours": line.load if load and line.load else None,
        "data": told,
        "values": {name: _value_json(value) for name, value in shown.values.items()},
        "differs": {name: [_value_json(value) for value in listed] for name, listed in shown.differs.items()},
    }


def _perspective(begins: date, day: date, *, past: bool) -> str:
    """Past, present or future (E10)."""
    return "past" if past else "present" if begins <= day else "future"


def _plan_of(source: SourceLine) -> str | None:
    """The key of the plan that a line belongs to; None: an activity by itself."""
    plan = source.plan
    return plan.key if isinstance(plan, Item) and plan != source.item else None


def _value_json(value: Value) -> JsonObject:
    return {
        "value": value.value,
        "source": value.item.source,
        "key": value.item.key,
        "event": None
        if value.event is None
        else {"source": value.event.source, "id": value.event.id, "time": instant_text(value.event.time)},
    }


def _item_json(item: Item) -> JsonObject:
    return {"kind": item.kind, "source": item.source, "key": item.key}


def _version_json(version: Version) -> JsonObject:
    answers: Sequence[Json] = [
        {
            "party": each.said("party"),
            "line": each.said("line"),
            "answer": each.said("answer"),
            "words": each.said("words"),
        }
        for each in version.answers
    ]
    return {
        "number": version.number,
        "state": version.state,
        "proposed": version.proposed.day.isoformat(),
        "proposed_by": version.proposed.agency,
        "adopted": None if version.adopted is None else version.adopted.day.isoformat(),
        "answers": answers,
    }


def _goal_json(goal: JointGoal) -> JsonObject:
    return {
        "sources": [_item_json(item) for item in goal.items],
        "horizon": goal.horizon,
        "label": goal.label,
        "occupation": goal.occupation,
        "agencies": list(goal.agencies),
    }


def _meeting_json(meeting: SourceLine) -> JsonObject:
    return {
        **_item_json(meeting.item),
        "agency": meeting.agency,
        "label": meeting.label,
        "from": meeting.from_.isoformat(),
        "to": None if meeting.to is None else meeting.to.isoformat(),
        "week": meeting.values.get("week"),
    }


def _plan_json(plan: Spell) -> JsonObject:
    return {
        **_item_json(plan.item),
        "agency": plan.agency,
        "plan_type": plan.said("plan_type"),
        "from": plan.from_.isoformat(),
        "lines": len(plan.episode.fields.get("lines") or ()),
    }
