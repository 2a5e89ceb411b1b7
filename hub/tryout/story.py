"""A case file as what the agencies would send: YAML in, CloudEvents out (examples/cases/NOTATION.md).

Nothing here knows how deliveries are processed, so the same story can go through the pure code and a real hub.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from hub.intake.registry import Authorisation, Registry, Source
from hub.tryout.notation import event_type_of, identifiers, instant, plain, uri_of
from schemas.catalogue import all_event_types
from schemas.event_type import EventType, JsonObject
from schemas.vocabulary import PARTICIPANT_URN, TYPE_PREFIX, About, Action

DEFAULT_REFERENCE = "1"
BEFOREHAND = "registered beforehand "
OWNER = BEFOREHAND + "process owner"
_NOBODY = "none"
_JOINT = ("joint_lines", "past_lines", "joint_goals", "joined", "not_joined", "findings")
_NUMBER = "19860101-2381"  # a published test number
_ENVELOPE = frozenset(
    "agency received happened event key of id subject seq group source again form replaces reason".split()
)

Resolve = Callable[[str, str], str]
"""The participant id behind a source and a reference, when a delivery names the hub's own id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDelivery:
    """One delivery of a story. `subject_source` and `subject_reference` are set when the hub's own id is the subject."""

    key: str
    agency: str
    received_at: datetime
    source: str
    body: JsonObject
    beforehand: bool = False
    hub_subject: tuple[str, str] | None = None

    def sent(self, resolve: Resolve) -> JsonObject:
        """The event as sent."""
        if self.hub_subject is None:
            return self.body
        return {**self.body, "subject": PARTICIPANT_URN + resolve(*self.hub_subject)}


