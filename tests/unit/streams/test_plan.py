"""What should be in Kafka, what differs, and what is never mended by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.streams.plan import Grant, Layout, Mend, Resource, Sizes, Topic, differences, is_ours, planned

WANTED = planned(["jobbtorg", "af"], Sizes())
NOTHING = Layout(topics={}, grants=frozenset())


def test_what_was_planned_differs_in_nothing_from_itself() -> None:
    assert differences(WANTED, WANTED) == []


def test_the_canonical_topic_is_kept_for_ever_and_never_compacted() -> None:
    canonical = WANTED.topics["participant.events"]

    assert canonical.configs["cleanup.policy"] == "delete"
    assert (canonical.configs["retention.ms"], canonical.configs["retention.bytes"]) == ("-1", "-1")


def test_the_topics_of_agencies_expire_when_the_installation_says() -> None:
    kept = planned(["af"], Sizes(kept=timedelta(days=3))).topics["agency.af.events"].configs["retention.ms"]

    assert kept == str(3 * 24 * 60 * 60 * 1000)


@pytest.mark.parametrize(("replication", "in_sync"), [(1, "1"), (3, "2")])
def test_as_many_copies_must_be_written_as_one_failure_leaves(replication: int, in_sync: str) -> None:
    wanted = planned(["af"], Sizes(replication=replication))

    assert {topic.configs["min.insync.replicas"] for topic in wanted.topics.values()} == {in_sync}


def test_an_agency_may_do_three_things_with_what_is_its_own() -> None:
    assert sorted(str(grant) for grant in WANTED.grants or () if grant.principal == "User:af") == [
        "User:af may read group agency.af.*",
        "User:af may read topic agency.af.receipts",
        "User:af may write topic agency.af.events",
    ]


def test_an_empty_cluster_lacks_every_topic_and_permission() -> None:
    mends = [each.mend for each in differences(WANTED, NOTHING)]

    assert mends.count(Mend.CREATE) == len(WANTED.topics)
    assert mends.count(Mend.GRANT) == len(WANTED.grants or ())


def test_a_broker_that_asks_nobody_lacks_no_permission() -> None:
    assert differences(WANTED, replace(WANTED, grants=None)) == []


@pytest.mark.parametrize(
    ("topic", "advice"),
    [
        ("participant.events", "set HUB_KAFKA_PARTITIONS to 24"),
        ("agency.af.events", "set HUB_KAFKA_AGENCY_PARTITIONS to 24"),
    ],
)
def test_another_number_of_partitions_is_told_and_left(topic: str, advice: str) -> None:
    more = Topic(partitions=24, configs=WANTED.topics[topic].configs)

    [difference] = differences(WANTED, replace(WANTED, topics={**WANTED.topics, topic: more}))

    assert difference.mend is Mend.NOTHING
    assert advice in difference.action


def test_a_setting_that_was_changed_is_mended() -> None:
    changed = Topic(partitions=12, configs={**WANTED.topics["participant.events"].configs, "cleanup.policy": "compact"})

    [difference] = differences(WANTED, replace(WANTED, topics={**WANTED.topics, "participant.events": changed}))

    assert (difference.mend, difference.name) == (Mend.CONFIGURE, "participant.events cleanup.policy")


def test_a_permission_that_nobody_planned_is_told_and_left() -> None:
    stranger = Grant("User:stranger", "all", Resource.TOPIC, "agency.af.events")

    [difference] = differences(WANTED, replace(WANTED, grants=(WANTED.grants or frozenset()) | {stranger}))

    assert (difference.mend, difference.name) == (Mend.NOTHING, "User:stranger may all topic agency.af.events")


@pytest.mark.parametrize(
    ("name", "prefixed", "ours"),
    [
        ("agency.af.events", False, True),
        ("participant.events", False, True),
        ("samspar.intake", False, True),
        ("*", False, True),
        ("", True, True),
        ("agen", True, True),
        ("agen", False, False),
        ("other.topic", False, False),
        ("other.", True, False),
    ],
)
def test_a_permission_counts_when_it_reaches_what_is_ours(name: str, *, prefixed: bool, ours: bool) -> None:
    assert is_ours(name, prefixed=prefixed) is ours
