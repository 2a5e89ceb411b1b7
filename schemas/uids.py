"""Ids that are derived, not drawn: the same event has the same uid in every hub."""

from hashlib import sha1
from uuid import NAMESPACE_URL, UUID

from schemas.vocabulary import EventUid

_FREE_BITS = ~(0xF000 << 64 | 0xC000 << 48)
_VERSION_5 = 0x5000 << 64 | 0x8000 << 48


def derived(namespace: UUID, name: str) -> UUID:
    """The same as `uuid.uuid5` in half the time: every event derives two or three."""
    digest = sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    return UUID(int=int.from_bytes(digest[:16]) & _FREE_BITS | _VERSION_5)


def event_uid(source: str, event_id: str) -> EventUid:
    """The uid of the event that a source named `event_id` (DESIGN 3)."""
    return EventUid(derived(NAMESPACE_URL, f"{source}\x1f{event_id}"))
