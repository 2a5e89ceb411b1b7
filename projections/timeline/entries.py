"""What a timeline shows: one entry per episode of a spell or per point event, with everything it rests on."""

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from uuid import UUID

from projections.timeline.chains import Chain, Struck, said_by
from projections.timeline.spells import Pause
from schemas.event_type import EventType, Json
from schemas.events import RecordedEvent
from schemas.lean import lean
from schemas.order import OrderKey
from schemas.vocabulary import Domain, ParticipantId, SpellKind, State

_STATED_DOMAINS = {
    "enrolment": ("programme", {"forsorjningsstod": Domain.SOC}),
    "mapping": ("level", {"health": Domain.HLT, "social": Domain.SOC}),
}


@lean(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a timeline, on one day, as known at one instant.

    `key` is the sender's key of the spell, or the id of a point event. `from_`, `to`, `planned_to` are inclusive
    Stockholm days, `at` is the day of a point event and `time` the instant of the first event that counts.
    `events` count, `struck` are shown struck out. `domains` judge visibility: all that was ever said.
    """

    participant_id: ParticipantId
    thing: UUID
    key: str
    kind: str
    agency: str
    source: str
    state: State
    time: datetime
    recorded_at: datetime
    domains: frozenset[Domain]
    place: OrderKey
    episode: int | None = None
    from_: date | None = None
    to: date | None = None
    planned_to: date | None = None
    at: date | None = None
    pauses: tuple[Pause, ...] = ()
    flags: frozenset[str] = frozenset()
    unit: str | None = None
    legal_basis: str | None = None
    purpose: str | None = None
    group: str | None = None
    fields: dict[str, Json] = field(default_factory=dict)
    events: tuple[RecordedEvent, ...] = ()
    struck: tuple[Struck, ...] = ()

    @property
    def spell(self) -> SpellKind | None:
        """The kind of spell, None for a point event."""
        return SpellKind(self.kind) if self.episode is not None else None


def stated_domains(event_type: EventType, event: RecordedEvent) -> set[Domain]:
    """The domains that one version of a fact names by its content; none: the type's own holds."""
    stating = _STATED_DOMAINS.get(event_type.family)
    if stating is None:
        return set()
    name, special = stating
    value = said_by(event).get(name)
    return set() if value is None else {special.get(value, event_type.domain)}


def domains_of(facts: Iterable[Chain]) -> frozenset[Domain]:
    """Every domain that a fact ever belonged to, struck versions too."""
    listed = list(facts)
    stated = {
        domain
        for fact in listed
        if fact.type.family in _STATED_DOMAINS
        for version in (fact.root, fact.current, *(struck.event for struck in fact.struck))
        if version is not None
        for domain in stated_domains(fact.type, version)
    }
    return frozenset(stated or {fact.type.domain for fact in listed})


def kind_of(fact: Chain) -> str:
    """The kind of spell, or the name of a point event."""
    return fact.type.spell.value if fact.type.spell else fact.root.name


def key_of(fact: Chain) -> str:
    """The sender's key of a spell, or the id of a point event."""
    return str(fact.content["key"]) if fact.type.spell and "key" in fact.content else fact.root.id


def first_text(facts: Sequence[Chain], name: str) -> str | None:
    """The latest text that standing facts give for a field of data."""
    for fact in reversed(facts):
        if (value := fact.content.get(name)) is not None:
            return str(value)
    return None


def is_late(fact: Chain, late_after_days: int) -> bool:
    """Recorded more than 30 days after it happened (P15)."""
    return fact.root.recorded_at - fact.root.time > timedelta(days=late_after_days)


def counted(facts: Iterable[Chain]) -> tuple[RecordedEvent, ...]:
    """The versions that count."""
    return tuple([fact.current for fact in facts if fact.current is not None])


def struck_of(facts: Iterable[Chain]) -> tuple[Struck, ...]:
    """The versions that are struck out."""
    return tuple([struck for fact in facts for struck in fact.struck])
