"""`hub plan` and `hub findings`: what the agencies want of one person as one plan, what clashes, and who must act."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape

from hub.access.policy import Refused
from hub.bootstrap import open_hub
from hub.cli.output import AsJson, console, print_json, print_table
from hub.cli.reading_options import (
    Agency,
    AsOf,
    KnownAt,
    Purpose,
    print_hidden,
    read_instant,
    reader_of,
    show_nobody,
)
from hub.run.opening import Question
from hub.run.plan_answers import findings_json, plan_json, suggestion_json
from hub.run.planning import ShownLine, ShownPlan, Suggested, open_plan, suggest_changes
from hub.settings import load
from projections.joint_plan.sentences import sentence
from projections.joint_plan.wording import Words
from schemas.vocabulary import ParticipantId

_SEVERITIES = ("high", "medium", "low")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("plan")(plan)
    app.command("findings")(findings)


def plan(
    participant: UUID,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    agency: Agency = "af",
    purpose: Purpose = "planning",
    *,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Only the smallest change of times that is better.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The joint plan of one participant: who wants what when, and what clashes."""
    if suggest:
        question = _question(participant, as_of, known_at, purpose, "joint_plan_suggestion")
        with open_hub(load()) as hub:
            suggested = suggest_changes(hub, reader_of(agency), question)
        if isinstance(suggested, Refused):
            show_nobody()
        if as_json:
            print_json(suggestion_json(suggested))
        else:
            _print_suggestion(suggested)
        return
    shown = _opened(participant, as_of, known_at, agency, purpose, "joint_plan")
    if as_json:
        print_json(plan_json(shown))
        return
    print_hidden(shown.hidden, agency)
    words = Words("en", shown.as_of)
    agencies = ", ".join(
        f"{words.code('agency', each.agency)} ({words.code('plan_type', each.said('plan_type'))})"
        for each in shown.plans
    )
    console.print(f"[bold]{len(shown.plans)} plans:[/] {escape(agencies or 'none')}")
    for goal in shown.goals:
        called = goal.label or words.code("ssyk2012", goal.occupation)
        console.print(f"[bold]Goal, {goal.horizon}:[/] {escape(called)} [dim]({escape(', '.join(goal.agencies))})[/]")
    print_table(
        f"Joint plan as of {shown.as_of}: {sum(map(_count, shown.lines))} lines of plans and activities are {len(shown.lines)}",
        ("what", "responsible", "with", "must", "from", "to", "times", "hours", "state"),
        [_row(line, words) for line in shown.lines],
        "Nothing is planned.",
    )
    _print_findings(shown)


def findings(
    participant: UUID,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    agency: Agency = "af",
    purpose: Purpose = "planning",
    *,
    as_json: AsJson = False,
) -> None:
    """What clashes or is missing for one participant, who must resolve it and by when."""
    shown = _opened(participant, as_of, known_at, agency, purpose, "findings")
    if as_json:
        print_json(findings_json(shown)["findings"])
        return
    print_hidden(shown.hidden, agency)
    _print_findings(shown)


def _opened(
    participant: UUID, as_of: datetime | None, known_at: str | None, agency: str, purpose: str, action: str
) -> ShownPlan:
    question = _question(participant, as_of, known_at, purpose, action)
    with open_hub(load()) as hub:
        shown = open_plan(hub, reader_of(agency), question)
    if isinstance(shown, Refused):
        show_nobody()
    return shown


def _question(participant: UUID, as_of: datetime | None, known_at: str | None, purpose: str, action: str) -> Question:
    return Question(
        participant_id=ParticipantId(participant),
        purpose=purpose,
        as_of=as_of.date() if as_of else None,
        known_at=read_instant(known_at),
        action=action,
    )


def _print_suggestion(suggested: Suggested) -> None:
    document = suggestion_json(suggested)["suggestion"]
    if document is None:
        console.print("Nothing better is to be had by moving times.")
        return
    clashes, missing = document["clashes"], document["missing_hours"]
    console.print(
        f"[bold]Suggested:[/] clashes {clashes['before']} to {clashes['after']}, hours missing {missing['before']:g} to {missing['after']:g}"
    )
    for move in document["moves"]:
        console.print(
            f"  {escape(move['text_en'])} [dim]({escape(', '.join(move['before']))} before; {move['responsible']} decides)[/]"
        )


def _print_findings(shown: ShownPlan) -> None:
    if not shown.findings:
        console.print("[green]Nothing clashes and nothing is missing.[/]")
        return
    print_table(
        f"{len(shown.findings)} findings as of {shown.as_of}",
        ("rule", "severity", "what", "who must act", "due"),
        [
            (
                finding.rule,
                finding.severity,
                sentence(finding, shown.as_of, "en").text,
                Words("en", shown.as_of).code("agency", finding.resolver),
                f"{finding.due}, late" if finding.due < shown.as_of else finding.due,
            )
            for finding in sorted(shown.findings, key=lambda each: (_SEVERITIES.index(each.severity), each.due))
        ],
        "",
    )


def _count(line: ShownLine) -> int:
    return len(line.sources)


def _row(shown: ShownLine, words: Words) -> tuple[object, ...]:
    line = shown.line
    others = sorted({source.agency for source in shown.sources} - {line.responsible})
    week = shown.values["week"].value if "week" in shown.values else ()
    return (
        words.named([shown.values["label"].value if "label" in shown.values else None, line.activity]),
        line.responsible if shown.has_lead else "",
        " ".join(others),
        line.obligation,
        line.from_ if shown.has_lead else "",
        (line.to or "") if shown.has_lead else "",
        ", ".join(week or ()),
        f"{line.load:g}" if shown.has_load and line.load else "",
        line.state if shown.has_lead else "",
    )
