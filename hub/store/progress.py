"""Completeness per source: kept in the intake transaction, asked for with every answer, replayed for the past."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection

from hub.intake.outcomes import CLAIM_NO_NUMBER, Duplicate, Outcome, Rejected
from hub.intake.registry import Registry, Source
from hub.store.database import execute, rows
from projections.sources.progress import SourceAnswer, SourceProgress

HEARTBEAT = "source.heartbeat"
KEPT_EVERY = 2000
"""How many receipts of all senders lie between two times at which a source's progress is kept."""
_LONGEST_WAY_IN = timedelta(hours=1)  # far more than lies between a delivery's arrival and its receipt
_REPLAYED = "source, sequence, claimed_time, received_at, name, status, counts, problems"
# By the place at which receipts came, which never changes; the cursor of a held one does when it is settled.
# Place 0: it came before places were kept, and what is replayed twice counts once.
_AT_ITS_CURSOR = (
    f"SELECT {_REPLAYED}, cursor AS place FROM receipt WHERE receipt.agency = given.agency"
    " AND cursor > since AND cursor <= upto AND arrival IS NULL"
)
_SETTLED_SINCE = (
    f"SELECT {_REPLAYED}, arrival FROM receipt WHERE receipt.agency = given.agency"
    " AND (arrival > since OR arrival = 0) AND arrival <= upto"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A registered source and how complete it is."""

    agency: str
    source: str
    answer: SourceAnswer


def record_progress(connection: Connection, registry: Registry, outcomes: Iterable[Outcome]) -> None:
    """Count deliveries for their sources, and keep now and then how it stood: one query and two statements per batch."""
    by_source: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        source = outcome.examined.source
        if outcome.examined.counts and source is not None and source in registry.sources:
            by_source.setdefault(source, []).append(outcome)
    if not by_source:
        return
    progress = load_progress(connection, registry, list(by_source))
    for source, listed in by_source.items():
        for outcome in listed:
            count(progress[source], outcome)
        progress[source].forget_before(listed[-1].examined.received_at - registry.sources[source].grace)
    execute(
        connection,
        "INSERT INTO source_progress (source, content) SELECT source, content::jsonb"
        " FROM unnest(%s::text[], %s::text[]) AS given (source, content)"
        " ON CONFLICT (source) DO UPDATE SET content = excluded.content",
        (list(progress), _contents(progress)),
    )
    keep_progress(connection, registry, progress)


def keep_progress(
    connection: Connection, registry: Registry, progress: Mapping[str, SourceProgress], *, every: int = KEPT_EVERY
) -> None:
    """Keep how sources stand, unless that was done less than `every` receipts ago; one statement."""
    execute(
        connection,
        "INSERT INTO source_progress_past (source, cursor, received_to, content)"
        " SELECT source, reached.cursor, received_to, content::jsonb"
        " FROM unnest(%s::text[], %s::text[], %s::timestamptz[], %s::text[]) AS given (agency, source, received_to, content),"
        " LATERAL (SELECT max(cursor) AS cursor FROM receipt WHERE receipt.agency = given.agency) AS reached,"
        " LATERAL (SELECT coalesce(max(p.cursor), 0) AS cursor FROM source_progress_past p"
        " WHERE p.source = given.source) AS kept"
        " WHERE received_to IS NOT NULL AND reached.cursor - kept.cursor >= %s",
        (
            [registry.sources[uri].agency for uri in progress],
            list(progress),
            [each.last_received_at for each in progress.values()],
            _contents(progress),
            every,
        ),
    )


def source_states(connection: Connection, registry: Registry, now: datetime) -> list[SourceState]:
    """How complete every registered source is now; three queries."""
    progress = load_progress(connection, registry, list(registry.sources))
    held = dict(_pairs(connection, "SELECT source, count(*) FROM held_event GROUP BY source"))
    refused = dict(
        _pairs(connection, "SELECT source, count(DISTINCT uid) FROM quarantine WHERE state = 'open' GROUP BY source")
    )
    return _states(registry, progress, held, refused, now)


def source_states_at(connection: Connection, registry: Registry, known_at: datetime) -> list[SourceState]:
    """How complete every source was, replayed from the receipts of what had been received by then; four queries."""
    progress = {uri: SourceProgress.empty(source.first_sequence) for uri, source in registry.sources.items()}
    since = dict.fromkeys(progress, 0)
    for source, cursor, content in rows(
        connection,
        "SELECT DISTINCT ON (source) source, cursor, content FROM source_progress_past"
        " WHERE source = ANY(%s) AND received_to <= %s ORDER BY source, cursor DESC",
        (list(progress), known_at),
    ):
        progress[source], since[source] = SourceProgress.from_json(content), cursor
    for source, sequence, claim, received_at, heartbeat in rows(
        connection,
        "SELECT source, sequence, claimed_time, received_at, name = %s AND status <> 'rejected'"
        " FROM unnest(%s::text[], %s::text[], %s::int8[]) AS given (agency, asked, since),"
        " LATERAL (SELECT coalesce(min(p.cursor), 9223372036854775807) AS upto FROM source_progress_past p"
        " WHERE p.source = asked AND p.received_to > %s::timestamptz + %s) AS kept,"
        f" LATERAL ({_AT_ITS_CURSOR} UNION ALL {_SETTLED_SINCE}) AS came"
        " WHERE source = asked AND counts AND received_at <= %s AND coalesce(problems->0->>'reason', '') <> ALL(%s)"
        " ORDER BY received_at, place",
        (
            HEARTBEAT,
            [registry.sources[uri].agency for uri in since],
            list(since),
            list(since.values()),
            known_at,
            _LONGEST_WAY_IN,
            known_at,
            list(CLAIM_NO_NUMBER),
        ),
    ):
        progress[source].receive(sequence, claim, received_at, heartbeat=bool(heartbeat))
    held = dict(
        _pairs(
            connection,
            "SELECT source, count(*) FROM receipt WHERE held_at <= %s AND (status = 'held' OR recorded_at > %s) GROUP BY source",
            (known_at, known_at),
        )
    )
    refused = dict(
        _pairs(
            connection,
            "SELECT q.source, count(DISTINCT q.uid) FROM quarantine q JOIN receipt ON receipt_id = quarantine_id"
            " WHERE q.received_at <= %s AND (held_at IS NULL OR recorded_at <= %s)"
            " AND (state = 'open' OR settled_at > %s) GROUP BY q.source",
            (known_at, known_at, known_at),
        )
    )
    return _states(registry, progress, held, refused, known_at)


def count(progress: SourceProgress, outcome: Outcome) -> None:
    """Let one delivery of the source move its completeness. Pure."""
    examined = outcome.examined
    nothing = isinstance(outcome, Duplicate) or (
        isinstance(outcome, Rejected) and outcome.problems[0].reason in CLAIM_NO_NUMBER
    )
    if nothing:
        progress.heard(examined.received_at)
        return
    heartbeat = examined.name == HEARTBEAT and not isinstance(outcome, Rejected)
    progress.receive(examined.sequence, examined.claimed_time, examined.received_at, heartbeat=heartbeat)


def load_progress(connection: Connection, registry: Registry, sources: list[str]) -> dict[str, SourceProgress]:
    """How sources stand now; those that have sent nothing too."""
    stored = dict(_pairs(connection, "SELECT source, content FROM source_progress WHERE source = ANY(%s)", (sources,)))
    return {
        uri: SourceProgress.from_json(stored[uri])
        if uri in stored
        else SourceProgress.empty(registry.sources[uri].first_sequence)
        for uri in sources
    }


def _contents(progress: Mapping[str, SourceProgress]) -> list[str]:
    return [orjson.dumps(each.to_json()).decode() for each in progress.values()]


def _states(
    registry: Registry,
    progress: Mapping[str, SourceProgress],
    held: Mapping[str, int],
    refused: Mapping[str, int],
    known_at: datetime,
) -> list[SourceState]:
    def state(source: Source) -> SourceState:
        answer = progress[source.uri].answer(
            known_at,
            grace=source.grace,
            silent_after=source.silent_after,
            held=held.get(source.uri, 0),
            rejected=refused.get(source.uri, 0),
        )
        return SourceState(agency=source.agency, source=source.uri, answer=answer)

    return [state(source) for source in sorted(registry.sources.values(), key=lambda each: (each.agency, each.uri))]


def _pairs(connection: Connection, statement: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, Any]]:
    return [(row[0], row[1]) for row in rows(connection, statement, parameters)]
