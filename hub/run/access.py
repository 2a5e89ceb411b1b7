"""The two times at which a read is decided: before anything of the person is opened, and by what was opened.

What the first refuses costs nothing of the person's size, neither the hub nor, as a difference in time, a secret.
"""

from dataclasses import dataclass
from datetime import date

import structlog

from hub.access.policy import Allowed, Reader, Refused, decide, refused_unopened, relation_of
from hub.intake.registry import Registry
from hub.run.person import Person
from projections.timeline.fold import Folding

log = structlog.get_logger(__name__)

_FAILED = Refused("policy_failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who asks why, on which day and by which register. A fault in a decision denies, whatever day is asked about."""

    reader: Reader
    purpose: str | None
    today: date
    registry: Registry

    def refused_unopened(self, person: Person) -> Refused | None:
        """The refusal that needs nothing of what the person's events say."""
        try:
            return refused_unopened(
                self.purpose, self.today, known=bool(person.bound_sources), bound=self._bound(person)
            )
        except Exception:  # deny by default: a policy that fails opens nothing, and says so in the log
            log.exception("policy_failed", agency=self.reader.agency)
            return _FAILED

    def decided(self, person: Person, timeline: Folding) -> Allowed | Refused:
        """The policy's whole decision."""
        try:
            relation = relation_of(
                self.reader,
                timeline.on(self.today),
                self.today,
                known=bool(person.bound_sources),
                bound=self._bound(person),
                protection=person.protection,
            )
            return decide(self.reader, self.purpose, relation, self.today)
        except Exception:  # the same
            log.exception("policy_failed", agency=self.reader.agency)
            return _FAILED

    def _bound(self, person: Person) -> bool:
        """Whether a source of the reader's agency knows the person."""
        sources = self.registry.sources
        return any(uri in sources and sources[uri].agency == self.reader.agency for uri in person.bound_sources)
