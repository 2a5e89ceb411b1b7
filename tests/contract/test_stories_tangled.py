"""Stories in which the ways once told different things, or the wrong one; each is told all ways."""

from pathlib import Path

import pytest
import yaml

from hub.store.embedded import Cluster
from hub.tryout.compare import compare
from hub.tryout.pure import PureHub
from hub.tryout.shape import mistakes
from hub.tryout.story import Story
from tests.contract.kafka_way import Streams
from tests.contract.real_hub import real_hub
from tests.databases import fresh_database

STORIES = yaml.safe_load(Path(__file__).with_name("tangled.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("given", STORIES, ids=lambda given: given["case"])
def test_a_tangled_story_comes_out_as_it_says_all_ways(
    cluster: Cluster, streams: Streams, tmp_path: Path, given: dict[str, object]
) -> None:
    assert mistakes(given) == []
    story = Story(str(given["case"]), given)
    pure = PureHub(story)
    pure.play()

    with fresh_database(cluster) as database, real_hub(story, database, tmp_path) as real:
        real.play()
        found = [compare(story, pure.observe), compare(story, real.look_back)]
    with fresh_database(cluster) as database, real_hub(story, database, tmp_path) as real:
        with streams.way(real.hub, database, tmp_path, sorted(story.registry.authorisations)) as real.way:
            real.play()
        found.append(compare(story, real.look_back))

    assert found == [[], [], []]
