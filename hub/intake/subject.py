"""Whom an event is about: the two ways to name a person, and the names of organisations and sources (SURFACE 4)."""

from uuid import UUID

from schemas.event_type import EventType
from schemas.reasons import problem
from schemas.receipts import Problem
from schemas.vocabulary import ORGANISATION_URN, PARTICIPANT_URN, SOURCE_URN, About, ParticipantId


def read_subject(
    subject: str, event_type: EventType | None
) -> tuple[str | None, ParticipantId | None, tuple[Problem, ...]]:
    """The sender's reference or the hub's id, or that the subject is of the wrong form for the type."""
    about = event_type.about if event_type else About.PARTICIPANT
    if about is not About.PARTICIPANT:
        form = ORGANISATION_URN if about is About.ORGANISATION else SOURCE_URN
        return None, None, () if subject.startswith(form) else (_wrong_subject(f"{form}…"),)
    if subject.startswith(PARTICIPANT_URN):
        registers = event_type is not None and event_type.name == "participant.registered"
        try:
            hub_id = ParticipantId(UUID(subject.removeprefix(PARTICIPANT_URN)))
        except ValueError:
            return None, None, (_wrong_subject(f"{PARTICIPANT_URN}<uuid>"),)
        return None, hub_id, (_wrong_subject("your own reference"),) if registers else ()
    if subject.startswith((ORGANISATION_URN, SOURCE_URN)):
        return None, None, (_wrong_subject("a reference to a person"),)
    return subject, None, ()


def _wrong_subject(expected: str) -> Problem:
    return problem("attribute_invalid", "/subject", found="another form of subject", expected=expected)
