"""A case file read and run: `hub try` and the tests (examples/cases/NOTATION.md)."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from hub.run.answers import entry_json
from hub.tryout.compare import compare
from hub.tryout.joint import told_finding, told_line
from hub.tryout.notation import TODAY, NotACaseError
from hub.tryout.observed import Question
from hub.tryout.pure import PureHub
from hub.tryout.shape import mistakes
from hub.tryout.story import Story
from schemas.event_type import JsonObject

_TOLD = 5  # mistakes at a time
_UNREADABLE = (OSError, UnicodeDecodeError, RecursionError, ValueError, yaml.YAMLError)  # a day that does not exist too


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """A case that was run: whether it is equal, what differs, and what is shown at its end."""

    case: str
    differences: list[str]
    receipts: list[JsonObject]
    timeline: list[JsonObject]
    joint_lines: list[JsonObject]
    findings: list[JsonObject]

    @property
    def equal(self) -> bool:
        """Whether everything expected was found."""
        return not self.differences


def read_case(path: Path) -> Story:
    """The story of a file. Raises NotACaseError with what was expected and found."""
    given = _loaded(path)
    if isinstance(given, dict) and "same_as" in given:
        other = _loaded(path.parent / f"{given['same_as']}.yaml")
        given = {**(other if isinstance(other, dict) else {}), **given}
    wrong = mistakes(given)
    if wrong:
        raise NotACaseError(f"{path}: " + "; ".join([*wrong[:_TOLD], *(["and more"] if len(wrong) > _TOLD else [])]))
    return Story(given["case"], given)


def _loaded(path: Path) -> Any:  # YAML gives anything
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except _UNREADABLE as error:
        message = f"{path}: expected a readable YAML file, found {type(error).__name__}"
        raise NotACaseError(message) from error


def run_case(story: Story, *, as_of: date | None = None, known_at: datetime | None = None) -> CaseResult:
    """Run a story through the pure code, compare, and show the end, or another day and instant."""
    hub = PureHub(story)
    try:
        hub.play()
        differences = compare(story, hub.observe)
    except (LookupError, StopIteration, RuntimeError, AttributeError, TypeError, ValueError, OverflowError) as error:
        message = f"{story.case}: expected the notation of NOTATION.md, found a mistake at {error}"
        raise NotACaseError(message) from error
    question = Question(
        as_of=as_of or story.given.get("today", TODAY),
        known_at=known_at or story.deliveries[-1].received_at,
    )
    observed = hub.observe(question)
    return CaseResult(
        case=story.case,
        differences=differences,
        receipts=[
            {"key": key, "status": verdict.status, "reason": verdict.reason}
            for key, verdict in observed.verdicts.items()
        ],
        timeline=[entry_json(entry) for entry in observed.entries],
        joint_lines=[] if observed.plan is None else [told_line(line) for line in observed.plan.live],
        findings=[told_finding(finding, question.as_of) for finding in observed.findings],
    )