@dataclass(frozen=True)
class Story:
    """A whole case."""

    case: str
    given: Mapping[str, Any]

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        """The story's mappings, each with `source` and `happened`, repetitions written out."""
        written: dict[str, dict[str, Any]] = {}
        for item in self.given["story"]:
            base = written.get(item.get("again", ""), {})
            whole = {**base, **item}
            whole.setdefault("source", whole["agency"])
            whole.setdefault("happened", whole["received"])
            if "again" in item:
                whole["id"] = base.get("id", base["key"])
                whole.setdefault("of", base.get("of", base["key"]))
            written[whole["key"]] = whole
        return list(written.values())

    @cached_property
    def deliveries(self) -> list[StoryDelivery]:
        """What the hub receives: registrations and the process owner beforehand, then the story."""
        owner = [] if self.owner is None else [self._assigned(self.owner)]
        return [*self._beforehand(), *owner, *(self._delivery(item) for item in self.items)]

    @cached_property
    def registry(self) -> Registry:
        """The sources of the story, and who may send what."""
        named: dict[str, dict[str, Any]] = {
            str(name): dict(each) for name, each in self.given.get("sources", {}).items()
        }
        for item in self.items:
            named.setdefault(item["source"], {})
        if self.owner is not None:
            named.setdefault(self.owner, {})
        for expectation in self.given.get("expect", ()):
            for name in expectation.get("sources", {}):
                named.setdefault(name, {})
        grace = timedelta(minutes=self.given.get("settings", {}).get("grace_minutes", 15))
        sources = {
            uri_of(name): Source(
                uri=uri_of(name),
                agency=each.get("agency", name.partition("/")[0]),
                first_sequence=each.get("first_sequence", 1),
                grace=grace,
                silent_after=timedelta(hours=each.get("silent_after_hours", 24)),
            )
            for name, each in named.items()
        }
        granted: dict[str, list[Authorisation]] = {}
        for row in self.given.get("authorisations", ()):
            authorisation = Authorisation(
                agency=row["agency"], pattern=row["event"], valid_from=row.get("from"), valid_to=row.get("to")
            )
            granted.setdefault(row["agency"], []).append(authorisation)
        agencies = {source.agency for source in sources.values()} | {item["agency"] for item in self.items}
        return Registry(
            sources=sources,
            authorisations={
                agency: tuple(granted.get(agency, (Authorisation(agency=agency, pattern="*"),))) for agency in agencies
            },
        )

    def _beforehand(self) -> list[StoryDelivery]:
        """A registration for every source that speaks of the one person without registering anybody."""
        own = {item["source"] for item in self.items if "subject" in item or item["event"] == "participant.registered"}
        first = instant(self.items[0]["received"]) - timedelta(days=1)
        person = self.given.get("person", {})
        found: list[StoryDelivery] = []
        owners = [] if self.owner is None else [self.owner]
        for source in dict.fromkeys([*(item["source"] for item in self.items), *owners]):
            agency = self.registry.sources[uri_of(source)].agency
            if source in own:
                continue
            data: JsonObject = {
                "identifiers": [{"type": "personal_number", "value": _NUMBER}],
                "protection": person.get("protection", "none"),
            }
            key = BEFOREHAND + source
            event_type = event_type_of("participant.registered")
            body = _body(event_type, key, uri_of(source), DEFAULT_REFERENCE, first, data)
            found.append(
                StoryDelivery(key=key, agency=agency, received_at=first, source=source, body=body, beforehand=True)
            )
        return found

    @cached_property
    def owner(self) -> str | None:
        """Who owns the process when the story begins; None: nobody, or a case of the timeline alone."""
        expected = self.given.get("expect", ())
        if expected and not any(name in expectation for expectation in expected for name in _JOINT):
            return None
        owner = str(self.given.get("person", {}).get("process_owner", "af"))
        return None if owner == _NOBODY else owner

    def _assigned(self, owner: str) -> StoryDelivery:
        """The process owner, told before anything happens."""
        first = min(instant(item["happened"]) for item in self.items) - timedelta(days=1)
        body = _body(
            event_type_of("caseworker.assigned"),
            OWNER,
            uri_of(owner),
            DEFAULT_REFERENCE,
            first,
            {"role": "process_owner"},
        )
        received = instant(self.items[0]["received"]) - timedelta(days=1)
        return StoryDelivery(key=OWNER, agency=owner, received_at=received, source=owner, body=body, beforehand=True)

    def _delivery(self, item: dict[str, Any]) -> StoryDelivery:
        event_type = event_type_of(item["event"])
        subject = str(item.get("subject", DEFAULT_REFERENCE))
        hub_subject: tuple[str, str] | None = None
        if subject.startswith("hub:"):
            source, _, reference = subject.removeprefix("hub:").partition("#")
            hub_subject = (source, reference)
        if event_type.about is not About.PARTICIPANT:
            subject = uri_of(item["source"])
        body = _body(
            event_type,
            str(item.get("id", item["key"])),
            uri_of(item["source"]),
            subject,
            instant(item["happened"]),
            self._data(item, event_type),
        )
        if "seq" in item:
            body["sequence"] = str(item["seq"])
        if "group" in item:
            body["correlationid"] = str(item["group"])
        return StoryDelivery(
            key=item["key"],
            agency=item["agency"],
            received_at=instant(item["received"]),
            source=item["source"],
            body=body,
            hub_subject=hub_subject,
        )

    def _data(self, item: dict[str, Any], event_type: EventType) -> JsonObject:
        fields = {name: plain(value) for name, value in item.items() if name not in _ENVELOPE}
        if event_type.action in (Action.CORRECT, Action.RETRACT):
            return self._replacing(item, event_type, fields)
        if event_type.name == "participant.registered":
            fields["identifiers"] = identifiers(item)
        if event_type.name == "source.heartbeat":
            fields["complete_to"] = instant(item["complete_to"]).isoformat()
        if "version" in event_type.model.model_fields and "of" in item:
            fields["version"] = next(each["version"] for each in self.items if each["key"] == item["of"])
        if "key" in event_type.model.model_fields:
            fields["key"] = str(item.get("of", item["key"]))
        return fields

    def _replacing(self, item: dict[str, Any], event_type: EventType, fields: JsonObject) -> JsonObject:
        target = next(each for each in self.items if each["key"] == item["replaces"])
        named: JsonObject = {
            "replaces": {"source": uri_of(target["source"]), "id": str(target.get("id", target["key"]))},
            "reason": item["reason"],
        }
        if event_type.action is Action.RETRACT:
            return named
        root = target
        while "replaces" in root:
            root = next(each for each in self.items if each["key"] == root["replaces"])
        replaced = event_type_of(root["event"])
        if replaced.family != event_type.family:
            replaced = next(
                each for each in all_event_types() if each.family == event_type.family and each.action is Action.OPEN
            )
        if "identifiers" in item:
            fields["identifiers"] = identifiers(item)
        if "key" in replaced.model.model_fields:
            fields["key"] = str(item.get("of", root.get("of", root["key"])))
        return {**named, "event": replaced.name, "replacement": fields}


def _body(
    event_type: EventType, event_id: str, source: str, subject: str, happened: datetime, data: JsonObject
) -> JsonObject:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": source,
        "type": TYPE_PREFIX + event_type.name,
        "schemaversion": event_type.version,
        "time": happened.isoformat(),
        "subject": subject,
        "data": data,
    }
