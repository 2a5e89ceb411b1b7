"""A delivery examined as far as it can be without any stored fact: the expensive part, done outside the lock.

Problems are kept in two heaps, because the question whether the id is taken stands between them:
a redelivery is answered as such also when the contract has changed since (RULES-TIMELINE 7 and 11).
"""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import orjson

from hub.intake.attributes import Attributes, read_attributes, readable_sequence, readable_text
from hub.intake.data_rules import IdentifiersRead, code_problems, form_problems, read_identifiers, spanning_problems
from hub.intake.hashing import Hasher
from hub.intake.outcomes import Examined, StatedIdentifier, Target
from hub.intake.reading import Delivery, ListPlace, Unreadable, json_type
from hub.intake.registry import Registry
from hub.intake.subject import read_subject
from hub.intake.telling import tellable
from schemas.catalogue import latest, lookup, upcast, versions
from schemas.days import day_of
from schemas.event_type import EventType, Json, JsonObject
from schemas.events import Envelope
from schemas.reasons import problem
from schemas.receipts import Problem
from schemas.uids import event_uid
from schemas.vocabulary import TYPE_PREFIX, Action

_SORTED = orjson.OPT_SORT_KEYS


def examine(delivery: Delivery, registry: Registry, hasher: Hasher) -> Examined:
    """Everything about a delivery that depends on nothing stored but the registry."""
    content = delivery.content
    if isinstance(content, Unreadable):
        refused = _refused(delivery, content.body, content.raw, content.problems, registry, hasher)
        return _of_list(refused, content.raw, content.place, registry, hasher) if content.place else refused
    attributes = read_attributes(content.body, delivery.received_at)
    if not isinstance(attributes, Attributes):
        return _early(delivery, content.body, attributes, registry, hasher)
    source = registry.sources.get(attributes.source)
    if source is None or source.agency != delivery.agency:
        reason = "source_not_registered" if source is None else "source_of_another_agency"
        unknown = problem(reason, "/source", found=attributes.source)
        return _early(delivery, content.body, (unknown,), registry, hasher)
    return _readable(delivery, content.body, attributes, registry, hasher)


def _readable(
    delivery: Delivery, body: JsonObject, attributes: Attributes, registry: Registry, hasher: Hasher
) -> Examined:
    data = body.get("data")
    content = orjson.dumps(data, option=_SORTED)
    day = day_of(attributes.time)
    event_type = lookup(attributes.type.removeprefix(TYPE_PREFIX), attributes.version)
    reference, hub_id, late = read_subject(attributes.subject, event_type)
    late = _wrong_type(attributes) or late
    identifiers: tuple[StatedIdentifier, ...] = ()
    if event_type is not None and not late:
        identifiers, late = _data_problems(event_type, data, content, day, hasher)
        late = late or _authorisation(event_type, delivery.agency, registry, day)
    envelope: Envelope | None = None
    stored = b""
    if event_type is not None and isinstance(data, dict) and not late:
        newest, upcasted = upcast(event_type, data)
        envelope = _envelope(attributes, newest, upcasted)
        stored = content if newest is event_type else orjson.dumps(upcasted, option=_SORTED)
    stated = _stated(envelope)
    return Examined(
        agency=delivery.agency,
        channel=delivery.channel,
        locator=delivery.locator,
        received_at=delivery.received_at,
        source=attributes.source,
        id=attributes.id,
        uid=event_uid(attributes.source, attributes.id),
        sequence=attributes.sequence,
        counts=True,
        fingerprint=hasher.fingerprint(_canonical(attributes, content)),
        late=tellable(late) if late else (),
        notices=tellable(attributes.notices) if attributes.notices else (),
        name=event_type.name if event_type else None,
        claimed_time=min(_claimed(attributes, envelope), delivery.received_at),
        envelope=envelope,
        stored=stored,
        body=body,
        reference=reference,
        hub_id=hub_id,
        target=_target(envelope, delivery.agency, registry),
        thing=_thing(envelope, stated, hasher),
        identifiers=identifiers,
        protection=stated.get("protection"),
    )


def _early(
    delivery: Delivery, body: JsonObject, problems: tuple[Problem, ...], registry: Registry, hasher: Hasher
) -> Examined:
    """Refused before its id means anything; what can be read of it is still told and counted."""
    raw = orjson.dumps(body, option=_SORTED)
    return _refused(delivery, body, raw, problems, registry, hasher)


def _refused(
    delivery: Delivery,
    body: JsonObject | None,
    raw: bytes,
    problems: tuple[Problem, ...],
    registry: Registry,
    hasher: Hasher,
) -> Examined:
    source, event_id = readable_text(body, "source"), readable_text(body, "id")
    registered = registry.sources.get(source) if source else None
    owned = registered is not None and registered.agency == delivery.agency
    return Examined(
        agency=delivery.agency,
        channel=delivery.channel,
        locator=delivery.locator,
        received_at=delivery.received_at,
        source=source,
        id=event_id,
        uid=event_uid(source, event_id) if source and event_id and owned else None,
        sequence=readable_sequence(body),
        counts=owned,
        fingerprint=hasher.fingerprint(raw),
        early=tellable(problems),
        raw=raw,
    )


