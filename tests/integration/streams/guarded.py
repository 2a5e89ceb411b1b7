"""A broker that asks who somebody is, and how its users sign in."""

from collections.abc import Mapping

from hub.streams.broker import Broker

USERS = {"operator": "o-secret", "samspar": "s-secret", "jobbtorg": "j-secret", "af": "a-secret"}


def signed_in(broker: Broker, name: str) -> Mapping[str, str]:
    """The settings with which somebody signs in."""
    return {
        "HUB_KAFKA_BOOTSTRAP_SERVERS": broker.address,
        "HUB_KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
        "HUB_KAFKA_SASL_MECHANISM": "PLAIN",
        "HUB_KAFKA_USERNAME": name,
        "HUB_KAFKA_PASSWORD": USERS[name],
    }


def client(name: str, broker: Broker) -> dict[str, str]:
    """The same for a client of kafka-python."""
    return {
        "bootstrap_servers": broker.address,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": name,
        "sasl_plain_password": USERS[name],
    }
