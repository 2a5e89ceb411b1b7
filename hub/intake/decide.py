"""The verdict on one delivery and what it sets free: pure, over facts that were loaded before (DESIGN 3).

The order of the questions is RULES-TIMELINE 11: who speaks, same id, contract, authorisation, sequence, person, target.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.intake.facts import Facts, waits_for_binding, waits_for_event, waits_for_reference
from hub.intake.identity import REGISTERED, STATING, correct, register, retract, state_protection
from hub.intake.outcomes import (
    Accepted,
    Binding,
    Bound,
    Claim,
    Duplicate,
    Effect,
    Examined,
    Held,
    Outcome,
    Rejected,
    Target,
    rejection_id,
)
from schemas.events import CanonicalEvent, Envelope
from schemas.lean import lean
from schemas.order import in_order
from schemas.reasons import problem
from schemas.receipts import Problem, Status
from schemas.uids import derived
from schemas.vocabulary import About, Action, EventUid

_PARTICIPANT_UNKNOWN = problem("participant_unknown", "/subject", found="an unknown reference")
_TARGET_UNKNOWN = problem("target_unknown", "/data/replaces", found="an unknown event")


def decide(examined: Examined, facts: Facts, recorded_at: datetime) -> list[Outcome]:
    """The delivery's own verdict first, then the held events it released, in the canonical order. Absorbs them all."""
    outcome = _verdict(examined, facts, recorded_at)
    facts.absorb(outcome)
    if not facts.waiting or not isinstance(outcome, Accepted):
        return [outcome]
    return [outcome, *_releases(outcome, facts, recorded_at)]


def _verdict(examined: Examined, facts: Facts, recorded_at: datetime) -> Outcome:
    if examined.early or examined.uid is None:
        return _refused(examined, examined.early)
    first = facts.claims.get(examined.uid)
    if first is not None:
        if first.fingerprint == examined.fingerprint:
            return Duplicate(examined=examined, first=first)
        found = f"other content; first receipt {first.recorded_at:%Y-%m-%dT%H:%M:%SZ}"
        return _refused(examined, (problem("conflicting_duplicate", "/id", found=found),))
    if examined.late or examined.envelope is None:
        return _refused(examined, examined.late)
    if examined.sequence is not None and (examined.envelope.source, examined.sequence) in facts.sequences:
        found = "number used by another id"
        return _refused(examined, (problem("sequence_reused", "/sequence", found=found),))
    return _settle(examined, examined.envelope, examined.uid, facts, recorded_at)


def _releases(accepted: Accepted, facts: Facts, recorded_at: datetime) -> list[Outcome]:
    """Everything that waited on an accepted event, then whatever waited on that."""
    outcomes: list[Outcome] = []
    opened = _opens(accepted)
    while opened:
        freed = [examined for key in opened for examined in facts.waiting.pop(key, {}).values()]
        opened = []
        for examined in _canonical(freed):
            if examined.envelope is None or examined.uid is None:
                continue
            outcome = _settle(examined, examined.envelope, examined.uid, facts, recorded_at)
            facts.absorb(outcome)
            outcomes.append(outcome)
            if isinstance(outcome, Accepted):
                opened += _opens(outcome)
    return outcomes


def _opens(accepted: Accepted) -> list[str]:
    keys = [waits_for_event(accepted.claim.uid)]
    for effect in accepted.effects:
        if isinstance(effect, Bound):
            binding = effect.binding
            keys.append(waits_for_reference(binding.source, binding.reference))
            keys.append(waits_for_binding(binding.source, binding.participant_id))
    return keys


class _Waiting:
    """A held event as something to put in order."""

    __slots__ = ("examined", "rank", "sequence", "source", "time", "uid")

    def __init__(self, examined: Examined, envelope: Envelope, uid: EventUid) -> None:
        self.examined = examined
        self.uid: UUID = uid
        self.source = envelope.source
        self.sequence = envelope.sequence
        self.time = envelope.time
        self.rank = envelope.event_type.action.rank


def _canonical(freed: list[Examined]) -> list[Examined]:
    waiting = [
        _Waiting(examined, examined.envelope, examined.uid) for examined in freed if examined.envelope and examined.uid
    ]
    return [item.examined for item in in_order(waiting)] if waiting else []


def _settle(
    examined: Examined, envelope: Envelope, uid: EventUid, facts: Facts, recorded_at: datetime
) -> Accepted | Held | Rejected:
    """Person and target: the questions that a held event is asked again when it is released."""
    held = facts.claims.get(uid)
    settled = _person_and_target(examined, envelope, uid, facts)
    if isinstance(settled, Problem):
        return _refused(examined, (settled,), held)
    claim = _claim(examined, envelope, uid, recorded_at, held, settled)
    if isinstance(settled, _Waits):
        return Held(examined=examined, claim=claim, waits_for=settled.key, moved=held is not None)
    event = CanonicalEvent(
        uid=uid,
        root=claim.root,
        thing=claim.thing or claim.root,
        agency=examined.agency,
        participant_id=claim.participant_id,
        binding=settled.binding.id if settled.binding else None,
        received_at=examined.received_at,
        envelope=envelope,
    )
    return Accepted(examined=examined, event=event, claim=claim, effects=settled.effects, released=held is not None)


