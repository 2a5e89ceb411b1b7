"""Loads what is stated about who people are: of every chain its root and its last members, however long it has become."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from hub.intake.chains import Line
from hub.intake.facts import Facts
from hub.intake.identity import STATING
from hub.intake.outcomes import Examined, Statement
from hub.store.database import rows
from schemas.vocabulary import BindingId, EventUid, ParticipantId

_CORRECTED, _RETRACTED = "participant.corrected", "participant.retracted"
_ABOUT_IDENTITY = frozenset((*STATING, _CORRECTED, _RETRACTED))

_FIND_PEOPLE = """
SELECT participant_id FROM identifier WHERE counts AND blind_index = ANY(%s)
UNION SELECT participant_id FROM identity_statement WHERE uid = ANY(%s)
UNION SELECT unnest(%s::uuid[])
"""
_COLUMNS = (
    "uid, root, binding_id, source, coalesce(sent_by, source), reference, agency, participant_id, registers, time,"
    " sequence, rank, types, indexes, protection, retracted"
)
_LAST = f"""
SELECT {_COLUMNS} FROM identity_statement AS member
WHERE member.root = root.uid AND member.uid <> member.root AND NOT member.retracted
AND coalesce(member.sent_by, member.source) = source.uri AND member.sequence IS {{}}
ORDER BY member.sequence DESC, member.time DESC, member.rank DESC, member.uid DESC LIMIT %s
"""
_LOAD = f"""
WITH root AS (SELECT {_COLUMNS} FROM identity_statement WHERE participant_id = ANY(%s) AND uid = root)
SELECT * FROM root UNION
SELECT {_COLUMNS} FROM identity_statement WHERE uid = ANY(%s) UNION
SELECT last.* FROM root JOIN source ON source.agency = root.agency
CROSS JOIN LATERAL (({_LAST.format("NOT NULL")}) UNION ALL ({_LAST.format("NULL")})) AS last
"""
_LOAD_TIMES = """
SELECT participant_id, source, sequence, time FROM (
    SELECT participant_id, source, sequence, time,
        max(time) OVER (PARTITION BY participant_id, source ORDER BY sequence) AS latest
    FROM log_entry WHERE participant_id = ANY(%s) AND sequence IS NOT NULL
) AS paced WHERE time = latest
"""


def find_people(connection: Connection, facts: Facts, events: Iterable[Examined]) -> set[ParticipantId]:
    """Every participant whom these events may register, link or correct."""
    concerned = [examined for examined in events if examined.name in _ABOUT_IDENTITY]
    if not concerned:
        return set()
    indexes = {index for examined in concerned for _, index in (each.index for each in examined.identifiers)}
    targets = {examined.target.uid for examined in concerned if examined.target is not None}
    bindings = [facts.bindings.get((examined.source or "", examined.reference or "")) for examined in concerned]
    named = {binding.participant_id for binding in bindings if binding is not None}
    named |= {examined.hub_id for examined in concerned if examined.hub_id is not None}
    return {
        ParticipantId(row[0]) for row in rows(connection, _FIND_PEOPLE, (list(indexes), list(targets), list(named)))
    }


def load_statements(
    connection: Connection, facts: Facts, events: Iterable[Examined], people: set[ParticipantId]
) -> None:
    """What counts about people, and what may count once these events have retracted what they can."""
    concerned = [examined for examined in events if examined.name in _ABOUT_IDENTITY]
    targets = [examined.target.uid for examined in concerned if examined.target is not None]
    if not people:
        return
    last = 1 + sum(examined.name == _RETRACTED for examined in concerned)
    loaded = [_statement(row) for row in rows(connection, _LOAD, (list(people), targets, last, last))]
    for statement in loaded:
        facts.put_statement(statement)
    paced = _paced(loaded, _lines_of(concerned), people)
    if paced:
        for participant_id, source, sequence, time in rows(connection, _LOAD_TIMES, (list(paced),)):
            facts.put_time(ParticipantId(participant_id), source, sequence, time)


def _lines_of(concerned: Iterable[Examined]) -> Mapping[str, set[Line]]:
    """How the agencies number the corrections that they send here."""
    lines: dict[str, set[Line]] = {}
    for examined in concerned:
        if examined.source and examined.name == _CORRECTED:
            lines.setdefault(examined.agency, set()).add((examined.source, examined.sequence is not None))
    return lines


def _paced(
    loaded: Iterable[Statement], lines: Mapping[str, set[Line]], people: set[ParticipantId]
) -> set[ParticipantId]:
    """The people whose other events decide which correction counts: of a chain that mixes numbers, or may do so now."""
    if any(len(each) > 1 for each in lines.values()):
        return people
    found: dict[tuple[ParticipantId, EventUid], set[Line]] = {}
    for statement in loaded:
        if statement.uid != statement.root and not statement.retracted:
            of_chain = found.setdefault(
                (statement.participant_id, statement.root), set(lines.get(statement.agency, ()))
            )
            of_chain.add((statement.sent_by, statement.sequence is not None))
    return {participant_id for (participant_id, _), of_chain in found.items() if len(of_chain) > 1}


def _statement(row: tuple[Any, ...]) -> Statement:
    return Statement(
        uid=EventUid(row[0]),
        root=EventUid(row[1]),
        binding=BindingId(row[2]),
        source=row[3],
        sent_by=row[4],
        reference=row[5],
        agency=row[6],
        participant_id=ParticipantId(row[7]),
        registers=row[8],
        time=row[9],
        sequence=row[10],
        rank=row[11],
        identifiers=tuple(zip(row[12], row[13], strict=True)),
        protection=row[14],
        retracted=row[15],
    )
