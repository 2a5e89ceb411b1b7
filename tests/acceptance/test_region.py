"""The synthetic region as files: `hub ingest`, the demo and any lawful interleaving end in the same timelines."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random

import pytest

from hub.intake.reading import Delivery
from hub.run.hub import Hub
from hub.run.importing import AgencyFile, final_statuses, region_files, send_files
from hub.run.ingest import Tally, cloudevents_file
from hub.run.models import TIMELINE
from hub.run.rebuild import verify
from hub.run.steps import receive
from hub.store.embedded import Cluster
from tests.databases import fresh_database, fresh_hub
from tests.integration.hub_commands import Commands
from tests.integration.intake.sending import project_all

PARTICIPANTS, SEED = 50, 7


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `hub synth` writes."""
    folder = tmp_path_factory.mktemp("region")
    hub = Commands({}, folder)
    hub.json("synth", "--participants", str(PARTICIPANTS), "--seed", str(SEED), "--out", "D")
    return folder / "D"


@pytest.fixture(scope="module")
def in_order(cluster: Cluster, region: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The portable digest of the timelines when the files are sent one after the other, as the demo does."""
    folder = tmp_path_factory.mktemp("in-order")
    with fresh_database(cluster) as database, fresh_hub(database, folder) as hub:
        for file in region_files(region):
            send_files(hub, [file], Tally(), lambda _done: None)
        return portable_digest(hub)


def portable_digest(hub: Hub) -> str:
    """What the timelines come to, whoever assigned what."""
    project_all(hub)
    compared = verify(hub, TIMELINE, lambda _done, _total: None)
    assert compared.equal
    return compared.live.portable_digest


def test_the_command_ingests_a_whole_region_and_says_what_became_of_it(
    cluster: Cluster, region: Path, in_order: str, tmp_path: Path
) -> None:
    truth = json.loads((region / "truth.json").read_bytes())
    with fresh_database(cluster) as database:
        hub = Commands(database.environment(tmp_path), tmp_path)
        said = hub.json("ingest", str(region))
        verified = hub.json("verify")

    assert {
        "accepted": said["accepted"],
        "duplicates": said["duplicate"],
        "held": said["held"],
        "rejected": said["rejected"],
        "by_reason": said["by_reason"],
    } == truth["expected"]
    assert said["deliveries"] == truth["deliveries"]
    assert [(each["equal"], each["portable_digest"]) for each in verified] == [(True, in_order)]


@pytest.mark.parametrize("seed", range(2))
def test_any_interleaving_that_keeps_each_sources_order_after_the_registrations_gives_the_same_timelines(
    hub: Hub, region: Path, in_order: str, seed: int
) -> None:
    truth = json.loads((region / "truth.json").read_bytes())
    registrations, rest = registrations_first(region_files(region))
    tally = Tally()
    for file in registrations:
        send_files(hub, [file], tally, lambda _done: None)
    for batch in interleaved(hub, rest, Random(seed)):  # noqa: S311 - a shuffle that can be repeated
        tally.add(batch, receive(hub, batch))

    statuses, reasons = final_statuses(hub, tally)
    assert portable_digest(hub) == in_order
    assert {"accepted": statuses["accepted"], "by_reason": dict(sorted(reasons.items()))} == {
        name: truth["expected"][name] for name in ("accepted", "by_reason")
    }


def registrations_first(files: Sequence[AgencyFile]) -> tuple[list[AgencyFile], list[AgencyFile]]:
    """The files up to the first agency that sends again, and those after."""
    senders: list[str] = []
    for file in files:
        if file.agency in senders:
            break
        senders.append(file.agency)
    return list(files[: len(senders)]), list(files[len(senders) :])


def interleaved(hub: Hub, files: Sequence[AgencyFile], random: Random) -> Iterator[list[Delivery]]:
    """Batches of any size from any source, each source's own in its order."""
    streams = {agency: stream_of(hub, files, agency) for agency in sorted({file.agency for file in files})}
    while streams:
        agency = random.choice(list(streams))
        batch = list(islice(streams[agency], random.randrange(1, 120)))
        if batch:
            yield batch
        else:
            del streams[agency]


def stream_of(hub: Hub, files: Sequence[AgencyFile], agency: str) -> Iterator[Delivery]:
    """What one agency sends."""
    for file in files:
        if file.agency == agency:
            yield from cloudevents_file(hub, file.path, agency)
