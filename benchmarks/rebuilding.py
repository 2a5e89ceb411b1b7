"""A read model built anew from position 0, beside copying its finished rows; and one participant built anew."""

from collections.abc import Iterator
from time import perf_counter

from benchmarks.floor import copy_finished
from benchmarks.importing import fill
from benchmarks.rows import Row, row
from benchmarks.stage import Stage
from hub.log.entries import position_of_head
from hub.run.models import TIMELINE
from hub.run.rebuild import rebuild, rebuild_participant
from hub.store.database import rows


def measure_rebuild(stage: Stage) -> Iterator[Row]:
    """`hub rebuild timeline`: built, compared with the served rows and switched."""
    database = fill(stage)
    whole: list[float] = []
    built: list[float] = []
    rates: list[float] = []
    with stage.hub(database) as hub:
        with hub.database.transaction() as connection:
            events = position_of_head(connection)
        for run in range(stage.runs):
            stage.step(f"rebuild {run + 1}: the hub")
            began = perf_counter()
            stages: list[float] = []
            compared = rebuild(hub, TIMELINE, lambda _done, _goal, ends=stages: ends.append(perf_counter()))  # type: ignore[misc]  # a default binds this run's list
            ended = perf_counter()
            assert compared.equal, "what was built equals what was served"
            stage.step(f"rebuild {run + 1}: the floor")
            floor = copy_finished(hub)
            whole.append(floor / (ended - began))
            built.append(floor / (stages[-1] - began))
            rates.append(events / (stages[-1] - began))
    beside = "COPY of the finished rows into the real indexed table"
    yield row("rebuild", "the timeline built from position 0", beside, "of the floor", built, limit=("at least", 0.06))
    yield row("rebuild", "the same in events a second", "orientation 10,000 on two idle cores", "/s", rates)
    yield row("rebuild", "built, compared row by row with the served one, switched", beside, "of the floor", whole)


def measure_participant(stage: Stage) -> Iterator[Row]:
    """`hub rebuild timeline --participant`: the one with the most events, the slowest time of each run."""
    database = fill(stage)
    slowest: list[float] = []
    with stage.hub(database) as hub:
        with hub.database.transaction() as connection:
            participant, events = rows(
                connection,
                "SELECT participant_id, count(*) FROM log_entry WHERE participant_id IS NOT NULL"
                " GROUP BY participant_id ORDER BY 2 DESC LIMIT 1",
            )[0]
        for run in range(stage.runs):
            stage.step(f"one participant {run + 1}")
            took = []
            for _ in range(5):
                began = perf_counter()
                assert rebuild_participant(hub, TIMELINE, participant) == events
                took.append(perf_counter() - began)
            slowest.append(max(took))
    what = f"one participant with {events} events rebuilt, the slowest of five"
    yield row("participant", what, "the limit alone", "s", slowest, limit=("below", 1))
