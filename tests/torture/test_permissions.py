"""S16: every agency, every topic, every operation, groups and transactional ids, on a broker that asks who somebody is."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    AuthorizationError,
    ClusterAuthorizationFailedError,
    CoordinatorNotAvailableError,
    NoError,
    TopicAuthorizationFailedError,
    for_code,
)
from kafka.structs import OffsetAndMetadata

from hub.streams.broker import Broker
from schemas.topics import CANONICAL, events_topic, receipts_topic
from tests.databases import FreshDatabase
from tests.integration.hub_commands import CommandsHere
from tests.torture.stack import wait_until

AGENCIES = (
    "af fk flyktingmottagning jobbtorg komvux leverantor migrationsverket participant region sfi socialtjanst".split()
)
TOPICS = [CANONICAL, *(topic for code in AGENCIES for topic in (events_topic(code), receipts_topic(code)))]
USERS = {name: f"{name}-secret" for name in ("operator", *AGENCIES)}
READ_SECONDS = 1.0
OF_TOPICS = ("write", "read", "create", "delete", "describe configs")

Cell = tuple[str, str, str]
"""Who, what, with what."""


@pytest.fixture(scope="module")
def guarded(kafka_jars: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker with a user for every agency."""
    broker = Broker(tmp_path_factory.mktemp("guarded") / "broker", kafka_jars, USERS)
    broker.start()
    yield broker
    broker.stop()


def test_s16_nobody_may_more_than_the_register_says(guarded: Broker, database: FreshDatabase, tmp_path: Path) -> None:
    settings = {
        "HUB_KAFKA_BOOTSTRAP_SERVERS": guarded.address,
        "HUB_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "HUB_KAFKA_SASL_MECHANISM": "PLAIN",
        "HUB_KAFKA_USERNAME": "operator",
        "HUB_KAFKA_PASSWORD": USERS["operator"],
    }
    CommandsHere({**database.environment(tmp_path), **settings}, tmp_path).json("topics", "apply")
    hub = KafkaProducer(**_signed_in(guarded, "operator"), acks="all", enable_idempotence=True)
    for topic in TOPICS:
        hub.send(topic, b"{}", partition=0).get(20)
    hub.close()
    wait_until(lambda: _keeps_groups(guarded), "the broker keeps positions of groups")

    assert _described(guarded, "operator") == {*TOPICS}

    tried: dict[Cell, bool] = {}
    with ThreadPoolExecutor(len(AGENCIES)) as pool:
        for found in pool.map(partial(_everything, guarded), AGENCIES):
            tried |= found

    allowed = {cell for cell, done in tried.items() if done}
    granted = {(code, "write", events_topic(code)) for code in AGENCIES}
    granted |= {(code, "read", receipts_topic(code)) for code in AGENCIES}
    granted |= {(code, "commit for the group", f"agency.{code}.reader") for code in AGENCIES}
    assert allowed == granted
    assert len(tried) == len(AGENCIES) * (len(OF_TOPICS) * len(TOPICS) + len(AGENCIES) + 2 + 1)


def _signed_in(broker: Broker, name: str) -> dict[str, object]:
    return {
        "bootstrap_servers": broker.address,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": name,
        "sasl_plain_password": USERS[name],
    }


def _everything(broker: Broker, code: str) -> dict[Cell, bool]:
    transaction = {(code, "use the transactional id", "samspar"): _transaction(broker, code, "samspar")}
    return _topics(broker, code) | _groups(broker, code) | transaction


