"""The canonical order of a participant's events: by effective time, never by position (RULES-TIMELINE 2)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID


class Orderable(Protocol):
    """What an event must say about itself to be put in order. `rank` is Action.rank."""

    @property
    def uid(self) -> UUID: ...
    @property
    def source(self) -> str: ...
    @property
    def sequence(self) -> int | None: ...
    @property
    def time(self) -> datetime: ...
    @property
    def rank(self) -> int: ...


Item = TypeVar("Item", bound=Orderable)
OrderKey = tuple[datetime, str, bool, int, int, UUID]


def order_keys(events: Iterable[Orderable]) -> dict[UUID, OrderKey]:
    """The place of every event among these, by uid.

    effective(e) is the latest `time` among the source's events with a sequence up to e's;
    so a lower sequence never sorts after a higher one, whatever the sender's clock said.
    """
    effective: dict[UUID, datetime] = {}
    latest: dict[str, datetime] = {}
    listed = list(events)
    numbered = [event for event in listed if event.sequence is not None]
    for event in sorted(numbered, key=lambda item: item.sequence or 0):
        effective[event.uid] = latest[event.source] = max(latest.get(event.source, event.time), event.time)
    return {
        event.uid: (
            effective.get(event.uid, event.time),
            event.source,
            event.sequence is None,
            event.sequence or 0,
            event.rank,
            event.uid,
        )
        for event in listed
    }


def in_order(events: Sequence[Item]) -> list[Item]:
    """The events in the canonical order among themselves."""
    if len(events) == 1:
        return list(events)
    keys = order_keys(events)
    return sorted(events, key=lambda event: keys[event.uid])
