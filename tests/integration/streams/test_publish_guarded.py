"""`hub publish` on a broker that asks who somebody is: what `hub topics apply` permits an agency is all that it needs."""

import json
from pathlib import Path

import pytest

from hub.streams.broker import Broker
from schemas.errors import StreamUnavailable
from tests.databases import FreshDatabase
from tests.integration.hub_commands import Commands, CommandsHere
from tests.integration.streams.agency_topics import answer_all
from tests.integration.streams.guarded import client, signed_in
from tests.unit.intake.builders import opened


@pytest.fixture
def sent(tmp_path: Path) -> str:
    """A file with one event."""
    path = tmp_path / "day.jsonl"
    path.write_text(json.dumps(opened("o1")), encoding="utf-8")
    return str(path)


def sending_as(name: str, broker: Broker, folder: Path) -> CommandsHere:
    """The command line of an agency, which has a name and a password at the broker and nothing else."""
    return CommandsHere({"HUB_DATA_DIR": str(folder / name), **signed_in(broker, name)}, folder)


def test_before_the_operator_has_made_its_topic_an_agency_is_told_whom_to_ask(
    guarded: Broker, sent: str, tmp_path: Path
) -> None:
    with pytest.raises(
        StreamUnavailable,
        match=r"expected the topic agency\.af\.events to write to at .*, found TopicAuthorizationFailedError; ask the hub's operator",
    ):
        sending_as("af", guarded, tmp_path).run("publish", sent, "--agency", "af")


def test_an_agency_sends_and_reads_with_its_own_permissions_alone(
    guarded: Broker, database: FreshDatabase, sent: str, tmp_path: Path
) -> None:
    operator = CommandsHere({**database.environment(tmp_path), **signed_in(guarded, "operator")}, tmp_path)
    operator.json("topics", "apply")
    sender = sending_as("jobbtorg", guarded, tmp_path)

    first = sender.json("publish", sent, "--agency", "jobbtorg", "--wait", "0")
    answer_all(client("operator", guarded), "jobbtorg", "accepted")
    later = sender.json("publish", "--agency", "jobbtorg")

    assert (first["waiting"], later["accepted"], later["warnings"]) == (1, 1, [])


def test_in_the_name_of_another_agency_nothing_is_sent(
    guarded: Broker, database: FreshDatabase, sent: str, tmp_path: Path
) -> None:
    operator = CommandsHere({**database.environment(tmp_path), **signed_in(guarded, "operator")}, tmp_path)
    operator.json("topics", "apply")
    sender = sending_as("af", guarded, tmp_path)

    with pytest.raises(
        StreamUnavailable, match=r"agency\.jobbtorg\.events to write to .*TopicAuthorizationFailedError"
    ):
        sender.run("publish", sent, "--agency", "jobbtorg", "--outbox", str(tmp_path / "theirs.sqlite"))


def test_a_wrong_password_is_told_without_it_and_events_wait_for_the_right_one(
    guarded: Broker, database: FreshDatabase, sent: str, tmp_path: Path
) -> None:
    operator = CommandsHere({**database.environment(tmp_path), **signed_in(guarded, "operator")}, tmp_path)
    operator.json("topics", "apply")
    settings = {"HUB_DATA_DIR": str(tmp_path / "af"), **signed_in(guarded, "af")}

    refused = Commands(settings, tmp_path).run(
        "publish", sent, "--agency", "af", "--json", HUB_KAFKA_PASSWORD="not-the-password"
    )
    mended = sending_as("af", guarded, tmp_path).json("publish", "--agency", "af", "--no-wait")

    assert (refused.code, refused.document["unsent"]) == (1, 1)
    assert "check the address, the name and the password" in " ".join(refused.logged.split())
    assert "not-the-password" not in refused.said + refused.logged
    assert mended["waiting"] == 1