def _topics(broker: Broker, code: str) -> dict[Cell, bool]:
    """What an agency could do with every topic. What it could delete is gone: it may delete nothing."""
    found: dict[Cell, bool] = {}
    producer = KafkaProducer(**_signed_in(broker, code), acks="all", enable_idempotence=True, max_block_ms=10_000)
    for topic in TOPICS:
        found[code, "write", topic] = _may(partial(_write, producer, topic))
    producer.close()
    found |= {(code, "read", topic): may for topic, may in _reads(broker, code).items()}
    admin = KafkaAdminClient(**_signed_in(broker, code))
    made = admin.create_topics([f"{topic}.more" for topic in TOPICS], raise_errors=False)["topics"]
    found |= {(code, "create", each["name"].removesuffix(".more")): not _refused(each) for each in made}
    gone = admin.delete_topics(TOPICS, raise_errors=False)["topics"]
    found |= {(code, "delete", topic): not _refused(each) for topic, each in zip(TOPICS, gone, strict=True)}
    admin.close()
    described = _described(broker, code)
    found |= {(code, "describe configs", topic): topic in described for topic in TOPICS}
    return found


def _described(broker: Broker, name: str) -> set[str]:
    """Of which topics somebody sees the settings; every topic has some of its own."""
    admin = KafkaAdminClient(**_signed_in(broker, name))
    shown = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic) for topic in TOPICS])
    admin.close()
    return {topic for listed in shown.values() for topic, settings in listed.items() if settings}


def _reads(broker: Broker, code: str) -> dict[str, bool]:
    """From which topics records come, when all are asked for: each has one."""
    consumer = KafkaConsumer(**_signed_in(broker, code), auto_offset_reset="earliest", group_id=None)
    consumer.assign([TopicPartition(topic, 0) for topic in TOPICS])
    for topic in TOPICS:
        consumer.seek(TopicPartition(topic, 0), 0)
    came: set[str] = set()
    until = monotonic() + READ_SECONDS
    while monotonic() < until or receipts_topic(code) not in came:
        with suppress(TopicAuthorizationFailedError):
            came |= {place.topic for place in consumer.poll(timeout_ms=200)}
        assert monotonic() < until + 20, "not even what it may read"
    consumer.close()
    return {topic: topic in came for topic in TOPICS}


def _groups(broker: Broker, code: str) -> dict[Cell, bool]:
    """Whether an agency could move the position of its own groups, of others' and of the hub's."""
    found: dict[Cell, bool] = {}
    place = TopicPartition(receipts_topic(code), 0)
    admin = KafkaAdminClient(**_signed_in(broker, code))
    for group in (*(f"agency.{other}.reader" for other in AGENCIES), "samspar.intake", "samspar.projections"):
        found[code, "commit for the group", group] = _may(partial(_commit, admin, group, place))
    admin.close()
    return found


def _write(producer: KafkaProducer, topic: str) -> None:
    producer.send(topic, b"{}", partition=0).get(20)


def _commit(admin: KafkaAdminClient, group: str, place: TopicPartition) -> None:
    for answer in admin.alter_group_offsets(group, {place: OffsetAndMetadata(0, "", -1)}).values():
        if answer is not NoError:
            raise answer


def _keeps_groups(broker: Broker) -> bool:
    """Whether the broker has made its topic for that, which it does when it is asked first."""
    admin = KafkaAdminClient(**_signed_in(broker, "operator"))
    try:
        place = TopicPartition(receipts_topic(AGENCIES[0]), 0)
        return {*admin.alter_group_offsets("first", {place: OffsetAndMetadata(0, "", -1)}).values()} == {NoError}
    except CoordinatorNotAvailableError:
        return False
    finally:
        admin.close()


def _transaction(broker: Broker, code: str, transactional_id: str) -> bool:
    producer = KafkaProducer(**_signed_in(broker, code), transactional_id=transactional_id)
    try:
        return _may(producer.init_transactions)
    finally:
        producer.close(timeout=1)


def _may(do: Callable[[], object]) -> bool:
    try:
        do()
    except AuthorizationError:
        return False
    return True


def _refused(answer: dict[str, int]) -> bool:
    return for_code(answer["error_code"]) in {TopicAuthorizationFailedError, ClusterAuthorizationFailedError}
