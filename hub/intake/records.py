"""What a record of Kafka holds (placeholder until the other modes come)."""

from collections.abc import Sequence

from hub.intake.reading import Content, read_record


def read_kafka_record(headers: Sequence[tuple[str, bytes]], value: bytes | None) -> Content:
    """One event."""
    return read_record(value or b"")
