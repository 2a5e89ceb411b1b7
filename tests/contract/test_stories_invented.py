"""Invented stories, as tangled as they come, are shown the same by the pure code and through the front door."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from hub.store.embedded import Cluster
from hub.tryout.observed import Question
from hub.tryout.pure import PureHub
from hub.tryout.story import Story
from tests.contract.inventing import AGENCIES, AS_OF, REFERENCES, stories
from tests.contract.kafka_way import Streams
from tests.contract.real_hub import RealHub, real_hub
from tests.contract.showing import at_its_time, shown
from tests.databases import fresh_database


@contextmanager
def told(story: Story, cluster: Cluster, folder: Path) -> Iterator[RealHub]:
    """A real hub that has heard nothing of the story yet."""
    with fresh_database(cluster) as database, real_hub(story, database, folder) as real:
        yield real


def questions(story: Story) -> list[Question]:
    """The first person after every delivery, and in the end whoever is behind each reference."""
    moments = sorted({delivery.received_at for delivery in story.deliveries})
    everybody = [f"{agency}#{reference}" for agency in AGENCIES for reference in REFERENCES]
    return [Question(as_of=AS_OF, known_at=moment) for moment in moments] + [
        Question(as_of=AS_OF, known_at=moments[-1], who=who) for who in everybody
    ]


@settings(
    deadline=None,
    derandomize=True,
    max_examples=12,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stories())
def test_an_invented_story_is_shown_the_same_both_ways_at_every_moment_and_looking_back(
    cluster: Cluster, tmp_path: Path, story: Story
) -> None:
    pure = PureHub(story)
    pure.play()

    with told(story, cluster, tmp_path) as real:
        then = []
        for question in questions(story):
            real.play(until=question.known_at)
            then.append(at_its_time(real.look_now(question), story, question))
        later = [shown(real.look_back(question), story, question) for question in questions(story)]

    observed = [(question, pure.observe(question)) for question in questions(story)]
    assert then == [at_its_time(seen, story, question) for question, seen in observed]
    assert later == [shown(seen, story, question) for question, seen in observed]


@settings(
    deadline=None,
    derandomize=True,
    max_examples=3,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stories())
def test_an_invented_story_through_kafka_is_shown_the_same_looking_back(
    cluster: Cluster, streams: Streams, tmp_path: Path, story: Story
) -> None:
    pure = PureHub(story)
    pure.play()

    with fresh_database(cluster) as database, real_hub(story, database, tmp_path) as real:
        with streams.way(real.hub, database, tmp_path, sorted(story.registry.authorisations)) as real.way:
            real.play()
        later = [shown(real.look_back(question), story, question) for question in questions(story)]

    assert later == [shown(pure.observe(question), story, question) for question in questions(story)]
