"""Who a person is: what a registration, its correction or its retraction does (RULES-TIMELINE 3 and 8).

Identifiers that point at two participants are refused, never guessed.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid5

from hub.intake.chains import Sent
from hub.intake.facts import Facts
from hub.intake.outcomes import (
    Binding,
    Bound,
    Claim,
    Effect,
    Examined,
    Index,
    ParticipantCreated,
    Stated,
    Statement,
    Unbound,
)
from schemas.events import Envelope
from schemas.reasons import problem
from schemas.receipts import Problem
from schemas.vocabulary import BindingId, EventUid, ParticipantId

REGISTERED = "participant.registered"
PROTECTION_CHANGED = "participant.protection_changed"
STATING = (REGISTERED, PROTECTION_CHANGED)
_ONE_EACH = ("personal_number", "coordination_number")
_CLASH = "identifiers of different participants"

Registered = tuple[Binding, tuple[Effect, ...]]


def register(examined: Examined, envelope: Envelope, uid: EventUid, facts: Facts) -> Registered | Problem:
    """Bind the reference to the one participant its identifiers mean, or to a new one."""
    stated = [identifier.index for identifier in examined.identifiers]
    bound = facts.bindings.get((envelope.source, examined.reference or ""))
    holders = facts.holders(stated)
    others = holders - {bound.participant_id} if bound else holders
    conflict = problem("identity_conflict", "/data/identifiers", found=_CLASH)
    taken = problem("reference_already_bound", "/subject", found="a reference in use for another person")
    if bound and others:
        return conflict if bound.participant_id in holders else taken
    if len(others) > 1:
        return conflict
    known = bound.participant_id if bound else next(iter(others), None)
    if _two_of_one_type(stated, known, facts, without=None):
        return taken if bound else conflict
    participant_id = known or facts.new_participant_id()
    binding = bound or Binding(
        id=BindingId(uuid5(uid, "binding")),
        source=envelope.source,
        reference=examined.reference or "",
        participant_id=participant_id,
    )
    effects: list[Effect] = [] if known else [ParticipantCreated(participant_id)]
    if not bound:
        effects.append(Bound(binding))
    effects.append(Stated(_statement(examined, envelope, uid, binding, root=uid), examined.identifiers))
    return binding, tuple(effects)


def state_protection(examined: Examined, envelope: Envelope, uid: EventUid, binding: Binding) -> tuple[Effect, ...]:
    """A changed protection level is one more statement of its source."""
    return (Stated(_statement(examined, envelope, uid, binding, root=uid)),)


def correct(
    examined: Examined, envelope: Envelope, uid: EventUid, target: Claim, facts: Facts
) -> tuple[Effect, ...] | Problem:
    """A correction replaces what the chain states; its reference stays."""
    root = facts.statement(target.root, target.root)
    if root is None:
        return ()
    binding = Binding(id=root.binding, source=root.source, reference=root.reference, participant_id=root.participant_id)
    member = replace(_statement(examined, envelope, uid, binding, root=root.uid), registers=root.registers)
    effect = Stated(member, examined.identifiers)
    return _revised(member, facts, _sent(envelope), effect, "/data/replacement/identifiers")


def retract(envelope: Envelope, target: Claim, facts: Facts) -> tuple[Effect, ...] | Problem:
    """A retracted correction restores its predecessor; a retracted root ends the chain and may unbind the reference."""
    member = facts.statement(target.uid, target.root)
    if member is None:
        return ()
    changed = replace(member, retracted=True)
    sent = _sent(envelope)
    effects = _revised(changed, facts, sent, Stated(changed), "/data/replaces")
    if isinstance(effects, Problem) or not changed.registers or facts.chain_with(changed, sent) is not None:
        return effects
    said_under_it = [
        statement
        for statement in facts.live_statements(changed.participant_id)
        if statement.binding == changed.binding and statement.root != changed.root
    ]
    binding = facts.bindings.get((changed.source, changed.reference))
    # The reference may have been bound anew since: a second retraction of the old registration is not about that.
    if binding is None or binding.id != changed.binding or any(each.registers for each in said_under_it):
        return effects
    roots = (facts.statement(each.root, each.root) for each in said_under_it)
    struck = tuple(Stated(replace(root, retracted=True)) for root in roots if root is not None)
    return (*effects, *struck, Unbound(binding))


def _revised(changed: Statement, facts: Facts, sent: Sent, effect: Stated, place: str) -> tuple[Effect, ...] | Problem:
    counts = facts.chain_with(changed, sent)
    if counts is not None and counts.registers:
        others = facts.holders(counts.identifiers, without=changed.root) - {changed.participant_id}
        if others or _two_of_one_type(counts.identifiers, changed.participant_id, facts, without=changed.root):
            return problem("identity_conflict", place, found=_CLASH)
    return (effect,)


def _two_of_one_type(
    stated: Iterable[Index], participant_id: ParticipantId | None, facts: Facts, *, without: EventUid | None
) -> bool:
    """Whether a participant would have two different personnummer, or two samordningsnummer."""
    numbers: defaultdict[str, set[bytes]] = defaultdict(set)
    known = facts.held_by(participant_id, without=without) if participant_id else []
    for kind, index in (*stated, *known):
        numbers[kind].add(index)
    return any(len(numbers[kind]) > 1 for kind in _ONE_EACH)


def _sent(envelope: Envelope) -> Sent:
    return Sent(envelope.source, envelope.sequence, envelope.time)


def _statement(examined: Examined, envelope: Envelope, uid: EventUid, binding: Binding, *, root: EventUid) -> Statement:
    return Statement(
        uid=uid,
        root=root,
        binding=binding.id,
        source=binding.source,
        sent_by=envelope.source,
        reference=binding.reference,
        agency=examined.agency,
        participant_id=binding.participant_id,
        registers=envelope.event_type.name == REGISTERED,
        time=envelope.time,
        sequence=envelope.sequence,
        rank=envelope.event_type.action.rank,
        identifiers=tuple(identifier.index for identifier in examined.identifiers),
        protection=examined.protection,
    )