@dataclass(frozen=True, slots=True)
class _Waits:
    key: str
    why: Problem


@lean(frozen=True, slots=True, kw_only=True)
class _Settled:
    binding: Binding | None
    effects: tuple[Effect, ...] = ()
    target: Claim | None = None


def _person_and_target(
    examined: Examined, envelope: Envelope, uid: EventUid, facts: Facts
) -> _Settled | _Waits | Problem:
    target = examined.target
    if target is not None and target.foreign:
        return problem("target_of_another_agency", "/data/replaces", found="another agency's source")
    if envelope.event_type.name == REGISTERED:
        registered = register(examined, envelope, uid, facts)
        return registered if isinstance(registered, Problem) else _Settled(binding=registered[0], effects=registered[1])
    binding = _binding(examined, envelope, facts)
    if binding is None and envelope.event_type.about is About.PARTICIPANT:
        return _Waits(_person_key(examined, envelope), _PARTICIPANT_UNKNOWN)
    if target is not None:
        return _of_target(examined, envelope, uid, binding, target, facts)
    stating = binding is not None and envelope.event_type.name in STATING
    return _Settled(
        binding=binding, effects=state_protection(examined, envelope, uid, binding) if stating and binding else ()
    )


def _of_target(
    examined: Examined, envelope: Envelope, uid: EventUid, binding: Binding | None, target: Target, facts: Facts
) -> _Settled | _Waits | Problem:
    first = facts.claims.get(target.uid)
    if first is None or first.status is not Status.ACCEPTED:
        return _Waits(waits_for_event(target.uid), _TARGET_UNKNOWN)
    if (wrong := _wrong_target(examined, envelope, binding, first)) is not None:
        return wrong
    effects = _revise(examined, envelope, uid, first, facts)
    return effects if isinstance(effects, Problem) else _Settled(binding=binding, effects=effects, target=first)


def _person_key(examined: Examined, envelope: Envelope) -> str:
    if examined.hub_id is not None:
        return waits_for_binding(envelope.source, examined.hub_id)
    return waits_for_reference(envelope.source, examined.reference or "")


def _binding(examined: Examined, envelope: Envelope, facts: Facts) -> Binding | None:
    if envelope.event_type.about is not About.PARTICIPANT:
        return None
    if examined.hub_id is not None:
        return facts.binding_of(envelope.source, examined.hub_id)
    return facts.bindings.get((envelope.source, examined.reference or ""))


def _wrong_target(examined: Examined, envelope: Envelope, binding: Binding | None, target: Claim) -> Problem | None:
    family = envelope.event_type.family
    stated = examined.target.event_name if examined.target else None
    if target.name.endswith(".retracted"):
        return problem("target_not_correctable", "/data/replaces", found="a retraction")
    if (binding.participant_id if binding else None) != target.participant_id:
        return problem("correction_changes_subject", "/subject", found="another person")
    if target.name.partition(".")[0] != family or (stated is not None and stated != target.root_name):
        return problem("target_type_mismatch", "/data/replaces", found=f"an event of type {target.root_name}")
    if stated is not None and examined.thing != target.thing:
        return problem("correction_changes_key", "/data/replacement/key", found="another key")
    return None


def _revise(
    examined: Examined, envelope: Envelope, uid: EventUid, target: Claim, facts: Facts
) -> tuple[Effect, ...] | Problem:
    if target.root_name not in STATING:
        return ()
    if envelope.event_type.action is Action.RETRACT:
        return retract(envelope, target, facts)
    return correct(examined, envelope, uid, target, facts)


def _refused(examined: Examined, problems: tuple[Problem, ...], held: Claim | None = None) -> Rejected:
    """A rejection. The same bytes from the same agency get the same receipt again; a held event keeps its own."""
    receipt = held.receipt_id if held else rejection_id(examined, problems)
    return Rejected(examined=examined, receipt_id=receipt, problems=problems, released=held is not None)


def _claim(
    examined: Examined, envelope: Envelope, uid: EventUid, now: datetime, held: Claim | None, settled: _Settled | _Waits
) -> Claim:
    """What is remembered of an event that is accepted, or waits; a correction belongs to the chain of its target."""
    why, binding, first = (
        (settled.why, None, None) if isinstance(settled, _Waits) else (None, settled.binding, settled.target)
    )
    return Claim(
        uid=uid,
        receipt_id=held.receipt_id if held else derived(uid, f"receipt {now.isoformat()} {examined.locator}"),
        source=envelope.source,
        id=envelope.id,
        agency=examined.agency,
        status=Status.HELD if why else Status.ACCEPTED,
        fingerprint=examined.fingerprint,
        name=envelope.event_type.name,
        root=first.root if first else uid,
        root_name=first.root_name if first else envelope.event_type.name,
        recorded_at=now,
        sequence=envelope.sequence,
        thing=first.thing if first else examined.thing,
        participant_id=binding.participant_id if binding else None,
        problems=(why,) if why else (),
        notices=examined.notices,
    )
