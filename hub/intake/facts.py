"""What intake must know to decide: loaded once per batch, and kept true by absorbing every outcome.

A batch therefore equals one by one (DESIGN 10). `hub try` starts with empty facts and never loads any.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

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
from schemas.order import in_order
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
    _chains: dict[EventUid, dict[EventUid, Statement]] = field(default_factory=dict)
    _chains_of: dict[ParticipantId, set[EventUid]] = field(default_factory=dict)
    _stated_by: dict[Index, set[EventUid]] = field(default_factory=dict)

    def binding_of(self, source: str, participant_id: ParticipantId) -> Binding | None:
        """A live binding of the source to the participant, the earliest by reference."""
        reference = min(self._references_of.get((source, participant_id), ()), default=None)
        return None if reference is None else self.bindings[source, reference]

    def statement(self, uid: EventUid, root: EventUid) -> Statement | None:
        """One member of a chain."""
        return self._chains.get(root, {}).get(uid)

    def current(self, root: EventUid) -> Statement | None:
        """The member of a chain that counts: the last that is not retracted, or None when the root is."""
        members = self._chains.get(root, {})
        first = members.get(root)
        if first is None or first.retracted:
            return None
        return in_order([member for member in members.values() if not member.retracted])[-1]

    def chain_with(self, changed: Statement) -> Statement | None:
        """What would count in the chain if this member were as given."""
        members = {**self._chains.get(changed.root, {}), changed.uid: changed}
        if members[changed.root].retracted:
            return None
        return in_order([member for member in members.values() if not member.retracted])[-1]

    def standing_statements(self, participant_id: ParticipantId) -> list[Statement]:
        """What counts about a participant or may count again, when a correction is retracted."""
        chains = (self._chains[root] for root in self._chains_of.get(participant_id, ()))
        return [
            member
            for members in chains
            if not any(each.uid == each.root and each.retracted for each in members.values())
            for member in members.values()
            if not member.retracted
        ]

    def live_statements(self, participant_id: ParticipantId) -> list[Statement]:
        """What counts about a participant, one statement per chain."""
        found = (self.current(root) for root in self._chains_of.get(participant_id, ()))
        return [statement for statement in found if statement is not None]

    def holders(self, identifiers: Iterable[Index], without: EventUid | None = None) -> set[ParticipantId]:
        """The participants who hold any of the identifiers, one chain left out."""
        found: set[ParticipantId] = set()
        for index in identifiers:
            for root in self._stated_by.get(index, ()):
                statement = None if root == without else self.current(root)
                if statement is not None:
                    found.add(statement.participant_id)
        return found

    def put_binding(self, binding: Binding) -> None:
        """Remember what a reference means."""
        self.bindings[binding.source, binding.reference] = binding
        self._references_of.setdefault((binding.source, binding.participant_id), set()).add(binding.reference)

    def put_statement(self, statement: Statement) -> None:
        """Add or replace a member of a chain."""
        before = self.current(statement.root)
        for index in before.identifiers if before else ():
            self._stated_by[index].discard(statement.root)
        self._chains.setdefault(statement.root, {})[statement.uid] = statement
        self._chains_of.setdefault(statement.participant_id, set()).add(statement.root)
        after = self.current(statement.root)
        for index in after.identifiers if after else ():
            self._stated_by.setdefault(index, set()).add(statement.root)

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
            case Accepted():
                self.put_claim(outcome.claim)
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
