"""What intake must know to decide: loaded once per batch, and kept true by absorbing every outcome.

A batch therefore equals one by one (DESIGN 10). `hub try` starts with empty facts and never loads any.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from hub.intake.chains import IdentityChain, Pace, Paces, Sent
from hub.intake.outcomes import (
    Accepted,
    Binding,
    Bound,
    Claim,
    Duplicate,
    Effect,
    Examined,
    Held,
    Index,
    Outcome,
    ParticipantCreated,
    Rejected,
    Stated,
    Statement,
    Unbound,
)
from schemas.vocabulary import EventUid, ParticipantId


def waits_for_reference(source: str, reference: str) -> str:
    """The wait key of an event whose person nobody has registered."""
    return f"reference {source}#{reference}"


def waits_for_binding(source: str, participant_id: ParticipantId) -> str:
    """The wait key of an event about the hub's own id, from a source not bound to that participant."""
    return f"binding {source}#{participant_id}"


def waits_for_event(uid: EventUid) -> str:
    """The wait key of a correction whose target is unknown."""
    return f"event {uid}"


@dataclass(slots=True, kw_only=True)
class Facts:
    """Facts about the deliveries at hand. `new_participant_id` hands out ids that were drawn beforehand."""

    new_participant_id: Callable[[], ParticipantId]
    claims: dict[EventUid, Claim] = field(default_factory=dict)
    sequences: dict[tuple[str, int], EventUid] = field(default_factory=dict)
    bindings: dict[tuple[str, str], Binding] = field(default_factory=dict)
    waiting: dict[str, dict[EventUid, Examined]] = field(default_factory=dict)
    _references_of: dict[tuple[str, ParticipantId], set[str]] = field(default_factory=dict)
    _chains: dict[EventUid, IdentityChain] = field(default_factory=dict)
    _roots_of: dict[ParticipantId, set[EventUid]] = field(default_factory=dict)
    _mixed_of: dict[ParticipantId, set[EventUid]] = field(default_factory=dict)
    _paces: dict[ParticipantId, Paces] = field(default_factory=dict)
    _current: dict[EventUid, Statement] = field(default_factory=dict)
    _holds: dict[ParticipantId, dict[Index, set[EventUid]]] = field(default_factory=dict)
    _holders: dict[Index, set[ParticipantId]] = field(default_factory=dict)

    def binding_of(self, source: str, participant_id: ParticipantId) -> Binding | None:
        """A live binding of the source to the participant, the earliest by reference."""
        reference = min(self._references_of.get((source, participant_id), ()), default=None)
        return None if reference is None else self.bindings[source, reference]

    def statement(self, uid: EventUid, root: EventUid) -> Statement | None:
        """One member of a chain."""
        chain = self._chains.get(root)
        return None if chain is None else chain.members.get(uid)

    def current(self, root: EventUid) -> Statement | None:
        """The member of a chain that counts, or None when its root is retracted."""
        return self._current.get(root)

    def chain_with(self, changed: Statement, sent: Sent) -> Statement | None:
        """What would count in the chain if this member were as given, by an event that is sent now."""
        return self._chains[changed.root].current_with(changed, self._paces.get(changed.participant_id, {}), sent)

    def mixes(self, root: EventUid) -> bool:
        """Whether other events may decide which member of a chain counts."""
        return self._chains[root].mixes()

    def order_matters(self, participant_id: ParticipantId) -> bool:
        """Whether any numbered event about a participant may change what counts about them."""
        return bool(self._mixed_of.get(participant_id))

    def live_statements(self, participant_id: ParticipantId) -> list[Statement]:
        """What counts about a participant, one statement per chain."""
        return [self._current[root] for root in self._roots_of.get(participant_id, ()) if root in self._current]

    def statements_in_place(self, participant_id: ParticipantId) -> list[Statement]:
        """What counts about a participant, each at the place of the event that it corrects: a correction is no newer word."""
        found = ((self._chains[each.root].members[each.root], each) for each in self.live_statements(participant_id))
        return [root if root is now else replace(root, protection=now.protection) for root, now in found]

    def holders(self, identifiers: Iterable[Index], without: EventUid | None = None) -> set[ParticipantId]:
        """The participants who hold any of the identifiers, one chain left out."""
        return {
            participant_id
            for index in identifiers
            for participant_id in self._holders.get(index, ())
            if not self._holds[participant_id][index] <= {without}
        }

    def held_by(self, participant_id: ParticipantId, without: EventUid | None = None) -> list[Index]:
        """The identifiers that a participant holds, one chain left out."""
        return [index for index, roots in self._holds.get(participant_id, {}).items() if not roots <= {without}]

    def put_binding(self, binding: Binding) -> None:
        """Remember what a reference means."""
        self.bindings[binding.source, binding.reference] = binding
        self._references_of.setdefault((binding.source, binding.participant_id), set()).add(binding.reference)

    def put_statement(self, statement: Statement) -> None:
        """Add or replace a member of a chain."""
        root, participant_id = statement.root, statement.participant_id
        chain = self._chains.setdefault(root, IdentityChain(root))
        chain.put(statement)
        self._roots_of.setdefault(participant_id, set()).add(root)
        if chain.mixes():
            self._mixed_of.setdefault(participant_id, set()).add(root)
        elif participant_id in self._mixed_of:
            self._mixed_of[participant_id].discard(root)
        self._recount(root, participant_id)

    def put_time(self, participant_id: ParticipantId, source: str, sequence: int, time: datetime) -> None:
        """Remember a numbered event about a participant: its time moves all later numbers of its source."""
        self._paces.setdefault(participant_id, {}).setdefault(source, Pace()).put(sequence, time)
        for root in self._mixed_of.get(participant_id, ()):
            self._recount(root, participant_id)

    def _recount(self, root: EventUid, participant_id: ParticipantId) -> None:
        """Keep what counts in a chain, and who holds what, true."""
        before = self._current.pop(root, None)
        after = self._chains[root].current(self._paces.get(participant_id, {}))
        if after is not None:
            self._current[root] = after
        if after is before:
            return
        held = self._holds.setdefault(participant_id, {})
        for index in before.identifiers if before else ():
            held[index].discard(root)
        for index in after.identifiers if after else ():
            held.setdefault(index, set()).add(root)
            self._holders.setdefault(index, set()).add(participant_id)
        for index in before.identifiers if before else ():
            if index in held and not held[index]:
                del held[index]
                self._holders[index].discard(participant_id)

    def put_claim(self, claim: Claim) -> None:
        """Remember a taken id, and its sequence number."""
        self.claims[claim.uid] = claim
        if claim.sequence is not None:
            self.sequences[claim.source, claim.sequence] = claim.uid

    def put_waiting(self, key: str, examined: Examined) -> None:
        """Remember a held event under what it waits for."""
        if examined.uid is not None:
            self.waiting.setdefault(key, {})[examined.uid] = examined

    def absorb(self, outcome: Outcome) -> None:
        """Make the facts what they are after this outcome."""
        match outcome:
            case Accepted(claim=claim):
                self.put_claim(claim)
                if claim.participant_id is not None and claim.sequence is not None:
                    time = outcome.event.envelope.time
                    self.put_time(claim.participant_id, claim.source, claim.sequence, time)
                for effect in outcome.effects:
                    self._absorb_effect(effect)
            case Held():
                self.put_claim(outcome.claim)
                self.put_waiting(outcome.waits_for, outcome.examined)
            case Rejected(examined=examined, released=True):
                self._forget(examined)
            case Rejected() | Duplicate():
                pass

    def _absorb_effect(self, effect: Effect) -> None:
        match effect:
            case Bound(binding):
                self.put_binding(binding)
            case Unbound(binding):
                del self.bindings[binding.source, binding.reference]
                self._references_of[binding.source, binding.participant_id].discard(binding.reference)
            case Stated(statement=statement):
                self.put_statement(statement)
            case ParticipantCreated():
                pass

    def _forget(self, examined: Examined) -> None:
        claim = self.claims.pop(examined.uid, None) if examined.uid else None
        if claim and claim.sequence is not None:
            self.sequences.pop((claim.source, claim.sequence), None)
