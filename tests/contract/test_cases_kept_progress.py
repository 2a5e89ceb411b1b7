"""The past of a source is the same whether it is replayed from the beginning or from where its progress was kept."""

from pathlib import Path

import pytest

from hub.store.progress import keep_progress, load_progress
from hub.tryout.case import read_case
from hub.tryout.compare import compare
from tests.contract.real_hub import RealHub, real_hub
from tests.databases import FreshDatabase

CASES = [
    path
    for path in sorted((Path(__file__).parents[2] / "examples" / "cases").glob("t-*.yaml"))
    if any("sources" in expectation for expectation in read_case(path).given["expect"])
]


def keep(real: RealHub) -> None:
    """Keep how all sources stand, however few receipts there are."""
    registry = real.hub.registry()
    with real.hub.database.transaction() as connection:
        keep_progress(connection, registry, load_progress(connection, registry, list(registry.sources)), every=1)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_with_its_progress_kept_after_every_delivery_comes_out_as_it_says(
    path: Path, database: FreshDatabase, tmp_path: Path
) -> None:
    story = read_case(path)

    with real_hub(story, database, tmp_path) as real:
        for delivery in story.deliveries:
            real.play(until=delivery.received_at)
            keep(real)
        found = compare(story, real.look_back)

    assert found == []
