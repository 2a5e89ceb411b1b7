"""The names of the topics (SURFACE 5)."""

CANONICAL = "participant.events"
"""Every accepted event, for the workers."""


def events_topic(agency: str) -> str:
    """Where an agency publishes."""
    return f"agency.{agency}.events"


def receipts_topic(agency: str) -> str:
    """Where an agency reads what became of it."""
    return f"agency.{agency}.receipts"
