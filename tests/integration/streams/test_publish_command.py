"""`hub publish`: files to a real broker and what a real intake worker answers, told as `hub ingest` tells it."""

import json
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest

from hub.run.hub import Hub
from hub.settings import Settings
from hub.store.register import agencies
from hub.streams.broker import Broker
from schemas.errors import Misconfigured
from schemas.event_type import JsonObject
from schemas.topics import events_topic
from tests.contract.kafka_way import SIZES, Streams
from tests.databases import FreshDatabase
from tests.integration.hub_commands import Commands, CommandsHere
from tests.integration.streams.agency_topics import (
    Client,
    answer_all,
    client,
    fresh_agency,
    ids,
    records,
)
from tests.nursery import Nursery
from tests.streams import apply_topics
from tests.unit.intake.builders import event, opened, registration

_RUNS = count(1)


@pytest.fixture
def kafka(broker: Broker) -> Client:
    """How clients reach the broker."""
    return client(broker.address)


@pytest.fixture
def sender(broker: Broker, tmp_path: Path) -> CommandsHere:
    """The command line of somebody at an agency: a broker, and no database."""
    return CommandsHere(sending_to(broker.address, tmp_path), tmp_path)


@pytest.fixture
def answering(hub: Hub, database: FreshDatabase, broker: Broker, nursery: Nursery, tmp_path: Path) -> Iterator[str]:
    """A hub whose workers answer; something that no other test's ids begin with, because the agencies' topics are shared."""
    with hub.database.transaction() as connection:
        codes = [agency.code for agency in agencies(connection)]
    with Streams(broker, nursery).way(hub, database, tmp_path, codes, timeless=True):
        yield f"p{next(_RUNS)}-"


def sending_to(address: str, folder: Path) -> Mapping[str, str]:
    return {"HUB_DATA_DIR": str(folder / "agency"), "HUB_KAFKA_BOOTSTRAP_SERVERS": address}


def lines(path: Path, *events: JsonObject | bytes) -> str:
    """A file of JSON Lines."""
    path.write_bytes(b"\n".join(each if isinstance(each, bytes) else json.dumps(each).encode() for each in events))
    return str(path)


def counts(document: JsonObject) -> dict[str, int]:
    """The counts of a document that are not 0."""
    named = ("accepted", "duplicate", "held", "rejected", "waiting", "unsent")
    return {name: document[name] for name in named if document[name]}


def test_every_event_of_a_file_is_answered_by_the_hub(answering: str, sender: CommandsHere, tmp_path: Path) -> None:
    person = answering
    sent = lines(
        tmp_path / "november.jsonl",
        registration(f"{answering}1", subject=person),
        opened(f"{answering}2", subject=person),
        opened(f"{answering}3", subject=f"{answering}nobody"),
        event(f"{answering}4", "enrolment.opened", {"key": "e", "programme": "astronaut"}, schemaversion=2),
        b"no event",
    )

    first = sender.json("publish", sent, "--agency", "jobbtorg")
    again = sender.run("publish", sent, "--agency", "jobbtorg", "--json", "--strict")

    assert counts(first) == {"accepted": 2, "held": 1, "rejected": 2}
    assert first["deliveries"] == 5
    assert first["by_reason"] == {"code_unknown": 1, "json_syntax": 1, "participant_unknown": 1}
    told = {each["locator"]: (each["id"], each["problems"][0]["reason"]) for each in first["refused"]}
    assert told == {
        "november.jsonl:3": (f"{answering}3", "participant_unknown"),
        "november.jsonl:4": (f"{answering}4", "code_unknown"),
        "november.jsonl:5": (None, "json_syntax"),
    }
    assert again.code == 1
    assert counts(again.document) == {"duplicate": 3, "rejected": 2}
    assert [each["receipt_id"] for each in again.document["refused"]] == [
        each["receipt_id"] for each in first["refused"] if each["locator"] != "november.jsonl:3"
    ]


