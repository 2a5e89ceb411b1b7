"""Which topics the hub's Kafka has, how they are set, and who may do what with them (SURFACE 5): pure.

Every topic is keyed: its number of partitions is decided once, because raising it would send later events of a key to
another partition than earlier ones, and break their order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from schemas.topics import CANONICAL, events_topic, receipts_topic

HUB_GROUPS = "samspar."
_OURS = ("agency.", CANONICAL, HUB_GROUPS)
_MINUTE = timedelta(minutes=1)
_KEPT_FOR_EVER = "-1"


class Operation(StrEnum):
    """What a principal may do."""

    READ = "read"
    WRITE = "write"


class Resource(StrEnum):
    """With what."""

    TOPIC = "topic"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic: its partitions, and the settings that are not the broker's own."""

    partitions: int
    configs: Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Grant:
    """A principal may do this; `prefixed`: with everything whose name begins so.

    The hub grants Operations; what others have granted may be any operation that Kafka knows.
    """

    principal: str
    operation: str
    resource: Resource
    name: str
    prefixed: bool = False

    def __str__(self) -> str:
        """As lists show it."""
        return f"{self.principal} may {self.operation} {self.resource} {self.name}{'*' if self.prefixed else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Topics by name and who may do what. `grants` None: the broker asks nobody who they are."""

    topics: Mapping[str, Topic]
    grants: frozenset[Grant] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What an installation decides. `hub_principal` is the name under which the hub itself signs in."""

    partitions: int = 12
    agency_partitions: int = 3
    replication: int = 1
    kept: timedelta = timedelta(days=14)
    hub_principal: str = "User:samspar"


class Mend(StrEnum):
    """What `apply` does about a difference."""

    CREATE = "create"
    CONFIGURE = "configure"
    GRANT = "grant"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference between what should be and what is, and what to do about it."""

    mend: Mend
    name: str
    expected: str
    found: str
    action: str
    grant: Grant | None = None


def planned(agencies: Iterable[str], sizes: Sizes) -> Layout:
    """What there should be for these agencies."""
    codes = sorted(agencies)
    expiring = _configs(sizes, retention=str(int(sizes.kept / _MINUTE) * 60_000))
    topics = {
        name: Topic(partitions=sizes.agency_partitions, configs=expiring)
        for code in codes
        for name in (events_topic(code), receipts_topic(code))
    }
    topics[CANONICAL] = Topic(partitions=sizes.partitions, configs=_configs(sizes, retention=_KEPT_FOR_EVER))
    grants = {grant for code in codes for grant in _of_agency(code)} | set(_of_hub(codes, sizes.hub_principal))
    return Layout(topics=MappingProxyType(topics), grants=frozenset(grants))


def differences(wanted: Layout, found: Layout) -> list[Difference]:
    """Everything in which `found` is not as wanted; nothing: there is no drift."""
    listed = [each for name, topic in wanted.topics.items() for each in _of_topic(name, topic, found.topics.get(name))]
    if found.grants is not None and wanted.grants is not None:
        listed += [_missing(grant) for grant in sorted(wanted.grants - found.grants)]
        listed += [_surplus(grant) for grant in sorted(found.grants - wanted.grants)]
    return listed


def is_ours(name: str, *, prefixed: bool) -> bool:
    """Whether a permission on what is called so reaches topics or groups of the hub."""
    return name == "*" or name.startswith(_OURS) or (prefixed and any(ours.startswith(name) for ours in _OURS))


def _configs(sizes: Sizes, *, retention: str) -> Mapping[str, str]:
    return {
        "cleanup.policy": "delete",
        "retention.ms": retention,
        "retention.bytes": "-1",
        "min.insync.replicas": "1" if sizes.replication == 1 else "2",
        "max.message.bytes": str(1024 * 1024),
        "message.timestamp.type": "CreateTime",
    }


def _of_agency(code: str) -> Iterator[Grant]:
    principal = f"User:{code}"
    yield Grant(principal, Operation.WRITE, Resource.TOPIC, events_topic(code))
    yield Grant(principal, Operation.READ, Resource.TOPIC, receipts_topic(code))
    yield Grant(principal, Operation.READ, Resource.GROUP, f"agency.{code}.", prefixed=True)


def _of_hub(codes: Iterable[str], principal: str) -> Iterator[Grant]:
    for code in codes:
        yield Grant(principal, Operation.READ, Resource.TOPIC, events_topic(code))
        yield Grant(principal, Operation.WRITE, Resource.TOPIC, receipts_topic(code))
    yield Grant(principal, Operation.READ, Resource.TOPIC, CANONICAL)
    yield Grant(principal, Operation.WRITE, Resource.TOPIC, CANONICAL)
    yield Grant(principal, Operation.READ, Resource.GROUP, HUB_GROUPS, prefixed=True)


def _of_topic(name: str, wanted: Topic, found: Topic | None) -> Iterator[Difference]:
    if found is None:
        yield Difference(
            mend=Mend.CREATE,
            name=name,
            expected=f"a topic with {wanted.partitions} partitions",
            found="no topic",
            action="run: hub topics apply",
        )
        return
    if found.partitions != wanted.partitions:
        yield Difference(
            mend=Mend.NOTHING,
            name=name,
            expected=f"{wanted.partitions} partitions",
            found=f"{found.partitions} partitions",
            action=_repartition(name, found.partitions),
        )
    for key, value in wanted.configs.items():
        if (now := found.configs.get(key)) != value:
            yield Difference(
                mend=Mend.CONFIGURE,
                name=f"{name} {key}",
                expected=value,
                found=now or "nothing",
                action="run: hub topics apply",
            )


def _repartition(name: str, found: int) -> str:
    setting = "HUB_KAFKA_PARTITIONS" if name == CANONICAL else "HUB_KAFKA_AGENCY_PARTITIONS"
    again = (
        "stop the workers, delete the topic, run hub topics apply and start them: the relay fills it again from the log"
        if name == CANONICAL
        else "stop its sender, let the hub read it to its end, delete the topic, run hub topics apply and restart the intake workers"
    )
    return f"the number is not changed, because a key would change its partition: set {setting} to {found}, or {again}"


def _missing(grant: Grant) -> Difference:
    return Difference(
        mend=Mend.GRANT,
        name=str(grant),
        expected="permission",
        found="none",
        action="run: hub topics apply",
        grant=grant,
    )


def _surplus(grant: Grant) -> Difference:
    return Difference(
        mend=Mend.NOTHING,
        name=str(grant),
        expected="no permission",
        found="permission",
        action="nobody whom the register does not name may use the hub's topics: remove it with the broker's kafka-acls",
    )
