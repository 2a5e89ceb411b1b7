"""Loads what a batch of deliveries must be judged by: a constant number of queries, whatever its size.

Called under the intake lock, so nothing loaded here can change before it is used.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from hub.intake.facts import Facts, waits_for_event, waits_for_reference
from hub.intake.identity import REGISTERED, STATING
from hub.intake.outcomes import Binding, Claim, Examined, Index, Statement
from hub.store.database import rows
from hub.store.keys import KeyRing
from hub.store.problems import read_problems
from hub.store.waiting import Examine, find_waiting
from schemas.receipts import Status
from schemas.vocabulary import BindingId, EventUid, ParticipantId

_ABOUT_IDENTITY = frozenset((*STATING, "participant.corrected", "participant.retracted"))


def load_facts(connection: Connection, ring: KeyRing, batch: Sequence[Examined], examine: Examine) -> Facts:
    """The facts about a batch. `examine` rebuilds held events that the batch may release."""
    facts = Facts(new_participant_id=lambda: ParticipantId(uuid4()))
    waiting = find_waiting(connection, ring, list(_opening_keys(batch)), _registering_sources(batch), examine)
    for key, examined in waiting:
        facts.put_waiting(key, examined)
    everything = [*batch, *(examined for _, examined in waiting)]
    _load_claims(connection, facts, everything)
    _load_sequences(connection, facts, batch)
    _load_bindings(connection, facts, everything)
    concerned = [examined for examined in everything if examined.name in _ABOUT_IDENTITY]
    if concerned:
        _load_statements(connection, facts, concerned)
    return facts


def _opening_keys(batch: Iterable[Examined]) -> Iterator[str]:
    for examined in batch:
        if examined.uid is not None and examined.envelope is not None:
            yield waits_for_event(examined.uid)
            if examined.name == REGISTERED and examined.reference:
                yield waits_for_reference(examined.envelope.source, examined.reference)


def _registering_sources(batch: Iterable[Examined]) -> list[str]:
    return sorted({examined.source for examined in batch if examined.name == REGISTERED and examined.source})


def _load_claims(connection: Connection, facts: Facts, everything: Iterable[Examined]) -> None:
    uids: set[UUID] = set()
    for examined in everything:
        if examined.uid is not None:
            uids.add(examined.uid)
        if examined.target is not None:
            uids.add(examined.target.uid)
    for row in rows(
        connection,
        "SELECT uid, receipt_id, source, event_id, agency, status, fingerprint, name, root, root_name, recorded_at,"
        " sequence, thing, participant_id, position, problems, notices FROM receipt WHERE claimed AND uid = ANY(%s)",
        (list(uids),),
    ):
        facts.put_claim(_claim(row))


def _load_sequences(connection: Connection, facts: Facts, batch: Iterable[Examined]) -> None:
    pairs = {
        (examined.source, examined.sequence) for examined in batch if examined.source and examined.sequence is not None
    }
    if not pairs:
        return
    for source, sequence, uid in rows(
        connection,
        "SELECT source, sequence, uid FROM receipt JOIN unnest(%s::text[], %s::int8[]) AS given (source, sequence)"
        " USING (source, sequence) WHERE claimed",
        ([source for source, _ in pairs], [sequence for _, sequence in pairs]),
    ):
        facts.sequences[source, sequence] = EventUid(uid)


def _load_bindings(connection: Connection, facts: Facts, everything: Iterable[Examined]) -> None:
    """What the references mean that are spoken of, also that of a registration which is retracted under another."""
    references: set[tuple[str, str]] = set()
    hub_ids: set[tuple[str, UUID]] = set()
    targets: set[UUID] = set()
    for examined in everything:
        if examined.target is not None:
            targets.add(examined.target.uid)
        if examined.source and examined.reference:
            references.add((examined.source, examined.reference))
        if examined.source and examined.hub_id:
            hub_ids.add((examined.source, examined.hub_id))
    for binding_id, source, reference, participant_id in rows(
        connection,
        "SELECT binding_id, source, reference, participant_id FROM reference_binding"
        " JOIN unnest(%s::text[], %s::text[]) AS given (source, reference) USING (source, reference)"
        " WHERE unbound_at IS NULL UNION "
        "SELECT binding_id, source, reference, participant_id FROM reference_binding"
        " JOIN unnest(%s::text[], %s::uuid[]) AS given (source, participant_id) USING (source, participant_id)"
        " WHERE unbound_at IS NULL UNION "
        "SELECT binding_id, source, reference, participant_id FROM reference_binding WHERE unbound_at IS NULL"
        " AND binding_id IN (SELECT binding_id FROM identity_statement WHERE uid = ANY(%s))",
        (
            [source for source, _ in references],
            [reference for _, reference in references],
            [source for source, _ in hub_ids],
            [hub_id for _, hub_id in hub_ids],
            list(targets),
        ),
    ):
        facts.put_binding(
            Binding(
                id=BindingId(binding_id),
                source=source,
                reference=reference,
                participant_id=ParticipantId(participant_id),
            )
        )


def _load_statements(connection: Connection, facts: Facts, concerned: Iterable[Examined]) -> None:
    """Every statement about every participant whom the batch may register, link or correct."""
    indexes: set[Index] = set()
    targets: set[UUID] = set()
    bound: set[UUID] = set()
    for examined in concerned:
        indexes.update(identifier.index for identifier in examined.identifiers)
        if examined.target is not None:
            targets.add(examined.target.uid)
        binding = facts.bindings.get((examined.source or "", examined.reference or ""))
        if binding is not None:
            bound.add(binding.participant_id)
        if examined.hub_id is not None:
            bound.add(examined.hub_id)
    for row in rows(
        connection,
        "SELECT uid, root, binding_id, source, reference, agency, participant_id, registers, time, sequence, rank,"
        " types, indexes, protection, retracted FROM identity_statement WHERE participant_id IN ("
        " SELECT participant_id FROM identifier WHERE blind_index = ANY(%s)"
        " UNION SELECT participant_id FROM identity_statement WHERE uid = ANY(%s)"
        " UNION SELECT unnest(%s::uuid[]))",
        ([index for _, index in indexes], list(targets), list(bound)),
    ):
        facts.put_statement(_statement(row))


def _claim(row: tuple[Any, ...]) -> Claim:
    return Claim(
        uid=EventUid(row[0]),
        receipt_id=row[1],
        source=row[2],
        id=row[3],
        agency=row[4],
        status=Status(row[5]),
        fingerprint=row[6],
        name=row[7],
        root=EventUid(row[8]),
        root_name=row[9],
        recorded_at=row[10],
        sequence=row[11],
        thing=row[12],
        participant_id=row[13],
        position=row[14],
        problems=read_problems(row[15]),
        notices=read_problems(row[16]),
    )


def _statement(row: tuple[Any, ...]) -> Statement:
    return Statement(
        uid=EventUid(row[0]),
        root=EventUid(row[1]),
        binding=BindingId(row[2]),
        source=row[3],
        reference=row[4],
        agency=row[5],
        participant_id=ParticipantId(row[6]),
        registers=row[7],
        time=row[8],
        sequence=row[9],
        rank=row[10],
        identifiers=tuple(zip(row[11], row[12], strict=True)),
        protection=row[13],
        retracted=row[14],
    )
