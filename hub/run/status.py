"""How the hub is doing: read models, quarantine and sources, as operators and scripts ask for it (SURFACE 2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from hub import telemetry
from hub.run.hub import Hub
from hub.run.worker import PROJECTION_GROUP
from hub.store.database import rows
from hub.store.progress import SourceState, source_states


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionState:
    """One live read model. `lag_events` are recorded and not yet folded."""

    name: str
    version: int
    position: int
    log_position: int
    lag_events: int
    seconds_since_advance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HubState:
    """Everything `hub status` tells. `held_too_long`: held for more days than the alarm is set to."""

    projections: list[ProjectionState]
    rejected: int
    held: int
    parked: int
    held_too_long: int
    sources: list[SourceState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A participant whose events wait because the first of them could not be folded, for this `error`."""

    projection: str
    participant_id: UUID
    events: int
    first_position: int
    error: str
    parked_at: datetime


def parked(hub: Hub) -> list[Parked]:
    """Who is parked, the longest first."""
    with hub.database.transaction() as connection:
        found = rows(
            connection,
            "SELECT projection, participant_id, count(*), min(parked_event.position),"
            " (array_agg(error ORDER BY parked_event.position))[1], min(parked_at)"
            " FROM parked_event JOIN projection_position USING (projection, version) WHERE live"
            " GROUP BY projection, participant_id ORDER BY min(parked_at), participant_id",
        )
    return [
        Parked(
            projection=projection, participant_id=who, events=events, first_position=first, error=error, parked_at=since
        )
        for projection, who, events, first, error, since in found
    ]


def state(hub: Hub) -> HubState:
    """The state now; a constant number of queries. Sets the gauges too."""
    now = hub.now()
    with hub.database.transaction() as connection:
        projections = [
            ProjectionState(
                name=name,
                version=version,
                position=position,
                log_position=head,
                lag_events=head - position,
                seconds_since_advance=round((now - advanced).total_seconds(), 3),
            )
            for name, version, position, advanced, head in rows(
                connection,
                "SELECT projection, version, projected_to(p), CASE WHEN partitions IS NULL THEN advanced_at ELSE"
                " (SELECT coalesce(max(s.advanced_at), p.advanced_at) FROM stream_position s WHERE stream_group = %s) END,"
                " h.position FROM projection_position p, log_head h WHERE live ORDER BY projection",
                (PROJECTION_GROUP,),
            )
        ]
        held = rows(
            connection,
            "SELECT agency, count(*), count(*) FILTER (WHERE received_at < %s) FROM held_event GROUP BY agency",
            (_alarm_before(hub, now),),
        )
        refused = rows(connection, "SELECT agency, count(*) FROM quarantine WHERE state = 'open' GROUP BY agency")
        set_aside = rows(
            connection,
            "SELECT projection, count(DISTINCT participant_id) FROM parked_event"
            " JOIN projection_position USING (projection, version) WHERE live GROUP BY projection",
        )
        sources = source_states(connection, hub.registry(), now)
    for projection in projections:
        telemetry.POSITION.labels(projection=projection.name).set(projection.position)
        telemetry.LAG.labels(projection=projection.name).set(projection.lag_events)
        telemetry.LOG_POSITION.set(projection.log_position)
    for gauge, column, found in (
        (telemetry.HELD, 1, held),
        (telemetry.HELD_TOO_LONG, 2, held),
        (telemetry.QUARANTINED, 1, refused),
        (telemetry.PARKED, 1, set_aside),
    ):
        gauge.clear()
        for row in found:
            gauge.labels(row[0]).set(row[column])
    return HubState(
        projections=projections,
        rejected=sum(row[1] for row in refused),
        held=sum(row[1] for row in held),
        parked=sum(row[1] for row in set_aside),
        held_too_long=sum(row[2] for row in held),
        sources=sources,
    )


def _alarm_before(hub: Hub, now: datetime) -> datetime:
    return now - timedelta(days=hub.settings.held_alarm_days)
