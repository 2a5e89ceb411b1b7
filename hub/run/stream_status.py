"""How the cluster's workers and the relay are doing: what is left to read, at which speed, and since when it waits.

Seen from outside the workers: one without partitions cannot tell idle from lost (STREAMING 2.6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from hub import telemetry
from hub.log.entries import position_of_head
from hub.run.hub import Hub
from hub.run.worker import INTAKE_GROUP, PROJECTION_GROUP
from hub.store.database import rows
from hub.store.register import agencies
from hub.streams.looking import ends, stamps
from hub.streams.sending import topic_states
from schemas.topics import CANONICAL, events_topic

_SETTLED_SECONDS = 10.0  # a rate over less says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionState:
    """One partition of a topic that workers read.

    `owner` None: no worker has ever claimed it. `lag`: records left to read. `waiting_seconds`: for how long the first of
    them has waited. `seconds_since_advance` and `events_per_second` are of the position that counts, in PostgreSQL.
    """

    group: str
    topic: str
    partition: int
    owner: str | None
    next_offset: int
    end_offset: int
    events_per_second: float
    seconds_since_advance: float | None
    waiting_seconds: float

    @property
    def lag(self) -> int:
        """Records left to read."""
        return self.end_offset - self.next_offset


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """Everything that `hub status` tells of a cluster. `relay_lag`: log entries that are not in participant.events yet."""

    relay_position: int
    relay_lag: int
    partitions: Sequence[PartitionState]


@dataclass(frozen=True, slots=True)
class _Known:
    owner: str
    topic_id: str
    next_offset: int
    rate: float
    advanced_at: datetime


def stream_state(hub: Hub) -> StreamState:
    """The state now; sets the gauges too. Raises StreamUnavailable when no broker answers."""
    now = hub.now()
    with hub.database.transaction() as connection:
        wanted = {
            INTAKE_GROUP: [events_topic(agency.code) for agency in agencies(connection)],
            PROJECTION_GROUP: [CANONICAL],
        }
        known = _known(connection, now)
        relayed = int(rows(connection, "SELECT position FROM relay_position")[0][0])
        head = position_of_head(connection)
    topics = topic_states(hub.settings, [topic for listed in wanted.values() for topic in listed])
    parts = [
        (group, topic, part)
        for group, listed in wanted.items()
        for topic in listed
        if topic in topics
        for part in range(topics[topic].partitions)
    ]
    end = ends(hub.settings, [(topic, part) for _, topic, part in parts])
    known = {
        each: state for each, state in known.items() if each[1] in topics and state.topic_id == topics[each[1]].topic_id
    }
    next_offsets = {each: known[each].next_offset if each in known else 0 for each in parts}
    lagging = {
        (topic, part): (next_offsets[group, topic, part], end[topic, part])
        for group, topic, part in parts
        if end[topic, part] > next_offsets[group, topic, part]
    }
    stamped = stamps(hub.settings, lagging) if lagging else {}
    end = {**end, **{each: lagging[each][0] for each, stamp in stamped.items() if stamp is None}}
    found = [_state(each, known.get(each), end[each[1:]], stamped.get(each[1:]), now) for each in parts]
    _tell(found, head - relayed)
    return StreamState(relay_position=relayed, relay_lag=head - relayed, partitions=found)


def _state(
    each: tuple[str, str, int], known: _Known | None, end: int, stamp: float | None, now: datetime
) -> PartitionState:
    group, topic, part = each
    waiting = 0.0 if stamp is None else (now - datetime.fromtimestamp(stamp, UTC)).total_seconds()
    return PartitionState(
        group=group,
        topic=topic,
        partition=part,
        owner=None if known is None else known.owner,
        next_offset=0 if known is None else known.next_offset,
        end_offset=end,
        events_per_second=0.0 if known is None else round(known.rate, 1),
        seconds_since_advance=None if known is None else round((now - known.advanced_at).total_seconds(), 1),
        waiting_seconds=round(max(0.0, waiting), 1),
    )


def _known(connection: Connection, now: datetime) -> dict[tuple[str, str, int], _Known]:
    """What the workers have noted; the rate is that of their last measurement, or what came of it since."""
    found = rows(
        connection,
        "SELECT stream_group, topic, part, owner, topic_id, next_offset, rate, advanced_at, rate_from, rate_offset FROM stream_position",
    )
    return {
        (group, topic, part): _Known(
            owner, topic_id, next_offset, _rate(rate, next_offset - begun, (now - since).total_seconds()), advanced
        )
        for group, topic, part, owner, topic_id, next_offset, rate, advanced, since, begun in found
    }


def _rate(measured: float, done: int, seconds: float) -> float:
    return measured if seconds < _SETTLED_SECONDS else done / seconds


def _tell(found: Sequence[PartitionState], relay_lag: int) -> None:
    telemetry.RELAY_LAG.set(relay_lag)
    for gauge in (telemetry.STREAM_LAG, telemetry.STREAM_WAITING, telemetry.STREAM_RATE):
        gauge.clear()
    for each in found:
        labels = {"group": each.group, "topic": each.topic, "partition": str(each.partition)}
        telemetry.STREAM_LAG.labels(**labels).set(each.lag)
        telemetry.STREAM_WAITING.labels(**labels).set(each.waiting_seconds)
        telemetry.STREAM_RATE.labels(**labels).set(each.events_per_second)
