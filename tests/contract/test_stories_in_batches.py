"""Whatever is sent together comes to the same as one by one: in one batch, in a few, and cut at every place."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from hub.run.models import TIMELINE
from hub.run.rebuild import verify
from hub.store.embedded import Cluster
from hub.tryout.notation import TODAY
from hub.tryout.observed import Question
from hub.tryout.story import Story
from tests.contract.inventing import stories
from tests.contract.real_hub import real_hub
from tests.contract.showing import shown
from tests.databases import fresh_database

CASES = Path(__file__).parents[2] / "examples" / "cases"
WAITING = ("correction-refused", "held-then-released", "identity-conflict", "reference-rebound", "same-id")
"""Cases in which one delivery changes what becomes of another."""
TANGLED = Path(__file__).with_name("tangled.yaml")
GIVEN = [
    *(yaml.safe_load(path.read_text(encoding="utf-8")) for path in (CASES / f"t-{name}.yaml" for name in WAITING)),
    *yaml.safe_load(TANGLED.read_text(encoding="utf-8")),
]


def told(story: Story, cluster: Cluster, folder: Path, sizes: Sequence[int]) -> tuple[list[dict[str, Any]], str]:
    """What is shown of everybody in a story that came in batches of these sizes, and a digest of the rows.

    The rows are those that a rebuild makes.
    """
    references = sorted({f"{each.source}#{each.body['subject']}" for each in story.deliveries})
    with fresh_database(cluster) as database, real_hub(story, database, folder) as real:
        real.play_together(sizes)
        compared = verify(real.hub, TIMELINE, lambda _reached, _goal: None)
        assert compared.equal
        return [
            shown(real.look_now(question), story, question)
            for reference in references
            for question in [
                Question(
                    as_of=story.given.get("today", TODAY),
                    known_at=story.deliveries[-1].received_at,
                    who=reference,
                )
            ]
        ], compared.live.portable_digest


@pytest.mark.parametrize("given", GIVEN, ids=lambda given: given["case"])
def test_a_story_in_one_batch_equals_one_by_one(cluster: Cluster, tmp_path: Path, given: dict[str, Any]) -> None:
    story = Story(given["case"], given)

    together = told(story, cluster, tmp_path, ())

    assert together == told(story, cluster, tmp_path, [1] * len(story.deliveries))


@settings(
    deadline=None,
    derandomize=True,
    max_examples=5,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stories(), st.lists(st.integers(1, 4), max_size=4))
def test_an_invented_story_in_any_batches_equals_one_by_one(
    cluster: Cluster, tmp_path: Path, story: Story, sizes: list[int]
) -> None:
    assume(not any(delivery.hub_subject for delivery in story.deliveries))  # an id is known only after its receipt

    together = told(story, cluster, tmp_path, sizes)

    assert together == told(story, cluster, tmp_path, [1] * len(story.deliveries))
