"""Which version of every fact counts: corrections and retractions resolved into chains (RULES-TIMELINE 3)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from schemas.catalogue import latest
from schemas.errors import KeyUnknown
from schemas.event_type import EventType, JsonObject
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.order import OrderKey, order_keys
from schemas.uids import event_uid
from schemas.vocabulary import Action, BindingId

REGISTERED = "participant.registered"


@lean(frozen=True, slots=True)
class Placed:
    """An event with its type: what the canonical order asks for."""

    event: RecordedEvent
    type: EventType

    @property
    def uid(self) -> UUID:
        """The event's uid."""
        return self.event.uid

    @property
    def source(self) -> str:
        """The event's source."""
        return self.event.source

    @property
    def sequence(self) -> int | None:
        """The event's sequence."""
        return self.event.sequence

    @property
    def time(self) -> datetime:
        """The event's time."""
        return self.event.time

    @property
    def rank(self) -> int:
        """The rank of its action."""
        return self.type.action.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """A version that does not count (any more), and why."""

    event: RecordedEvent
    reason: str


@lean(frozen=True, slots=True, kw_only=True)
class Chain:
    """A fact with all its versions. `current` is the version that counts; None: all are struck out.

    The fact keeps its root's name, time, place in the order and group; `content` is what the current version says,
    or the root when none counts.
    """

    root: RecordedEvent
    type: EventType
    place: OrderKey
    current: RecordedEvent | None
    content: JsonObject
    struck: tuple[Struck, ...]
    unbound: bool


def said_by(event: RecordedEvent) -> JsonObject:
    """What an event says, or what a correction says in its place."""
    replacement: JsonObject | None = event.data.get("replacement") if event.name.endswith(".corrected") else None
    return event.data if replacement is None else replacement


def place(events: Iterable[RecordedEvent]) -> list[Placed]:
    """The events with their types."""
    return [Placed(event, _type_of(event)) for event in events]


def resolve(placed: Sequence[Placed]) -> list[Chain]:
    """All facts of one participant, in the canonical order."""
    places = order_keys(placed)
    ordered = sorted(placed, key=lambda item: places[item.uid])
    roots = [item for item in ordered if item.type.action not in (Action.CORRECT, Action.RETRACT)]
    members: dict[UUID, list[RecordedEvent]] = {item.uid: [item.event] for item in roots}
    retracted: dict[UUID, str] = {}
    for item in ordered:
        if item.type.action is Action.RETRACT:
            retracted[_target(item.event)] = str(item.event.data.get("reason", ""))
        elif item.type.action is Action.CORRECT and item.event.root in members:
            members[item.event.root].append(item.event)
    gone = _ended_bindings(roots, retracted)
    return [_chain(item, members[item.uid], places, retracted, unbound=item.event.binding in gone) for item in roots]


def _chain(
    root: Placed,
    members: list[RecordedEvent],
    places: Mapping[UUID, OrderKey],
    retracted: Mapping[UUID, str],
    *,
    unbound: bool,
) -> Chain:
    if len(members) == 1 and not unbound and root.uid not in retracted:
        return Chain(
            root=root.event,
            type=root.type,
            place=places[root.uid],
            current=root.event,
            content=root.event.data,
            struck=(),
            unbound=False,
        )
    corrections = sorted(members[1:], key=lambda event: places[event.uid])
    versions = [root.event, *corrections]
    standing = [event for event in versions if event.uid not in retracted]
    dead = unbound or root.uid in retracted
    current = None if dead else max(standing, key=lambda event: (event is not root.event, places[event.uid]))
    struck = tuple(
        Struck(event=event, reason=_reason(event, root, corrections, current, retracted))
        for event in versions
        if event is not current
    )
    return Chain(
        root=root.event,
        type=root.type,
        place=places[root.uid],
        current=current,
        content=said_by(current or root.event),
        struck=struck,
        unbound=unbound,
    )


def _reason(
    event: RecordedEvent,
    root: Placed,
    corrections: Sequence[RecordedEvent],
    current: RecordedEvent | None,
    retracted: Mapping[UUID, str],
) -> str:
    """Why a version is struck: its own retraction, its root's, or the correction that took its place."""
    if event.uid in retracted:
        return retracted[event.uid]
    if root.uid in retracted:
        return retracted[root.uid]
    later = current or next((correction for correction in reversed(corrections) if correction is not event), None)
    return "" if later is None else str(later.data.get("reason", ""))


def _ended_bindings(roots: Sequence[Placed], retracted: Mapping[UUID, str]) -> set[BindingId | None]:
    """References that mean nobody any more: their last registration is retracted, and all that was said under them."""
    registered: dict[BindingId | None, bool] = {}
    for item in roots:
        if item.event.name == REGISTERED:
            binding = item.event.binding
            registered[binding] = registered.get(binding, False) or item.uid not in retracted
    return {binding for binding, lives in registered.items() if not lives}


def _target(event: RecordedEvent) -> UUID:
    replaces = event.data.get("replaces") or {}
    return event_uid(str(replaces.get("source")), str(replaces.get("id")))


def _type_of(event: RecordedEvent) -> EventType:
    found = latest(event.name)
    if found is None:
        message = f"expected a type of the contract at position {event.position}, found {event.name}"
        raise KeyUnknown(message)
    return found
