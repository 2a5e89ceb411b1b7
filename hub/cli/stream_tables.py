"""What `hub status` tells of a cluster: its workers, the worst first, and the partitions that lag."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from hub.cli.output import console, print_table
from hub.run.hub import Hub
from schemas.errors import StreamUnavailable

if TYPE_CHECKING:
    from hub.run.stream_status import PartitionState, StreamState

_SHOWN = 12


def look_at_streams(hub: Hub) -> "StreamState | str | None":
    """The state, why there is none, or None for a hub without Kafka."""
    if hub.settings.kafka_bootstrap_servers is None:
        return None

    from hub.run.stream_status import stream_state  # noqa: PLC0415 - an import that only who has Kafka should wait for

    try:
        return stream_state(hub)
    except StreamUnavailable as error:
        return str(error)


def streams_json(found: "StreamState | str | None") -> dict[str, object]:
    """For machines; nothing for a hub without Kafka."""
    if found is None:
        return {}
    if isinstance(found, str):
        return {"streams": {"error": found}}
    return {
        "streams": {
            "relay": {"position": found.relay_position, "lag_events": found.relay_lag},
            "partitions": [asdict(each) | {"lag_events": each.lag} for each in found.partitions],
        }
    }


def print_streams(found: "StreamState | str | None") -> None:
    """For people: a line for each worker, and what lags."""
    if found is None:
        return
    if isinstance(found, str):
        console.print(f"[bold red]Kafka:[/] {found}")
        return
    console.print(f"Relay: at position {found.relay_position}, {found.relay_lag} entries of the log left to send.")
    owners = {(each.group, each.owner) for each in found.partitions}
    workers = [
        _worker(group, owner, [each for each in found.partitions if (each.group, each.owner) == (group, owner)])
        for group, owner in owners
    ]
    print_table(
        "Workers, the most to do first",
        ("group", "worker", "partitions", "lag", "events/s", "first waits", "last advance"),
        [row for _, row in sorted(workers, key=lambda each: each[0])],
        "No topic to read: run hub topics apply.",
    )
    lagging = sorted((each for each in found.partitions if each.lag), key=lambda each: -each.lag)
    print_table(
        "Partitions that lag",
        ("topic", "partition", "worker", "lag", "events/s", "first waits", "last advance"),
        [
            (
                each.topic,
                each.partition,
                each.owner,
                each.lag,
                each.events_per_second,
                _long(each.waiting_seconds),
                _since(each.seconds_since_advance),
            )
            for each in lagging[:_SHOWN]
        ],
        "Everything published is read.",
    )
    if len(lagging) > _SHOWN:
        console.print(f"… and {len(lagging) - _SHOWN} more. See all with: hub status --json")


def _worker(
    group: str, owner: str | None, own: Sequence["PartitionState"]
) -> tuple[tuple[int, str, str], tuple[object, ...]]:
    lag = sum(each.lag for each in own)
    advanced = [each.seconds_since_advance for each in own if each.seconds_since_advance is not None]
    row = (
        group,
        owner or "nobody: start one with hub worker",
        len(own),
        lag,
        round(sum(each.events_per_second for each in own), 1),
        _long(max(each.waiting_seconds for each in own)),
        _since(min(advanced, default=None)),
    )
    return (-lag, group, owner or ""), row


def _long(seconds: float) -> str | None:
    return f"{seconds:.1f} s" if seconds else None


def _since(seconds: float | None) -> str | None:
    return None if seconds is None else f"{seconds:.1f} s ago"
