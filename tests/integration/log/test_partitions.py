"""The log by months: each has its own partition, made before it is needed, and readers do not notice."""

from dataclasses import replace
from datetime import datetime, timedelta

from hub.log.entries import read_after
from hub.run.housekeeping import keep_house
from hub.run.hub import Hub
from hub.store.database import rows
from schemas.vocabulary import Position
from tests.integration.intake.sending import send, told
from tests.unit.intake.builders import opened, registration


def partition_of(day: datetime) -> str:
    return f"log_entry_{day:%Y_%m}"


def next_month(day: datetime) -> datetime:
    return day.replace(day=1) + timedelta(days=31)


def partitions(hub: Hub) -> list[str]:
    with hub.database.transaction() as connection:
        return [
            row[0]
            for row in rows(
                connection,
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'log_entry'::regclass ORDER BY 1",
            )
        ]


def test_this_months_and_next_months_partition_are_there_from_the_start(hub: Hub) -> None:
    now = hub.now()
    assert partitions(hub) == [partition_of(now), partition_of(next_month(now))]


def test_next_months_partition_is_made_ahead_while_the_hub_runs(hub: Hub) -> None:
    later = hub.now() + timedelta(days=100)
    keep_house(replace(hub, now=lambda: later))
    assert partition_of(next_month(later)) in partitions(hub)


def test_entries_lie_in_the_month_of_their_recording_and_are_read_as_one_log(hub: Hub) -> None:
    later = hub.now() + timedelta(days=100)
    tomorrow = replace(hub, now=lambda: later)
    answers = told([*send(hub, [registration()]), *send(tomorrow, [opened()]), *send(hub, [opened("o2", key="f")])])

    with hub.database.transaction() as connection:
        where = rows(connection, "SELECT tableoid::regclass::text, event_id FROM log_entry ORDER BY position")
        read = [entry.id for entry in read_after(connection, hub.ring, Position(0), 10)]
    # The clock went back after the second entry: recorded time never does.
    assert answers == ["accepted"] * 3
    assert where == [(partition_of(hub.now()), "reg"), (partition_of(later), "o"), (partition_of(later), "o2")]
    assert read == ["reg", "o", "o2"]
