"""Reading one person's joint plan and findings, and trying changes of it: composed of what is kept, shown as may be seen.

The composition is one for everybody; what a reader may not see of its evidence is left out of the answer, so neither a
line nor a finding nor a preview says anything about a hidden appointment (DESIGN 10).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from hub.access.evidence import Seen, are_seen, seen_events
from hub.access.policy import Reader, Refused
from hub.run.hub import Hub
from hub.run.opening import Opened, Question, Served, domains_of, log_read, open_person, seen_by, visible_to
from hub.store.progress import SourceState
from projections.joint_plan.composition import Composing, Composition
from projections.joint_plan.findings import Finding, findings_on
from projections.joint_plan.goals import JointGoal, joint_goals
from projections.joint_plan.joint import JointLine, Value
from projections.joint_plan.lines import SourceLine
from projections.joint_plan.periods import holds
from projections.joint_plan.preview import Proposal, named_lines, preview
from projections.joint_plan.settings import Thresholds
from projections.joint_plan.spells import Spell
from projections.joint_plan.suggestion import Suggestion, suggest
from projections.timeline.entries import Entry
from schemas.event_type import JsonObject
from schemas.vocabulary import Domain, ParticipantId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A joint line as a reader may see it: values whose source is hidden are not there, nor is the source.

    `values` has the fields of the contract; `has_lead`, `has_load` say whether the period and the week may be told.
    """

    line: JointLine
    sources: Sequence[SourceLine]
    values: Mapping[str, Value]
    differs: Mapping[str, Sequence[Value]]
    has_lead: bool
    has_load: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlan:
    """A joint plan on a day. `references` are the names under which sources know the person."""

    participant_id: ParticipantId
    references: Sequence[str]
    as_of: date
    known_at: datetime | None
    shifted: bool
    plan: Composition
    lines: Sequence[ShownLine]
    past: Sequence[ShownLine]
    goals: Sequence[JointGoal]
    meetings: Sequence[SourceLine]
    plans: Sequence[Spell]
    findings: Sequence[Finding]
    hidden: Sequence[Domain]
    sources: Sequence[SourceState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A change that is tried: fields by the names of lines, lines to add, and names of lines to leave out."""

    changed: Sequence[tuple[str, JsonObject]] = ()
    added: Sequence[JsonObject] = ()
    removed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Suggested:
    """The change that is suggested for a plan as of a day; None: nothing better is to be had by moving times."""

    participant_id: ParticipantId
    as_of: date
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class LinesUnknown:
    """Names that mean no line that the reader may see."""

    names: Sequence[str]


def open_plan(hub: Hub, reader: Reader, question: Question) -> ShownPlan | Refused:
    """The joint plan and its findings as this reader may see them, or a refusal; either is in the read log."""
    opened = open_person(hub, reader, question)
    if isinstance(opened, Refused):
        return opened
    view = _view(hub, reader, question, opened)
    shown = _shown(question, opened, view, findings_on(view.composing, view.as_of))
    count = len(shown.findings if question.action == "findings" else shown.lines)
    log_read(hub, reader, question, opened.person, Served(domains=domains_of(view.everything), entries=count))
    return shown


def try_changes(hub: Hub, reader: Reader, question: Question, wanted: Wanted) -> ShownPlan | Refused | LinesUnknown:
    """The joint plan and findings as they would be; what the reader may not see can neither be changed nor be guessed."""
    opened = open_person(hub, reader, question)
    if isinstance(opened, Refused):
        return opened
    view = _view(hub, reader, question, opened)
    before = findings_on(view.composing, view.as_of)
    shown = _shown(question, opened, view, before)
    named = [name for name, _ in wanted.changed] + list(wanted.removed)
    may_see = [source for line in (*shown.lines, *shown.past) for source in line.sources] + list(shown.meetings)
    items = named_lines(may_see, named, _own_source(may_see, reader))
    items |= {str(line.line.line_id): line.sources[0].item for line in shown.lines}
    if unknown := [name for name in named if name not in items]:
        return LinesUnknown(unknown)
    proposal = Proposal(
        agency=reader.agency,
        changed={items[name]: fields for name, fields in wanted.changed},
        added=wanted.added,
        removed={items[name] for name in wanted.removed},
    )
    tried = preview(view.composing, proposal, view.as_of, before)
    answer = replace(
        shown,
        plan=tried.plan,
        lines=_lines(tried.plan.live, view.seen),
        past=_lines(tried.plan.past, view.seen),
        findings=[each for each in tried.findings if are_seen(each.events, view.seen)],
    )
    log_read(hub, reader, question, opened.person, Served(entries=len(answer.lines)))
    return answer


def suggest_changes(hub: Hub, reader: Reader, question: Question) -> Suggested | Refused:
    """The smallest change of times among the lines that the reader may see: a hidden appointment is neither kept clear of nor told."""
    opened = open_person(hub, reader, question)
    if isinstance(opened, Refused):
        return opened
    view = _view(hub, reader, question, opened)
    found = suggest(view.plan, lambda slot: are_seen(slot.events, view.seen))
    log_read(hub, reader, question, opened.person, Served(entries=0 if found is None else len(found.moves)))
    return Suggested(question.participant_id, view.as_of, found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """A person composed for a reader: what is so, and the events of it that the reader may see, on all days."""

    composing: Composing
    plan: Composition
    as_of: date
    shifted: bool
    everything: Sequence[Entry]
    seen: Seen
    hidden: Sequence[Domain]


def _view(hub: Hub, reader: Reader, question: Question, opened: Opened) -> _View:
    visible, as_of, shifted = seen_by(hub, reader, question, opened)
    composing = Composing(question.participant_id, opened.timeline.events(question.known_at), Thresholds.of({}))
    everything = visible_to(opened, reader, date.max, question.known_at).entries
    return _View(
        composing=composing,
        plan=composing.on(as_of),
        as_of=as_of,
        shifted=shifted,
        everything=everything,
        seen=seen_events(everything),
        hidden=visible.hidden,
    )


def _own_source(lines: Sequence[SourceLine], reader: Reader) -> str:
    return next((line.item.source for line in lines if line.agency == reader.agency), "")


def _is_seen(value: Value, seen: Seen) -> bool:
    return value.event is None or value.event.uid in seen


def _shown(question: Question, opened: Opened, view: _View, findings: Iterable[Finding]) -> ShownPlan:
    plan, seen = view.plan, view.seen
    plans = [each for each in plan.plans if are_seen(each.events, seen)]
    return ShownPlan(
        participant_id=question.participant_id,
        references=opened.person.references,
        as_of=view.as_of,
        known_at=question.known_at,
        shifted=view.shifted,
        plan=plan,
        lines=_lines(plan.live, seen),
        past=_lines(plan.past, seen),
        goals=joint_goals(plans),
        meetings=[line for line in plan.meetings if holds(line, view.as_of) and are_seen(line.events, seen)],
        plans=plans,
        findings=[each for each in findings if are_seen(each.events, seen)],
        hidden=view.hidden,
        sources=opened.sources,
    )


def _lines(lines: Iterable[JointLine], seen: Seen) -> list[ShownLine]:
    """Lines of which at least one source may be seen."""
    found = (_line(line, seen) for line in lines)
    return [line for line in found if line is not None]


def _line(line: JointLine, seen: Seen) -> ShownLine | None:
    sources = [each for each in (*line.members, *line.parts) if are_seen(each.events, seen)]
    if not sources:
        return None
    return ShownLine(
        line=line,
        sources=sources,
        values={name: value for name, value in line.values.items() if _is_seen(value, seen)},
        differs={
            name: listed
            for name, given in line.differs.items()
            if len(listed := [value for value in given if _is_seen(value, seen)]) > 1
        },
        has_lead=are_seen(line.lead.events, seen),
        has_load=are_seen(line.load_source.events, seen),
    )
