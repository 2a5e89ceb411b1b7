"""Everything that is observed of a story, as a value that two hubs can be compared by."""

from dataclasses import replace
from typing import Any

from hub.run.answers import entry_json
from hub.tryout.observed import Observed, Question
from hub.tryout.story import Story

_OF_ONE_HUB = ("entry_id", "thing")  # hashed with the hub's own key


def shown(observed: Observed, story: Story, question: Question) -> dict[str, Any]:  # JSON of many shapes
    """Everything that is observed, in the words of the case, without what one hub alone knows."""
    spoken = {
        each.source
        for each in story.deliveries
        if not each.beforehand and each.received_at <= question.known_at  # a registration beforehand is no part of it
    }
    return {
        "verdicts": dict(observed.verdicts),
        "timeline": [
            {
                "called": observed.key_of(entry),
                **{name: value for name, value in entry_json(entry).items() if name not in _OF_ONE_HUB},
            }
            for entry in observed.entries
        ],
        "hidden": list(observed.hidden),
        "keys": dict(observed.keys),
        "participants": sorted(sorted(references) for references in observed.participants),
        "protection": observed.protection,
        "log": list(observed.log),
        "sources": {
            # A redelivery leaves no receipt of its own, so the last minute of the past is not known to the minute.
            name: replace(answer, last_received_at=None)
            for name, answer in observed.sources.items()
            if name in spoken
        },
        "plan": _plan(observed),
        "findings": [
            (each.rule, sorted(item.key for item in each.items), each.resolver, each.opened, each.due)
            for each in observed.findings
        ],
    }


def _plan(observed: Observed) -> list[Any]:  # of many shapes
    """The joint lines, by the keys of their sources."""
    if observed.plan is None:
        return []
    return [
        (
            sorted(item.key for item in line.items),
            line.responsible,
            line.state,
            line.from_,
            line.to,
            line.week,
            line.load,
        )
        for line in (*observed.plan.live, *observed.plan.past)
    ]


def at_its_time(observed: Observed, story: Story, question: Question) -> dict[str, Any]:  # JSON of many shapes
    """The same without protection, which is judged by what the hub knows last."""
    return {**shown(observed, story, question), "protection": "as of now"}
