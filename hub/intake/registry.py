"""Who may speak: agencies, their sources and what they are authorised to send, with validity dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from schemas.catalogue import all_event_types
from schemas.days import is_valid


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A system that sends for an agency. Its sequence starts at `first_sequence` (RULES-TIMELINE 9)."""

    uri: str
    agency: str
    first_sequence: int = 1
    grace: timedelta = timedelta(minutes=15)
    silent_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """An agency may send the event types that `pattern` names (`enrolment.*`, `plan.created`, `*`) on these days."""

    agency: str
    pattern: str
    valid_from: date | None = None
    valid_to: date | None = None

    def names(self, name: str) -> bool:
        """Whether the pattern names the event, whatever the day."""
        return self.pattern in (name, "*") or (self.pattern.endswith(".*") and name.startswith(self.pattern[:-1]))


def naming_nothing(patterns: Iterable[str]) -> list[str]:
    """The patterns that name no event type of the contract: a slip, which nobody would notice until a delivery is refused."""
    names = {event_type.name for event_type in all_event_types()}
    granted = [Authorisation(agency="", pattern=pattern) for pattern in patterns]
    return [each.pattern for each in granted if not any(each.names(name) for name in names)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyKey:
    """A public key that an agency signs its own tokens with on these days. `jwk` is a JSON Web Key as JSON."""

    kid: str
    agency: str
    jwk: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Everything registered, loaded whole: some hundred rows."""

    sources: Mapping[str, Source]
    authorisations: Mapping[str, tuple[Authorisation, ...]]
    keys: Mapping[str, AgencyKey] = field(default_factory=dict)
    _naming: dict[tuple[str, str], tuple[Authorisation, ...]] = field(default_factory=dict)

    def may_send(self, agency: str, name: str, day: date) -> bool:
        """Whether the agency is authorised for the event type on that Stockholm day."""
        return any(is_valid(granted, day) for granted in self._that_name(agency, name))

    def authorised_days(self, agency: str, name: str) -> str:
        """The days for which the agency is authorised, for the answer to a sender."""
        granted = self._that_name(agency, name)
        return ", ".join(f"{row.valid_from or '…'} to {row.valid_to or '…'}" for row in granted) or "no day"

    def _that_name(self, agency: str, name: str) -> tuple[Authorisation, ...]:
        """The agency's authorisations whose pattern names an event type of the contract; found once for each."""
        naming = self._naming.get((agency, name))
        if naming is None:
            naming = tuple(granted for granted in self.authorisations.get(agency, ()) if granted.names(name))
            self._naming[agency, name] = naming
        return naming
