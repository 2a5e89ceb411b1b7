"""Topics and permissions by code, on a real broker that asks who somebody is."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    ResourcePattern,
    ResourceType,
)
from kafka.errors import TopicAuthorizationFailedError

from hub.streams.broker import Broker
from schemas.errors import Misconfigured
from tests.databases import FreshDatabase
from tests.integration.hub_commands import Commands, CommandsHere
from tests.integration.streams.guarded import client, signed_in

AGENCIES = 11
PERMISSIONS = AGENCIES * 5 + 3


@pytest.fixture
def hub(database: FreshDatabase, guarded: Broker, tmp_path: Path) -> CommandsHere:
    """The command line of an operator of this broker."""
    return CommandsHere({**database.environment(tmp_path), **signed_in(guarded, "operator")}, tmp_path)


@pytest.fixture
def admin(guarded: Broker) -> Iterator[KafkaAdminClient]:
    """Another admin, who changes what the hub has set."""
    opened = KafkaAdminClient(**client("operator", guarded))
    yield opened
    opened.close()


def test_what_is_missing_is_made_once_and_then_everything_is_as_it_should_be(hub: CommandsHere) -> None:
    before = hub.run("topics", "check", "--json")
    applied = hub.json("topics", "apply")
    again = hub.json("topics", "apply")
    after = hub.json("topics", "check")

    assert before.code == 1
    assert {each["found"] for each in before.document["differences"]} <= {"no topic", "none"}
    assert len(applied["done"]) == len(before.document["differences"])
    assert (again["done"], after["differences"]) == ([], [])
    assert (after["topics"], after["permissions"]) == (2 * AGENCIES + 1, PERMISSIONS)


def test_what_others_changed_is_told_and_set_back(hub: CommandsHere, admin: KafkaAdminClient) -> None:
    hub.run("topics", "apply")
    admin.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, "participant.events", {"retention.ms": "1000"})], incremental=True
    )

    told = hub.run("topics", "check", "--json")
    hub.json("topics", "apply")

    assert told.code == 1
    assert told.document["differences"] == [
        {
            "name": "participant.events retention.ms",
            "expected": "-1",
            "found": "1000",
            "action": "run: hub topics apply",
        }
    ]
    assert hub.json("topics", "check")["differences"] == []


def test_the_partitions_of_a_topic_are_never_raised(hub: CommandsHere) -> None:
    hub.run("topics", "apply")

    refused = hub.run("topics", "apply", "--json", HUB_KAFKA_PARTITIONS="24")

    [difference] = refused.document["differences"]
    assert refused.code == 1
    assert (difference["expected"], difference["found"]) == ("24 partitions", "12 partitions")
    assert "set HUB_KAFKA_PARTITIONS to 12" in difference["action"]


def test_whoever_the_register_does_not_name_is_told(hub: CommandsHere, admin: KafkaAdminClient) -> None:
    hub.run("topics", "apply")
    stranger = ACL(
        "User:stranger",
        "*",
        ACLOperation.ALL,
        ACLPermissionType.ALLOW,
        ResourcePattern(ResourceType.TOPIC, "agency", ACLResourcePatternType.PREFIXED),
    )
    assert not admin.create_acls([stranger])["failed"]

    told = hub.run("topics", "check", "--json")

    assert [each["name"] for each in told.document["differences"]] == ["User:stranger may all topic agency*"]
    assert told.code == 1


def test_an_agency_writes_to_its_own_topic_alone(hub: CommandsHere, guarded: Broker) -> None:
    hub.run("topics", "apply")
    producer = KafkaProducer(**client("jobbtorg", guarded), acks="all", enable_idempotence=True)
    try:
        own = producer.send("agency.jobbtorg.events", b"{}").get(20)
        with pytest.raises(TopicAuthorizationFailedError):
            producer.send("agency.af.events", b"{}").get(20)
        with pytest.raises(TopicAuthorizationFailedError):
            producer.send("participant.events", b"{}").get(20)
    finally:
        producer.close()
    assert own.offset == 0


def test_a_broker_that_is_not_there_or_does_not_let_us_in_is_told_without_the_password(
    database: FreshDatabase, guarded: Broker, tmp_path: Path
) -> None:
    operator = Commands({**database.environment(tmp_path), **signed_in(guarded, "operator")}, tmp_path)

    with ThreadPoolExecutor() as beside:  # each takes as long as the client is patient
        asked = beside.submit(operator.run, "topics", "check", HUB_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
        refused = operator.run("topics", "check", HUB_KAFKA_PASSWORD="not-the-password")
        away = asked.result()

    assert (away.code, refused.code) == (1, 1)
    assert "expected a Kafka broker at 127.0.0.1:1" in " ".join(away.logged.split())
    assert f"expected a Kafka broker at {guarded.address}" in " ".join(refused.logged.split())
    assert "not-the-password" not in refused.said + refused.logged


def test_the_address_of_the_brokers_must_be_set(database: FreshDatabase, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="HUB_KAFKA_BOOTSTRAP_SERVERS: expected HOST:PORT"):
        CommandsHere(database.environment(tmp_path), tmp_path).run("topics", "check")
