"""What intake decides about a delivery, and what that changes: values, recorded afterwards in one transaction."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import NAMESPACE_URL, UUID

from schemas.event_type import JsonObject
from schemas.events import CanonicalEvent, Envelope
from schemas.lean import lean
from schemas.receipts import Problem, Status
from schemas.uids import derived
from schemas.vocabulary import BindingId, EventUid, ParticipantId, Position

Index = tuple[str, bytes]
"""An identifier as the hub looks it up: its type and its blind index."""


CLAIM_NO_NUMBER = ("conflicting_duplicate", "sequence_reused")
"""Refusals after which the number in the delivery does not count as received (RULES-TIMELINE 9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedIdentifier:
    """An identifier of a registration: looked up by `index`, kept as ciphertext of `value`."""

    index: Index
    value: str = field(repr=False)
    date_incomplete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The event that a correction or retraction replaces. `event_name` is what a correction says it was.

    `foreign`: the named source belongs to another agency, whether or not the event exists.
    """

    uid: EventUid
    source: str
    event_name: str | None
    foreign: bool


@lean(frozen=True, slots=True, kw_only=True)
class Examined:
    """A delivery after everything that needs no stored fact (RULES-TIMELINE 11).

    `early` problems come before the question whether the id is taken, `late` ones after it.
    `envelope` is None when the data could not be read; `stored` is `data` at its latest version as canonical JSON.
    `counts`: the delivery moves the completeness of its own agency's source.
    """

    agency: str
    channel: str
    locator: str
    received_at: datetime
    source: str | None
    id: str | None
    uid: EventUid | None
    sequence: int | None
    counts: bool
    fingerprint: bytes
    early: tuple[Problem, ...] = ()
    late: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    name: str | None = None
    claimed_time: datetime | None = None
    envelope: Envelope | None = None
    stored: bytes = field(default=b"", repr=False)
    body: JsonObject | None = field(default=None, repr=False)
    raw: bytes | None = field(default=None, repr=False)
    reference: str | None = None
    hub_id: ParticipantId | None = None
    target: Target | None = None
    thing: UUID | None = None
    identifiers: tuple[StatedIdentifier, ...] = ()
    protection: str | None = None


@lean(frozen=True, slots=True, kw_only=True)
class Claim:
    """A taken `(source, id)`: what is remembered of an accepted or held event to answer for it later.

    `root` is the first event of its correction chain and `root_name` that event's name; `thing` the spell it belongs to (None: a point event).
    """

    uid: EventUid
    receipt_id: UUID
    source: str
    id: str
    agency: str
    status: Status
    fingerprint: bytes
    name: str
    root: EventUid
    root_name: str
    recorded_at: datetime
    sequence: int | None = None
    thing: UUID | None = None
    participant_id: ParticipantId | None = None
    position: Position | None = None
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """A sender's reference means a participant, from its first registration until its last one is retracted."""

    id: BindingId
    source: str
    reference: str
    participant_id: ParticipantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one event says about who a person is: identifiers and protection, as a member of its correction chain.

    `source` and `reference` are those of the root; `sent_by` is the source of the event itself, which orders it.
    """

    uid: EventUid
    root: EventUid
    binding: BindingId
    source: str
    sent_by: str
    reference: str
    agency: str
    participant_id: ParticipantId
    registers: bool
    time: datetime
    sequence: int | None
    rank: int
    identifiers: tuple[Index, ...] = ()
    protection: str | None = None
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class ParticipantCreated:
    """A person whom no identifier was known of."""

    participant_id: ParticipantId


@dataclass(frozen=True, slots=True)
class Bound:
    """A reference begins to mean a participant."""

    binding: Binding


@dataclass(frozen=True, slots=True)
class Unbound:
    """A reference means nobody any more."""

    binding: Binding


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement about identity is new or has changed; `values` are the identifiers to keep as ciphertext."""

    statement: Statement
    values: tuple[StatedIdentifier, ...] = ()


Effect = ParticipantCreated | Bound | Unbound | Stated


@lean(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Goes to the log. `released`: it was held before."""

    examined: Examined
    event: CanonicalEvent
    claim: Claim
    effects: tuple[Effect, ...] = ()
    released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Came before with the same content: the first receipt again."""

    examined: Examined
    first: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Waits until the person or the target is known. `waits_for` is a wait key (facts.py)."""

    examined: Examined
    claim: Claim
    waits_for: str
    moved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Quarantined with its reasons. `released`: it was held before, and its claim ends."""

    examined: Examined
    receipt_id: UUID
    problems: tuple[Problem, ...]
    released: bool = False


Outcome = Accepted | Duplicate | Held | Rejected


def rejection_id(examined: Examined, problems: tuple[Problem, ...]) -> UUID:
    """The id of a refusal: the same for the same content of an agency.

    Content that was refused for what it says, and now for what was taken since, gets another: the first one stays true.
    """
    taken = problems[0].reason if problems[0].reason in CLAIM_NO_NUMBER else ""
    return derived(NAMESPACE_URL, f"rejection {examined.agency} {examined.fingerprint.hex()}{taken}")
