"""`hub demo` on an embedded PostgreSQL: what came out equals what truth.json says was planted, however often and crashed."""

import json
import signal
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub.run.digests import Digests
from hub.run.models import TIMELINE
from hub.run.rebuild import verify
from hub.store.embedded import Cluster
from tests.integration.hub_commands import Commands, Ended
from tests.integration.own_database import hub_beside, joined

PARTICIPANTS, SEED = 50, 7
DEMO = ("demo", "--once", "--participants", str(PARTICIPANTS), "--seed", str(SEED), "--json")
FIGURES = ("accepted", "duplicates", "held", "rejected", "by_reason")
Json = Any  # whatever JSON a command prints


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that has run once; its database is kept running so that the next commands need not start it."""

    hub: Commands
    cluster: Cluster
    first: Ended

    @property
    def truth(self) -> Json:
        """What was planted."""
        return truth_in(self.hub.folder)

    def asked(self, statement: str) -> list[tuple[Any, ...]]:  # rows of any shape
        """The answer of the database, as its superuser."""
        with psycopg.connect(self.cluster.url_of("samspar", "hub_superuser")) as connection:
            return connection.execute(statement).fetchall()

    def changed(self, statement: str) -> None:
        """Change the database behind the hub's back."""
        with psycopg.connect(self.cluster.url_of("samspar", "hub_superuser")) as connection:
            connection.execute(statement)


def truth_in(folder: Path) -> Json:
    """The truth of the demo's region."""
    return json.loads((folder / "region" / f"{PARTICIPANTS}-{SEED}" / "truth.json").read_bytes())


@pytest.fixture(scope="module")
def demo(module_data_dir: Path) -> Iterator[Demo]:
    """A fresh demo of fifty people. An earlier attempt was killed while it invented them."""
    unfinished = module_data_dir / "region" / f"{PARTICIPANTS}-{SEED}.new"
    unfinished.mkdir(parents=True)
    (unfinished / "half").touch()
    hub = Commands({"HUB_DATA_DIR": str(module_data_dir)}, module_data_dir)
    first = hub.run(*DEMO, "--fresh")
    with joined(module_data_dir) as cluster:
        yield Demo(hub, cluster, first)


def test_the_first_run_says_what_the_truth_says_was_planted(demo: Demo) -> None:
    said, truth = demo.first.document, demo.truth
    assert demo.first.code == 0
    assert {name: said[name] for name in FIGURES} == truth["expected"]
    assert said["deliveries"] == truth["deliveries"]
    assert said["deliveries"] == said["accepted"] + said["duplicates"] + said["held"] + said["rejected"]
    assert said["participants"] == truth["participants"] == PARTICIPANTS


def test_a_second_run_accepts_nothing_rejects_the_same_and_knows_the_rest(demo: Demo) -> None:
    truth = demo.truth
    again = demo.hub.json(*DEMO[:-1])
    rejected = truth["expected"]["rejected"]
    assert {name: again[name] for name in FIGURES[:-1]} == {
        "accepted": 0,
        "duplicates": truth["deliveries"] - rejected,
        "held": 0,
        "rejected": rejected,
    }
    assert again["by_reason"] == {
        reason: count for reason, count in truth["expected"]["by_reason"].items() if reason != "participant_unknown"
    }
    assert again["timeline_entries"] == demo.first.document["timeline_entries"]


def test_who_is_the_same_person_came_out_as_planted(demo: Demo) -> None:
    bound = demo.asked(
        "SELECT array_agg(source || '#' || reference) FROM reference_binding"
        " WHERE unbound_at IS NULL GROUP BY participant_id"
    )
    assert sorted(sorted(row[0]) for row in bound) == sorted(sorted(each) for each in demo.truth["same_person"])


def test_planted_identity_conflicts_and_other_faults_are_in_the_quarantine(demo: Demo) -> None:
    planted = dict(demo.truth["expected"]["by_reason"])
    held = planted.pop("participant_unknown")
    listed = demo.hub.json("quarantine", "list", "--limit", "1000")
    assert planted["identity_conflict"] > 0
    assert Counter(each["reason"] for each in listed) == planted
    assert demo.asked("SELECT count(*)::int FROM held_event") == [(held,)]


def test_one_altered_row_is_told_with_its_participant_and_mended_alone(demo: Demo) -> None:
    before = demo.hub.json("verify")
    ((participant, thing),) = demo.asked(
        "SELECT participant_id::text, thing::text FROM readmodel.timeline_thing_v1 ORDER BY thing LIMIT 1"
    )
    demo.changed(f"UPDATE readmodel.timeline_thing_v1 SET state = 'struck' WHERE thing = '{thing}'")
    altered = demo.hub.run("verify", "--json")
    rebuilt = demo.hub.json("rebuild", "timeline", "--participant", participant)

    assert [each["equal"] for each in before] == [True]
    assert altered.code == 1
    assert [(each["equal"], each["participants"]) for each in altered.document] == [(False, [participant])]
    assert 0 < rebuilt["events"] < demo.first.document["accepted"]
    assert [digests(demo.cluster, demo.hub.folder).digest] == [each["digest"] for each in before]


def test_a_demo_killed_during_its_import_goes_on_without_loss_or_doubles(demo: Demo, data_dir: Path) -> None:
    hub = Commands({"HUB_DATA_DIR": str(data_dir)}, data_dir)
    killed = [hub.run(*DEMO, HUB_FAILPOINT=point).code for point in ("intake_after_insert:2", "intake_after_commit:2")]
    with joined(data_dir) as cluster:
        last = hub.json(*DEMO[:-1])
        continued = digests(cluster, data_dir)

    hits = (data_dir / "failpoint-hits").read_text(encoding="ascii").split()
    assert (killed, hits) == ([-signal.SIGKILL] * 2, ["intake_after_insert", "intake_after_commit"])
    assert last["deliveries"] == truth_in(data_dir)["deliveries"]
    assert 0 < last["accepted"] < demo.first.document["accepted"]
    assert last["timeline_entries"] == demo.first.document["timeline_entries"]
    assert continued.portable_digest == digests(demo.cluster, demo.hub.folder).portable_digest


def digests(cluster: Cluster, data_dir: Path) -> Digests:
    """What the served timeline comes to, which equals a rebuild of it."""
    with hub_beside(cluster, data_dir) as hub:
        compared = verify(hub, TIMELINE, lambda _done, _total: None)
    assert compared.equal
    return compared.live
