"""Participants, references, statements and identifiers: written only with the outcomes that changed them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from hub.intake.facts import Facts
from hub.intake.outcomes import Binding, Bound, Effect, ParticipantCreated, Stated, StatedIdentifier, Statement, Unbound
from hub.intake.protection import protection_of
from hub.store.database import copy_rows, execute, rows
from hub.store.keys import KEY_VERSION, KeyBatch
from schemas.vocabulary import DataClass, ParticipantId

_STATEMENT = (
    "uid root binding_id source sent_by reference agency participant_id registers time sequence rank types indexes"
    " protection retracted mixed"
).split()


def record_identity(
    connection: Connection,
    effects: Iterable[Effect],
    moved: set[ParticipantId],
    facts: Facts,
    keys: KeyBatch,
    recorded_at: datetime,
) -> None:
    """Write what changed about who people are, each kind of change in one statement.

    `moved` are those about whom something else was said that may have changed the order of what is stated.
    """
    created: list[ParticipantId] = []
    bound: dict[UUID, Binding] = {}
    unbound: list[UUID] = []
    stated: dict[UUID, Statement] = {}
    values: list[tuple[Statement, StatedIdentifier]] = []
    for effect in effects:
        match effect:
            case ParticipantCreated(participant_id):
                created.append(participant_id)
            case Bound(binding):
                bound[binding.id] = binding
            case Unbound(binding):
                unbound.append(binding.id)
            case Stated(statement, identifiers):
                stated[statement.uid] = statement
                values += [(statement, identifier) for identifier in identifiers]
    if stated:
        _create(connection, created, recorded_at)
        _bind(connection, list(bound.values()), unbound, recorded_at)
        _state(connection, list(stated.values()), facts)
        _identify(connection, values, keys)
        _forget(connection, list(stated.values()), facts)
    _count(connection, {statement.participant_id for statement in stated.values()} | moved, facts)


def find_participants(connection: Connection, identifier_type: str, index: bytes) -> list[ParticipantId]:
    """Who is registered under an identifier now: the current members of unretracted chains decide."""
    found = rows(
        connection,
        "SELECT DISTINCT participant_id FROM identifier WHERE blind_index = %s AND type = %s AND counts",
        (index, identifier_type),
    )
    return [ParticipantId(row[0]) for row in found]


def _create(connection: Connection, created: Sequence[ParticipantId], recorded_at: datetime) -> None:
    if created:
        copy_rows(
            connection,
            "participant",
            ("participant_id", "created_at"),
            ("uuid", "timestamptz"),
            ((participant_id, recorded_at) for participant_id in created),
        )


def _bind(connection: Connection, bound: Sequence[Binding], unbound: Sequence[UUID], recorded_at: datetime) -> None:
    """A reference may be unbound, bound and unbound again in one batch; the index allows one live row at a time."""
    if unbound:
        execute(
            connection,
            "UPDATE reference_binding SET unbound_at = %s WHERE binding_id = ANY(%s) AND unbound_at IS NULL",
            (recorded_at, list(unbound)),
        )
    if bound:
        execute(
            connection,
            "INSERT INTO reference_binding (binding_id, source, reference, participant_id, bound_at, unbound_at)"
            " SELECT id, source, reference, participant_id, %s, CASE WHEN id = ANY(%s) THEN %s::timestamptz END"
            " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::uuid[]) AS given (id, source, reference, participant_id)",
            (
                recorded_at,
                list(unbound),
                recorded_at,
                [binding.id for binding in bound],
                [binding.source for binding in bound],
                [binding.reference for binding in bound],
                [binding.participant_id for binding in bound],
            ),
        )


def _state(connection: Connection, stated: Sequence[Statement], facts: Facts) -> None:
    """Insert new members of chains; a known member can only have become retracted."""
    execute(connection, "CREATE TEMP TABLE IF NOT EXISTS new_statement (LIKE identity_statement) ON COMMIT DELETE ROWS")
    copy_rows(
        connection,
        "new_statement",
        _STATEMENT,
        "uuid uuid uuid text text text text uuid bool timestamptz int8 int2 text[] bytea[] text bool bool".split(),
        ((*_row(statement), facts.mixes(statement.root)) for statement in stated),
    )
    execute(
        connection,
        f"INSERT INTO identity_statement ({', '.join(_STATEMENT)}) SELECT {', '.join(_STATEMENT)} FROM new_statement"
        " ON CONFLICT (uid) DO UPDATE SET retracted = excluded.retracted",
    )


def _identify(connection: Connection, values: Sequence[tuple[Statement, StatedIdentifier]], keys: KeyBatch) -> None:
    """Keep the identifiers of new statements, each as blind index and ciphertext."""
    unique = {(identifier.index, statement.uid): (statement, identifier) for statement, identifier in values}
    if unique:
        copy_rows(
            connection,
            "identifier",
            ("blind_index", "type", "statement", "participant_id", "content", "key_version", "date_incomplete"),
            ("bytea", "text", "uuid", "uuid", "bytea", "int2", "bool"),
            (
                (
                    index,
                    kind,
                    uid,
                    statement.participant_id,
                    keys.seal(
                        statement.participant_id, DataClass.IDENTITY, identifier.value.encode(), index + uid.bytes
                    ),
                    KEY_VERSION,
                    identifier.date_incomplete,
                )
                for ((kind, index), uid), (statement, identifier) in unique.items()
            ),
        )


def _forget(connection: Connection, stated: Sequence[Statement], facts: Facts) -> None:
    """Let go of identifiers that never count again: of what is retracted, and of chains whose root is."""
    dead = {each.root for each in stated if (root := facts.statement(each.root, each.root)) and root.retracted}
    gone = [each.uid for each in stated if each.retracted or each.root in dead]
    if gone:
        execute(
            connection,
            "DELETE FROM identifier WHERE statement IN (SELECT unnest(%s::uuid[]) UNION"
            " SELECT uid FROM identity_statement WHERE root = ANY(%s) AND uid <> root AND NOT retracted)",
            (gone, [each.uid for each in stated if each.uid in dead]),
        )


def _count(connection: Connection, participants: set[ParticipantId], facts: Facts) -> None:
    """What counts now about protection, and which identifiers count."""
    if not participants:
        return
    listed = sorted(participants)
    execute(
        connection,
        "UPDATE participant SET protection = given.level"
        " FROM unnest(%s::uuid[], %s::text[]) AS given (id, level) WHERE participant_id = given.id",
        (listed, [protection_of(facts.statements_in_place(participant)) for participant in listed]),
    )
    current = [statement.uid for participant in listed for statement in facts.live_statements(participant)]
    execute(
        connection,
        "UPDATE identifier SET counts = false WHERE participant_id = ANY(%s) AND counts AND statement <> ALL(%s)",
        (listed, current),
    )
    execute(connection, "UPDATE identifier SET counts = true WHERE statement = ANY(%s) AND NOT counts", (current,))


def _row(statement: Statement) -> tuple[Any, ...]:
    return (
        statement.uid,
        statement.root,
        statement.binding,
        statement.source,
        statement.sent_by,
        statement.reference,
        statement.agency,
        statement.participant_id,
        statement.registers,
        statement.time,
        statement.sequence,
        statement.rank,
        [kind for kind, _ in statement.identifiers],
        [index for _, index in statement.identifiers],
        statement.protection,
        statement.retracted,
    )
