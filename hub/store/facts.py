"""Loads what a batch of deliveries must be judged by: a constant number of queries, whatever its size.

Called under the intake lock, so nothing loaded here can change before it is used.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection

from hub.intake.facts import Facts, waits_for_binding, waits_for_event, waits_for_reference
from hub.intake.identity import REGISTERED
from hub.intake.outcomes import Binding, Claim, Examined
from hub.store.database import rows
from hub.store.keys import KeyRing
from hub.store.problems import read_problems
from hub.store.statements import find_people, load_statements
from hub.store.waiting import Examine, find_waiting
from schemas.receipts import Status
from schemas.vocabulary import BindingId, EventUid, ParticipantId


def load_facts(connection: Connection, ring: KeyRing, batch: Sequence[Examined], examine: Examine) -> Facts:
    """The facts about a batch. `examine` rebuilds held events that the batch may release."""
    facts = Facts(new_participant_id=lambda: ParticipantId(uuid4()))
    everything = [*batch, *_load_waiting(connection, ring, facts, list(_opening_keys(batch)), examine)]
    people = _load_bindings(connection, facts, everything) | find_people(connection, facts, everything)
    opened = [waits_for_binding(source, person) for source in _registering_sources(batch) for person in people]
    if opened and (more := _load_waiting(connection, ring, facts, opened, examine)):
        people |= _load_bindings(connection, facts, more) | find_people(connection, facts, more)
        everything += more
    _load_claims(connection, facts, everything)
    _load_sequences(connection, facts, batch)
    load_statements(connection, facts, everything, people)
    return facts


def _load_waiting(
    connection: Connection, ring: KeyRing, facts: Facts, keys: Sequence[str], examine: Examine
) -> list[Examined]:
    """What waits for any of the keys, and what waits on that in turn."""
    waiting = find_waiting(connection, ring, keys, examine)
    for key, examined in waiting:
        facts.put_waiting(key, examined)
    return [examined for _, examined in waiting]


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
        # Number by number in the index: joined as a whole, the planner may read every receipt there is.
        "SELECT given.source, given.sequence, taken.uid FROM unnest(%s::text[], %s::int8[]) AS given (source, sequence),"
        " LATERAL (SELECT uid FROM receipt WHERE receipt.source = given.source AND receipt.sequence = given.sequence"
        " AND claimed LIMIT 1) AS taken",
        ([source for source, _ in pairs], [sequence for _, sequence in pairs]),
    ):
        facts.sequences[source, sequence] = EventUid(uid)


def _load_bindings(connection: Connection, facts: Facts, everything: Iterable[Examined]) -> set[ParticipantId]:
    """What the references mean that are spoken of, also that of a registration which is retracted under another.

    The people among them about whom any event may decide what counts.
    """
    mixed: set[ParticipantId] = set()
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
    for binding_id, source, reference, participant_id, mixes in rows(
        connection,
        "SELECT found.*, EXISTS (SELECT FROM identity_statement AS stated"
        " WHERE stated.mixed AND stated.participant_id = found.participant_id) FROM ("
        "SELECT binding_id, source, reference, participant_id FROM reference_binding"
        " JOIN unnest(%s::text[], %s::text[]) AS given (source, reference) USING (source, reference)"
        " WHERE unbound_at IS NULL UNION "
        "SELECT binding_id, source, reference, participant_id FROM reference_binding"
        " JOIN unnest(%s::text[], %s::uuid[]) AS given (source, participant_id) USING (source, participant_id)"
        " WHERE unbound_at IS NULL UNION "
        "SELECT binding_id, source, reference, participant_id FROM reference_binding WHERE unbound_at IS NULL"
        " AND binding_id IN (SELECT binding_id FROM identity_statement WHERE uid = ANY(%s))) AS found",
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
        if mixes:
            mixed.add(ParticipantId(participant_id))
    return mixed


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
