"""How the clients of kafka-python are set so that nothing is lost: what a sender may say, and what it may not."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from schemas.errors import Misconfigured

SAFE: Mapping[str, Any] = {
    "enable_idempotence": True,
    "acks": "all",
    "max_in_flight_requests_per_connection": 5,
    "compression_type": "lz4",
    "allow_auto_create_topics": False,
}
"""Said in so many words, because kafka-python silently drops idempotence where something else contradicts it."""

_PATIENT: Mapping[str, Any] = {
    "delivery_timeout_ms": 120_000,
    "request_timeout_ms": 30_000,
    "max_block_ms": 30_000,
    "linger_ms": 10,
    "batch_size": 131_072,
    "max_request_size": 1_048_576,
    "reconnect_backoff_max_ms": 1_000,  # its own 30 s are how long it stays away from a broker that is back
}
_READING: Mapping[str, Any] = {
    "group_id": None,  # the outbox knows how far was read
    "enable_auto_commit": False,
    "max_poll_records": 5_000,
}
_TOPIC_PART = re.compile(r"[A-Za-z0-9._-]{1,200}")


def check(agency: str, given: Mapping[str, Any], clients: Sequence[Any]) -> None:
    """Raise Misconfigured for a code that no topic can be named after, and for a setting that none of the clients takes."""
    if not _TOPIC_PART.fullmatch(agency):
        message = f"expected the code of an agency, letters and digits, found {len(agency)} characters of another kind"
        raise Misconfigured(message)
    known = {name for client in clients for name in client.DEFAULT_CONFIG}
    wrong = [name for name, value in given.items() if name not in known or SAFE.get(name, value) != value]
    if wrong:
        message = (
            f"expected settings of kafka-python with which nothing is lost, found {', '.join(wrong)}; leave it out"
        )
        raise Misconfigured(message)


def writing(given: Mapping[str, Any], client: Any) -> dict[str, Any]:  # kafka has no types
    """The settings of a producer: the sender's before our own, but for what keeps its events safe."""
    return _taken({**_PATIENT, **given, **SAFE}, client)


def reading(given: Mapping[str, Any], client: Any) -> dict[str, Any]:  # kafka has no types
    """The settings of a consumer."""
    return _taken({**_PATIENT, **given, **SAFE, **_READING}, client)


def _taken(stated: Mapping[str, Any], client: Any) -> dict[str, Any]:  # kafka has no types
    return {name: value for name, value in stated.items() if name in client.DEFAULT_CONFIG}
