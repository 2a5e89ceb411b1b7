"""Which events a reader may see with what they say: plans and findings are filtered by what they rest on (DESIGN 10)."""

from collections.abc import Iterable

from projections.timeline.entries import Entry
from schemas.events import RecordedEvent
from schemas.vocabulary import EventUid, SpellKind

Seen = frozenset[EventUid]


def seen_events(visible: Iterable[Entry]) -> Seen:
    """The events of visible entries that are more than known to exist. Of a permit the period is all that there is to see."""
    return frozenset(
        event.uid
        for entry in visible
        for event in entry.events
        if event.data or (entry.episode is not None and entry.kind == SpellKind.PERMIT.value)
    )


def are_seen(events: Iterable[RecordedEvent], seen: Seen) -> bool:
    """Whether every one of them is."""
    return all(event.uid in seen for event in events)
