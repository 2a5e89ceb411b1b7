"""Writes what a batch of decisions changed: log, receipts, identity, held, quarantine and completeness together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Connection

from hub.intake.facts import Facts
from hub.intake.outcomes import Accepted, Duplicate, Held, Outcome, Rejected
from hub.intake.registry import Registry
from hub.log.entries import append, owner_of
from hub.store.identity import record_identity
from hub.store.keys import KeyBatch, KeyRing, Owned
from hub.store.progress import record_progress
from hub.store.quarantine import keys_of, mark_repaired, quarantine
from hub.store.receipts import receipt_of, settle, write_claims, write_rejections
from hub.store.waiting import SEALED_AS, hold, release
from schemas.lean import lean
from schemas.receipts import Receipt, Status
from schemas.vocabulary import DataClass, EventUid, ParticipantId, Position


@lean(frozen=True, slots=True, kw_only=True)
class Decided:
    """One delivery's verdict, and the held events that it released."""

    own: Outcome
    released: Sequence[Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the log a batch begins, and when it is recorded."""

    after: Position
    recorded_at: datetime


def record(
    connection: Connection, ring: KeyRing, registry: Registry, decided: Sequence[Decided], facts: Facts, place: Place
) -> list[Receipt]:
    """The receipts of the deliveries, in their order, once everything about them is written."""
    positions: dict[EventUid, Position] = {}
    refused: dict[UUID, datetime] = {}
    for part in _parts(decided):
        outcomes = [outcome for each in part for outcome in (each.own, *each.released)]
        accepted = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
        begins = Position(place.after + len(positions))
        positions |= {outcome.claim.uid: Position(begins + at) for at, outcome in enumerate(accepted, 1)}
        now = Place(after=begins, recorded_at=place.recorded_at)
        keys, first_refused = _write(connection, ring, outcomes, positions, now)
        refused |= first_refused
        effects = [effect for outcome in accepted for effect in outcome.effects]
        record_identity(connection, effects, _moved(accepted, facts), facts, keys, place.recorded_at)
        record_progress(connection, registry, [each.own for each in part])
    return answers(decided, place.recorded_at, positions, refused)


def _moved(accepted: Sequence[Accepted], facts: Facts) -> set[ParticipantId]:
    """The participants whose identity may rest on the order of events that are not about it."""
    return {
        outcome.claim.participant_id
        for outcome in accepted
        if outcome.claim.sequence is not None
        and outcome.claim.participant_id is not None
        and facts.order_matters(outcome.claim.participant_id)
    }


def _parts(decided: Sequence[Decided]) -> list[list[Decided]]:
    """Mostly one. Cut where an id or number is taken again whose claim has ended: the tables hold one at a time."""
    parts: list[list[Decided]] = [[]]
    ended: set[object] = set()
    for each in decided:
        if ended and isinstance(each.own, (Accepted, Held)) and not ended.isdisjoint(_claimed(each.own)):
            parts.append([])
            ended.clear()
        parts[-1].append(each)
        for outcome in each.released:
            if isinstance(outcome, Rejected):
                ended.update(_claimed(outcome))
    return parts


def _claimed(outcome: Accepted | Held | Rejected) -> set[object]:
    examined = outcome.examined
    return {examined.uid} | ({(examined.source, examined.sequence)} if examined.sequence is not None else set())


def _write(
    connection: Connection,
    ring: KeyRing,
    outcomes: Sequence[Outcome],
    positions: Mapping[EventUid, Position],
    place: Place,
) -> tuple[KeyBatch, dict[UUID, datetime]]:
    """Log, receipts, held and quarantine, where each id is claimed once at most.

    The keys for it, and when what was refused was recorded first.
    """
    accepted = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
    held = [outcome for outcome in outcomes if isinstance(outcome, Held)]
    rejected = [outcome for outcome in outcomes if isinstance(outcome, Rejected) and not outcome.released]
    taken = [outcome for outcome in outcomes if isinstance(outcome, (Accepted, Held)) and not _was_held(outcome)]
    # What is released may wait for something else first: the last word counts.
    settled = {
        outcome.examined.uid: outcome
        for outcome in outcomes
        if not isinstance(outcome, Duplicate) and _was_held(outcome)
    }.values()
    ended = [outcome for outcome in settled if isinstance(outcome, Rejected)]

    refused = write_rejections(connection, rejected, place.recorded_at)
    new_refusals = {key for key, (_, is_new) in refused.items() if is_new}
    fresh_refusals = [*ended, *(outcome for outcome in rejected if outcome.receipt_id in new_refusals)]
    keys = ring.ensure(connection, _owned(accepted, held) | keys_of(fresh_refusals))
    append(
        connection,
        [(outcome.event, outcome.examined.stored) for outcome in accepted],
        keys,
        place.after,
        place.recorded_at,
    )
    write_claims(connection, [(outcome, _position(outcome, positions)) for outcome in taken])
    hold(connection, held, keys)
    settle(connection, [(outcome, _position(outcome, positions)) for outcome in settled], place.recorded_at)
    release(
        connection,
        [outcome.examined.uid for outcome in settled if outcome.examined.uid and not isinstance(outcome, Held)],
    )
    mark_repaired(connection, [outcome.claim.uid for outcome in taken], place.recorded_at)
    quarantine(connection, fresh_refusals, _repaired(outcomes), keys, place.recorded_at)
    return keys, {key: first for key, (first, _) in refused.items()}


def _repaired(outcomes: Sequence[Outcome]) -> set[UUID]:
    """Refusals whose id was taken later in the same batch; other content under a taken id is never repaired."""
    taken: set[EventUid] = set()
    found: set[UUID] = set()
    for outcome in reversed(outcomes):
        if isinstance(outcome, (Accepted, Held)) and not _was_held(outcome):
            taken.add(outcome.claim.uid)
        elif isinstance(outcome, Rejected) and outcome.examined.uid in taken:
            found.add(outcome.receipt_id)
    return found


def answers(
    decided: Sequence[Decided],
    recorded_at: datetime,
    positions: Mapping[EventUid, Position] = MappingProxyType({}),
    refused: Mapping[UUID, datetime] = MappingProxyType({}),
) -> list[Receipt]:
    """The receipts of deliveries; `refused` says when a refusal was recorded first."""
    return [_receipt(each.own, recorded_at, positions, refused) for each in decided]


def _was_held(outcome: Accepted | Held | Rejected) -> bool:
    return outcome.moved if isinstance(outcome, Held) else outcome.released


def _position(outcome: Accepted | Held | Rejected, positions: Mapping[EventUid, Position]) -> Position | None:
    return positions[outcome.claim.uid] if isinstance(outcome, Accepted) else None


def _owned(accepted: Sequence[Accepted], held: Sequence[Held]) -> set[Owned]:
    owned: set[Owned] = {
        (owner_of(outcome.event), outcome.event.envelope.event_type.data_class.value) for outcome in accepted
    }
    owned |= {(outcome.claim.uid, SEALED_AS.value) for outcome in held if not outcome.moved}
    return owned | {
        (outcome.event.participant_id, DataClass.IDENTITY.value)
        for outcome in accepted
        if outcome.examined.identifiers and outcome.event.participant_id is not None
    }


def _receipt(
    own: Outcome, recorded_at: datetime, positions: Mapping[EventUid, Position], refused: Mapping[UUID, datetime]
) -> Receipt:
    match own:
        case Accepted() | Held():
            return receipt_of(own.claim, position=positions.get(own.claim.uid))
        case Duplicate(first=first):
            return receipt_of(first, status=Status.DUPLICATE, position=positions.get(first.uid))
        case Rejected(examined=examined, receipt_id=receipt_id, problems=problems):
            return Receipt(
                receipt_id=receipt_id,
                source=examined.source,
                id=examined.id,
                status=Status.REJECTED,
                recorded_at=refused.get(receipt_id, recorded_at),
                problems=problems,
                notices=examined.notices,
            )