def test_a_held_event_is_told_as_accepted_once_its_person_is_known(
    answering: str, sender: CommandsHere, tmp_path: Path
) -> None:
    person = f"{answering}J"
    early = lines(tmp_path / "early.jsonl", opened(f"{answering}1", subject=person))
    late = lines(tmp_path / "late.jsonl", registration(f"{answering}2", subject=person))

    told = [sender.json("publish", path, "--agency", "jobbtorg", "--wait", "20") for path in (early, late)]
    rest = sender.json("publish", "--agency", "jobbtorg")

    assert counts(told[0]) == {"held": 1}
    assert counts(told[1])["accepted"] + counts(rest).get("accepted", 0) == 2
    assert (rest["waiting"], rest["held"]) == (0, 0)


def test_a_rejected_event_is_mended_under_the_same_id(answering: str, sender: CommandsHere, tmp_path: Path) -> None:
    wrong, right = (
        event(
            f"{answering}1",
            "enrolment.opened",
            {"key": answering, "programme": code},
            schemaversion=2,
            subject=f"{answering}J",
        )
        for code in ("astronaut", "sfi")
    )
    person = registration(f"{answering}0", subject=f"{answering}J")

    told = [
        sender.json("publish", lines(tmp_path / "day.jsonl", person, each), "--agency", "jobbtorg")
        for each in (wrong, right)
    ]

    assert [counts(each) for each in told] == [{"accepted": 1, "rejected": 1}, {"accepted": 1, "duplicate": 1}]


def test_what_was_refused_for_who_sent_it_is_sent_again_when_asked(
    answering: str, sender: CommandsHere, tmp_path: Path
) -> None:
    sent = lines(tmp_path / "day.jsonl", registration(f"{answering}1", subject=f"{answering}J"))
    wrong = sender.json("publish", sent, "--agency", "af")

    unchanged = sender.json("publish", sent, "--agency", "af", "--again", "--wait", "8")

    assert counts(wrong) == counts(unchanged) == {"rejected": 1}
    assert wrong["refused"] == unchanged["refused"]


def test_events_without_receipts_are_told_and_answered_in_a_later_run(
    kafka: Client, sender: CommandsHere, tmp_path: Path
) -> None:
    agency = fresh_agency(kafka)
    sent = lines(tmp_path / "day.jsonl", opened("o1"), opened("o2"))

    alone = sender.run("publish", sent, "--agency", agency, "--wait", "0")
    answer_all(kafka, agency, "accepted")
    not_read = sender.json("publish", sent, "--agency", agency, "--no-wait")
    later = sender.run("publish", "--agency", agency)

    assert alone.code == later.code == 0
    assert "2 without receipt" in alone.said
    assert "Is a `hub worker intake` running at the hub?" in " ".join(alone.said.split())
    assert counts(not_read) == {"waiting": 2}
    assert "2 deliveries: 2 accepted, 0 duplicate, 0 held, 0 rejected\n" in later.said
    assert sorted(ids(records(kafka, events_topic(agency)))) == ["o1", "o2"]


def test_what_has_no_receipt_is_sent_again_when_asked_and_what_has_one_when_its_file_is_given(
    kafka: Client, sender: CommandsHere, tmp_path: Path
) -> None:
    agency = fresh_agency(kafka)
    sent = lines(tmp_path / "day.jsonl", opened("o1"))
    sender.json("publish", sent, "--agency", agency, "--no-wait")

    sender.json("publish", "--agency", agency, "--no-wait", "--again")
    answer_all(kafka, agency, "accepted")
    answered = sender.json("publish", "--agency", agency)
    sent_again = sender.json("publish", sent, "--agency", agency, "--again", "--wait", "20")

    assert ids(records(kafka, events_topic(agency))) == ["o1", "o1", "o1"]
    assert counts(answered) == {"accepted": 1}
    assert counts(sent_again) == {"duplicate": 1}


