"""Compares what a case expects with what a hub shows; only what is listed is compared, and every difference is told."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from hub.tryout.joint import plan_differences
from hub.tryout.notation import TODAY, instant, known_until
from hub.tryout.observed import Observed, Question
from hub.tryout.story import Story
from hub.tryout.telling import unequal
from projections.timeline.entries import Entry
from projections.timeline.fold import groups_of

Observe = Callable[[Question], Observed]


def compare(story: Story, observe: Observe) -> list[str]:
    """Every difference between a story's expectations and what is observed; empty: equal."""
    found: list[str] = []
    for place, expectation in enumerate(story.given.get("expect", ()), 1):
        observed = observe(question_of(story, expectation))
        found += [f"expect {place}: {said}" for said in differences(expectation, observed)]
    return found


def question_of(story: Story, expectation: Mapping[str, Any]) -> Question:
    """The point of view of an expectation; a date as known_at is its whole day."""
    return Question(
        as_of=expectation.get("as_of", story.given.get("today", TODAY)),
        known_at=known_until(expectation.get("known_at", story.items[-1]["received"])),
        who=expectation.get("who"),
        viewer=expectation.get("viewer"),
    )


def differences(expectation: Mapping[str, Any], observed: Observed) -> list[str]:
    """What one expectation does not find."""
    found = _receipts(expectation.get("receipts", {}), observed)
    shown = [observed.key_of(entry) for entry in observed.entries]
    if "shown" in expectation:
        found += unequal("shown", expectation["shown"], shown)
    found += [f"{key} is shown" for key in expectation.get("absent", ()) if key in shown]
    for expected in expectation.get("timeline", ()):
        found += _entry(expected, observed)
    if "hidden" in expectation:
        found += unequal("hidden", expectation["hidden"], [domain.value for domain in observed.hidden])
    groups = {
        name: [observed.key_of(entry) for entry in listed] for name, listed in groups_of(observed.entries).items()
    }
    for name, keys in expectation.get("groups", {}).items():
        found += unequal(f"group {name}", keys, groups.get(name, []))
    if "participants" in expectation:
        expected_people = {frozenset(references) for references in expectation["participants"]}
        found += unequal("participants", _sorted(expected_people), _sorted(set(observed.participants)))
    if "protection" in expectation:
        found += unequal("protection", expectation["protection"], observed.protection)
    if "log" in expectation:
        found += unequal("log", expectation["log"], list(observed.log))
    for name, expected in expectation.get("sources", {}).items():
        found += _source(name, expected, observed)
    return found + plan_differences(expectation, observed)


def _receipts(expected: Mapping[str, Any], observed: Observed) -> list[str]:
    found: list[str] = []
    for status, listed in expected.items():
        reasons = {key: verdict.reason for key, verdict in observed.verdicts.items() if verdict.status == status}
        if isinstance(listed, Mapping):
            found += unequal(status, dict(listed), reasons)
        else:
            found += unequal(status, sorted(listed), sorted(reasons))
    return found


def _entry(expected: Mapping[str, Any], observed: Observed) -> list[str]:
    key, episode = expected["key"], expected.get("episode")
    fitting = [
        entry
        for entry in observed.entries
        if observed.key_of(entry) == key and (episode is None or entry.episode == episode)
    ]
    if not fitting:
        return [f"{key}: expected in the timeline, found no such entry"]
    found: list[str] = []
    for name, value in expected.items():
        if name not in ("key", "episode"):
            found += unequal(
                f"{key}.{name}", _comparable(name, value), _comparable(name, _value(name, fitting[0], observed))
            )
    return found


def _value(name: str, entry: Entry, observed: Observed) -> Any:  # a value of any field
    if name == "kind" and entry.episode is not None and name in entry.fields:
        return entry.fields[name]  # a placement's or benefit's own kind, not that of the spell
    if name in ("struck", "events"):
        events = [struck.event for struck in entry.struck] if name == "struck" else entry.events
        return [observed.keys.get(event.uid, event.id) for event in events]
    return _READERS[name](entry) if name in _READERS else entry.fields.get(name)


_READERS: Mapping[str, Callable[[Entry], Any]] = {  # values of any field
    "kind": lambda entry: entry.kind,
    "state": lambda entry: entry.state.value,
    "from": lambda entry: entry.from_,
    "to": lambda entry: entry.to,
    "planned_to": lambda entry: entry.planned_to,
    "at": lambda entry: entry.at,
    "agency": lambda entry: entry.agency,
    "unit": lambda entry: entry.unit,
    "source": lambda entry: entry.source.rpartition(":")[2],
    "flags": lambda entry: sorted(entry.flags),
    "pauses": lambda entry: [list(pause) for pause in entry.pauses],
}


def _source(name: str, expected: Mapping[str, Any], observed: Observed) -> list[str]:
    answer = observed.sources[name]
    found: list[str] = []
    for field, value in expected.items():
        if field == "complete_to":
            wanted = None if value is None else instant(value)
            found += unequal(f"{name}.complete_to", wanted, answer.complete_to)
        elif field == "missing_sequences":
            found += unequal(f"{name}.missing_sequences", value, list(answer.missing_sequences))
        else:
            found += unequal(f"{name}.{field}", value, getattr(answer, field))
    return found


def _comparable(name: str, value: Any) -> Any:  # a value of any field
    if name == "flags":
        return sorted(value)
    return value.isoformat() if isinstance(value, date) and name not in ("from", "to", "planned_to", "at") else value


def _sorted(people: Iterable[frozenset[str]]) -> list[list[str]]:
    return sorted(sorted(references) for references in people)
