"""The layout of a Kafka cluster, read and mended through kafka-python's admin client."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic, sleep
from typing import Any, TypeVar

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.errors import KafkaError, SecurityDisabledError

from hub.settings import Settings
from hub.streams.plan import Difference, Grant, Layout, Mend, Resource, Sizes, Topic, differences, is_ours, planned
from schemas.errors import StreamUnavailable

_ANYWHERE = "*"
_TIMEOUT_MS = 10_000
_SHOWN_WITHIN_SECONDS = 15.0
_LOOK_SECONDS = 0.1
_RESOURCES = {Resource.TOPIC: ResourceType.TOPIC, Resource.GROUP: ResourceType.GROUP}
_ANY = ACLFilter(
    principal=None,
    host=None,
    operation=ACLOperation.ANY,
    permission_type=ACLPermissionType.ALLOW,
    resource_pattern=ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY),
)
Answer = TypeVar("Answer")


def client_settings(settings: Settings) -> dict[str, Any]:  # whatever kafka-python's clients take
    """How every client of kafka-python reaches the brokers."""
    given: dict[str, Any] = {
        "bootstrap_servers": (settings.kafka_bootstrap_servers or "").split(","),
        "client_id": "samspar",
        "request_timeout_ms": _TIMEOUT_MS,
        "bootstrap_timeout_ms": _TIMEOUT_MS,
        "reconnect_backoff_max_ms": 1_000,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_username is not None:
        given |= {
            "sasl_mechanism": settings.kafka_sasl_mechanism,
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": settings.kafka_password,
        }
    if settings.kafka_ca_file is not None:
        given["ssl_cafile"] = str(settings.kafka_ca_file)
    return given


def layout_of(settings: Settings, codes: Iterable[str]) -> Layout:
    """What there should be for these agencies with these settings."""
    name = settings.kafka_worker_username or settings.kafka_username
    principal = f"User:{name}" if name else Sizes().hub_principal
    return planned(
        codes,
        Sizes(
            partitions=settings.kafka_partitions,
            agency_partitions=settings.kafka_agency_partitions,
            replication=settings.kafka_replication,
            kept=timedelta(days=settings.kafka_kept_days),
            hub_principal=principal,
        ),
    )


@contextmanager
def open_admin(settings: Settings) -> Iterator[KafkaAdminClient]:
    """An admin client. Raises StreamUnavailable when no broker answers or lets us in."""
    admin = asked(lambda: KafkaAdminClient(**client_settings(settings)), settings)
    try:
        yield admin
    finally:
        admin.close()


def read_layout(admin: KafkaAdminClient, settings: Settings, wanted: Layout) -> Layout:
    """What there is of the topics that are wanted, and every permission on the hub's topics and groups."""
    return asked(
        lambda: Layout(topics=_topics(admin, wanted), grants=_grants(admin)),
        settings,
    )


def mend(admin: KafkaAdminClient, settings: Settings, wanted: Layout, listed: Sequence[Difference]) -> Layout:
    """Do what `apply` may do about these differences; what there is when the broker shows it. Again, it does nothing."""
    names = {each.name for each in listed if each.mend is Mend.CREATE}
    touched = {each.name.partition(" ")[0] for each in listed if each.mend is Mend.CONFIGURE}
    granted = [each.grant for each in listed if each.grant is not None]

    def done() -> None:
        if names:
            new = {
                name: {
                    "num_partitions": topic.partitions,
                    "replication_factor": settings.kafka_replication,
                    "configs": dict(topic.configs),
                }
                for name, topic in wanted.topics.items()
                if name in names
            }
            admin.create_topics(new, wait_for_metadata=True)
        if touched:
            admin.alter_configs(
                [ConfigResource(ConfigResourceType.TOPIC, name, dict(wanted.topics[name].configs)) for name in touched],
                incremental=True,
            )
        if granted and (failed := admin.create_acls([_acl(grant) for grant in granted])["failed"]):
            message = f"expected {len(granted)} permissions to be written, found {len(failed)} refused: {failed[0][1]}"
            raise StreamUnavailable(message)

    asked(done, settings)
    until = monotonic() + _SHOWN_WITHIN_SECONDS
    while not _shown(differences(wanted, found := read_layout(admin, settings, wanted))) and monotonic() < until:
        sleep(_LOOK_SECONDS)
    return found


def _shown(left: Sequence[Difference]) -> bool:
    """Whether nothing is left that was mended: a broker answers before all of it is in force."""
    return all(each.mend is Mend.NOTHING for each in left)


def _topics(admin: KafkaAdminClient, wanted: Layout) -> Mapping[str, Topic]:
    there = {
        found["name"]: len(found["partitions"])
        for found in admin.describe_topics(list(wanted.topics))
        if not found["error_code"]
    }
    if not there:
        return {}
    described = admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in there], config_filter="all"
    )["topic"]
    return {
        name: Topic(
            partitions=partitions,
            configs={key: str(config["value"]) for key, config in described[name].items()},
        )
        for name, partitions in there.items()
    }


def _grants(admin: KafkaAdminClient) -> frozenset[Grant] | None:
    """Permissions on the hub's topics and groups; None where the broker has no authorizer."""
    try:
        listed, _ = admin.describe_acls(_ANY)
    except SecurityDisabledError:
        return None
    resources = {kind: resource for resource, kind in _RESOURCES.items()}
    return frozenset(
        grant
        for acl in listed
        if acl.resource_pattern.resource_type in resources
        and is_ours((grant := _grant(acl, resources)).name, prefixed=grant.prefixed)
    )


def _grant(acl: ACL, resources: Mapping[ResourceType, Resource]) -> Grant:
    pattern = acl.resource_pattern
    return Grant(
        acl.principal,
        acl.operation.name.lower(),
        resources[pattern.resource_type],
        pattern.resource_name,
        pattern.pattern_type is ACLResourcePatternType.PREFIXED,
    )


def _acl(grant: Grant) -> ACL:
    pattern = ACLResourcePatternType.PREFIXED if grant.prefixed else ACLResourcePatternType.LITERAL
    return ACL(
        grant.principal,
        _ANYWHERE,
        ACLOperation[grant.operation.upper()],
        ACLPermissionType.ALLOW,
        ResourcePattern(_RESOURCES[grant.resource], grant.name, pattern),
    )


def asked(ask: Callable[[], Answer], settings: Settings) -> Answer:
    """What a client answers. Raises StreamUnavailable, with what was expected, when the broker does not."""
    try:
        return ask()
    except KafkaError as error:
        message = (
            f"expected a Kafka broker at {settings.kafka_bootstrap_servers} that lets us in,"
            f" found {type(error).__name__}; see HUB_KAFKA_BOOTSTRAP_SERVERS, HUB_KAFKA_USERNAME and HUB_KAFKA_PASSWORD"
        )
        raise StreamUnavailable(message) from error