def test_a_broker_that_is_away_costs_nothing(broker: Broker, kafka: Client, tmp_path: Path) -> None:
    agency = fresh_agency(kafka)
    sent = lines(tmp_path / "day.jsonl", opened("o1"), opened("o2"))
    sender = Commands(sending_to(broker.address, tmp_path), tmp_path)

    away = sender.run("publish", sent, "--agency", agency, "--json", HUB_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    back = sender.json("publish", "--agency", agency, "--no-wait")

    assert (away.code, counts(away.document), counts(back)) == (1, {"unsent": 2}, {"waiting": 2})
    assert "StreamUnavailable: expected a Kafka broker that lets us in at 127.0.0.1:1" in " ".join(away.logged.split())


def test_folders_batches_and_single_events_are_sent_in_the_order_of_their_names(
    kafka: Client, sender: CommandsHere, tmp_path: Path
) -> None:
    agency, folder = fresh_agency(kafka), tmp_path / "day"
    folder.mkdir()
    lines(folder / "1.jsonl", opened("o1"), b"", opened("o2"))
    (folder / "2.json").write_text(json.dumps([opened("o3"), opened("o4")], indent=2), encoding="utf-8")
    lines(folder / "3.json", opened("o5"))
    (folder / "4.csv").write_text("Kundnr;Program\n", encoding="utf-8")
    (folder / "5.json").write_bytes(b"[1, ")

    told = sender.json("publish", str(folder), "--agency", agency, "--no-wait")

    found = records(kafka, events_topic(agency))
    person = [record for record in found if record.key is not None]
    assert ids(person) == ["o1", "o2", "o3", "o4", "o5"]
    assert [record.value for record in found if record.key is None] == [b"[1, "]
    assert counts(told) == {"waiting": 6}
    assert told["warnings"] == ["1 exported lists were left out: send them where the hub runs, with hub ingest"]


def test_of_a_region_each_agency_publishes_its_own(broker: Broker, sender: CommandsHere, tmp_path: Path) -> None:
    apply_topics(Settings(kafka_bootstrap_servers=broker.address), ["sfi"], SIZES)
    sender.json("synth", "--participants", "5", "--seed", "3", "--out", str(tmp_path / "region"))
    manifest = json.loads((tmp_path / "region" / "manifest.json").read_bytes())
    theirs = [tmp_path / "region" / each["path"] for each in manifest if each["agency"] == "sfi"]

    told = sender.json("publish", str(tmp_path / "region"), "--agency", "sfi", "--no-wait")

    assert theirs
    assert counts(told) == {"waiting": sum(len(each.read_bytes().splitlines()) for each in theirs)}


def test_an_event_that_no_record_holds_is_refused_and_the_others_are_sent(
    kafka: Client, sender: CommandsHere, tmp_path: Path
) -> None:
    agency = fresh_agency(kafka)
    sent = lines(tmp_path / "day.jsonl", opened("o1"), opened("o2", note="x" * 1_000_000), opened("o3"))

    told = sender.run("publish", sent, "--agency", agency, "--no-wait", "--strict", "--json")

    assert told.code == 1
    assert counts(told.document) == {"rejected": 1, "waiting": 2}
    [refused] = told.document["refused"]
    assert (refused["locator"], refused["receipt_id"]) == ("day.jsonl:2", None)
    assert refused["problems"][0]["reason"] == "event_too_large"


def test_what_was_typed_wrong_is_told(sender: CommandsHere, tmp_path: Path) -> None:
    nothing_there = sender.run("publish", "nowhere.jsonl", "--agency", "jobbtorg")
    no_agency = sender.run("publish", str(tmp_path))

    assert (nothing_there.code, no_agency.code) == (1, 2)
    assert "Expected a file or folder, found nothing at nowhere.jsonl" in nothing_there.logged
    assert "--agency" in no_agency.logged
    with pytest.raises(Misconfigured, match="HUB_KAFKA_BOOTSTRAP_SERVERS: expected HOST:PORT"):
        CommandsHere({"HUB_DATA_DIR": str(tmp_path)}, tmp_path).run("publish", "--agency", "jobbtorg")