def _of_list(refused: Examined, raw: bytes, place: ListPlace, registry: Registry, hasher: Hasher) -> Examined:
    """A refused row counts for the source of its list, as the events do that its other rows give."""
    owned = place.source in registry.sources and registry.sources[place.source].agency == refused.agency
    fingerprint = hasher.fingerprint(raw + place.uid.bytes)  # the same cells in another list are another refusal
    uid = place.uid if owned else None
    return replace(refused, source=place.source, uid=uid, counts=owned, fingerprint=fingerprint)


def _wrong_type(attributes: Attributes) -> tuple[Problem, ...]:
    name = attributes.type.removeprefix(TYPE_PREFIX)
    known = versions(name) if attributes.type.startswith(TYPE_PREFIX) else ()
    if not known:
        return (problem("type_unknown", "/type", found=attributes.type),)
    if attributes.version not in known:
        listed = ", ".join(str(version) for version in known)
        return (problem("version_unknown", "/schemaversion", found=str(attributes.version), expected=listed),)
    return ()


def _data_problems(
    event_type: EventType, data: Json, content: bytes, day: date, hasher: Hasher
) -> tuple[tuple[StatedIdentifier, ...], tuple[Problem, ...]]:
    """The identifiers of a registration, and the problems of the first stage that fails, by pointer."""
    if not isinstance(data, dict):
        reason = "field_missing" if data is None else "field_invalid"
        found, expected = ("nothing", None) if data is None else (json_type(data), "an object")
        return (), (problem(reason, "/data", found=found, expected=expected),)
    by_pointer = {found.pointer: found for found in form_problems(event_type, data, content)}
    # A field with a reason code of its own answers with that code (RULES-TIMELINE 12).
    by_pointer |= {found.pointer: found for found in code_problems(event_type, data)}
    read = IdentifiersRead((), ())
    if event_type.family == "participant":
        inside = event_type.action is Action.CORRECT
        holder = data.get("replacement") if inside else data
        place = "/data/replacement/identifiers" if inside else "/data/identifiers"
        read = read_identifiers(holder.get("identifiers") if isinstance(holder, dict) else None, place, day, hasher)
        by_pointer |= {found.pointer: found for found in read.problems}
    problems = by_pointer.values() or spanning_problems(event_type, data, day)
    return read.stated, tuple(sorted(problems, key=lambda found: found.pointer or ""))


def _authorisation(event_type: EventType, agency: str, registry: Registry, day: date) -> tuple[Problem, ...]:
    if registry.may_send(agency, event_type.name, day):
        return ()
    found = f"{day}; authorised: {registry.authorised_days(agency, event_type.name)}"
    return (problem("type_not_authorised", "/type", found=found),)


def _canonical(attributes: Attributes, content: bytes) -> bytes:
    """The content of an event by value: attribute order, spelling of numbers and white space do not matter."""
    head = [
        attributes.source,
        attributes.id,
        attributes.type,
        attributes.version,
        attributes.time,  # as isoformat() writes it
        attributes.subject,
        attributes.sequence,
        attributes.texts,
    ]
    return orjson.dumps(head, option=_SORTED) + content


def _envelope(attributes: Attributes, event_type: EventType, data: JsonObject) -> Envelope:
    return Envelope(
        id=attributes.id,
        source=attributes.source,
        event_type=event_type,
        time=attributes.time,
        subject=attributes.subject,
        data=data,
        sequence=attributes.sequence,
        **attributes.texts,
    )


def _claimed(attributes: Attributes, envelope: Envelope | None) -> datetime:
    """How far the sender claims to be complete with this delivery (RULES-TIMELINE 9)."""
    if envelope is not None and envelope.event_type.name == "source.heartbeat":
        return datetime.fromisoformat(envelope.data["complete_to"])
    return attributes.time


def _stated(envelope: Envelope | None) -> JsonObject:
    """The data of the event itself, or of the one that a correction puts in its place."""
    if envelope is None:
        return {}
    if envelope.event_type.action is Action.CORRECT:
        replacement: JsonObject = envelope.data["replacement"]
        return replacement
    return envelope.data


def _target(envelope: Envelope | None, agency: str, registry: Registry) -> Target | None:
    if envelope is None or envelope.event_type.action not in (Action.CORRECT, Action.RETRACT):
        return None
    replaces = envelope.data["replaces"]
    source = registry.sources.get(replaces["source"])
    return Target(
        uid=event_uid(replaces["source"], replaces["id"]),
        source=replaces["source"],
        event_name=envelope.data.get("event"),
        foreign=source is not None and source.agency != agency,
    )


def _thing(envelope: Envelope | None, stated: JsonObject, hasher: Hasher) -> UUID | None:
    """The spell that an event, or what a correction puts in its place, belongs to; None for point events."""
    if envelope is None:
        return None
    corrects = envelope.event_type.action is Action.CORRECT
    event_type = latest(envelope.data["event"]) if corrects else envelope.event_type
    if event_type is None or event_type.spell is None or "key" not in stated:
        return None
    source = envelope.data["replaces"]["source"] if corrects else envelope.source
    return hasher.thing(source, event_type.spell, stated["key"])
