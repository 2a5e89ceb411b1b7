"""What a hub shows of a story, whichever way it was processed: what expectations are compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from projections.joint_plan.composition import Composition
from projections.joint_plan.findings import Finding
from projections.sources.progress import SourceAnswer
from projections.timeline.entries import Entry
from schemas.vocabulary import Domain


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a delivery was answered, or what became of it when it was released."""

    status: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One expectation's point of view. `who` is `source#reference`, None: the first who was bound."""

    as_of: date
    known_at: datetime
    who: str | None = None
    viewer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """Everything that an expectation may speak of. Entries are newest first; `keys` names events by their delivery."""

    verdicts: Mapping[str, Verdict]
    entries: Sequence[Entry]
    hidden: Sequence[Domain]
    keys: Mapping[object, str]
    participants: Sequence[frozenset[str]]
    protection: str | None
    log: Sequence[str]
    sources: Mapping[str, SourceAnswer]
    plan: Composition | None = None
    findings: Sequence[Finding] = ()

    def key_of(self, entry: Entry) -> str:
        """The story's key of an entry: the sender's of a spell, that of the delivery of a point event."""
        return entry.key if entry.episode is not None else self.keys.get(entry.thing, entry.key)
