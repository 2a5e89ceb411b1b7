"""Ids that are derived, not drawn: the same event has the same uid in every hub."""

from uuid import NAMESPACE_URL, uuid5

from schemas.vocabulary import EventUid


def event_uid(source: str, event_id: str) -> EventUid:
    """The uid of the event that a source named `event_id` (DESIGN 3)."""
    return EventUid(uuid5(NAMESPACE_URL, f"{source}\x1f{event_id}"))
