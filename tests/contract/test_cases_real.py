"""Every case comes out the same through the real front door and PostgreSQL as through the pure code alone.

And the same on both logs and runners: in one process, and through Kafka and the workers of a cluster.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.store.embedded import Cluster
from hub.tryout.case import read_case
from hub.tryout.compare import compare, question_of
from hub.tryout.observed import Observed, Question
from hub.tryout.pure import PureHub
from hub.tryout.story import Story
from tests.contract.kafka_way import Streams
from tests.contract.real_hub import RealHub, real_hub
from tests.contract.showing import at_its_time, shown
from tests.databases import fresh_database

CASES = sorted((Path(__file__).parents[2] / "examples" / "cases").glob("*.yaml"))


@dataclass(frozen=True, slots=True)
class Played:
    """A story told to both, what each of its questions was answered at its own time, and the hubs at the end."""

    story: Story
    pure: PureHub
    real: RealHub
    asked: list[tuple[Question, Observed]]


@pytest.fixture(
    scope="module",
    params=[(path, way) for way in ("one process", "cluster") for path in CASES],
    ids=lambda param: f"{param[0].stem}, {param[1]}",
)
def played(
    request: pytest.FixtureRequest, cluster: Cluster, streams: Streams, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """A case through both."""
    path, way = request.param
    story = read_case(path)
    pure = PureHub(story)
    pure.play()
    folder = tmp_path_factory.mktemp("hub")
    with ExitStack() as opened:
        database = opened.enter_context(fresh_database(cluster))
        real = opened.enter_context(real_hub(story, database, folder))
        if way == "cluster":
            agencies = sorted(story.registry.authorisations)
            real.way = opened.enter_context(streams.way(real.hub, database, folder, agencies))
        asked: list[tuple[Question, Observed]] = []
        for question in sorted(questions(story), key=lambda each: each.known_at):
            real.play(until=question.known_at)
            asked.append((question, real.look_now(question)))
        real.play()
        yield Played(story, pure, real, asked)


def questions(story: Story) -> list[Question]:
    """What the case asks."""
    return [question_of(story, expectation) for expectation in story.given["expect"]]


def test_a_case_comes_out_as_it_says_through_the_front_door(played: Played) -> None:
    assert compare(played.story, played.real.look_back) == []


def test_the_whole_of_what_is_shown_is_the_same_both_ways(played: Played) -> None:
    real = [shown(played.real.look_back(each), played.story, each) for each in questions(played.story)]
    pure = [shown(played.pure.observe(each), played.story, each) for each in questions(played.story)]

    assert real == pure


def test_what_was_shown_at_the_time_is_what_is_shown_of_that_time_later(played: Played) -> None:
    then = [at_its_time(observed, played.story, question) for question, observed in played.asked]
    later = [at_its_time(played.pure.observe(question), played.story, question) for question, _ in played.asked]

    assert then == later
