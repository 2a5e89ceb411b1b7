"""The closed words of the contract: identifiers, data classes, domains, kinds, actions and states."""

from enum import IntEnum, StrEnum
from typing import NewType
from uuid import UUID

ParticipantId = NewType("ParticipantId", UUID)
"""Random, stored once, never derived from a number that identifies a person (DESIGN 5)."""
EventUid = NewType("EventUid", UUID)
"""uuid5 of (source, id): the same event has the same uid in every hub."""
Position = NewType("Position", int)
"""Place in the canonical log: gapless, in commit order, from 1."""
BindingId = NewType("BindingId", UUID)
"""One period during which a sender's reference means one participant; uuid5 of the registration that began it."""

TYPE_PREFIX = "se.samspar."
PARTICIPANT_URN = "urn:samspar:participant:"
ORGANISATION_URN = "urn:samspar:organisation:"
SOURCE_URN = "urn:samspar:source:"


class DataClass(StrEnum):
    """What a key protects: one key per (participant, data class), so a class can be erased by itself."""

    IDENTITY = "identity"
    CONTACT = "contact"
    PLAN = "plan"
    ACTIVITY = "activity"
    EDUCATION = "education"
    HEALTH = "health"
    SOCIAL = "social"
    MIGRATION = "migration"
    BENEFIT = "benefit"


class Domain(StrEnum):
    """The data domains of the visibility matrix (DOMAIN 4.1)."""

    ID = "ID"
    ENR = "ENR"
    PLAN = "PLAN"
    ACT = "ACT"
    EDU = "EDU"
    SOC = "SOC"
    HLT = "HLT"
    MIG = "MIG"
    BEN = "BEN"
    EMP = "EMP"


class SpellKind(StrEnum):
    """Things that last (RULES-TIMELINE 1)."""

    ENROLMENT = "enrolment"
    PLAN = "plan"
    ACTIVITY = "activity"
    EDUCATION = "education"
    PLACEMENT = "placement"
    BENEFIT = "benefit"
    PERMIT = "permit"


class Action(IntEnum):
    """What an event does to its spell; the number is the rank in the canonical order (RULES-TIMELINE 2)."""

    OPEN = 0
    POINT = 1
    CHANGE = 2
    PAUSE = 3
    RESUME = 4
    CLOSE = 5
    CORRECT = 6
    RETRACT = 7

    @property
    def rank(self) -> int:
        """Openers and point events share the first rank."""
        return max(self.value, 1)


class State(StrEnum):
    """States of a spell on a day (RULES-TIMELINE 1); `recorded` is the state of a point event."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    REJECTED = "rejected"
    CLOSED = "closed"
    RETRACTED = "retracted"
    RECORDED = "recorded"


class About(StrEnum):
    """Whom an event is about: decides which form its `subject` has (SURFACE 4)."""

    PARTICIPANT = "participant"
    ORGANISATION = "organisation"
    SOURCE = "source"
