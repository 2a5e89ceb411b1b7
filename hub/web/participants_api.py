"""Reading about persons over the API: find one, open a timeline. Unknown and not permitted look the same to the byte."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import orjson
from anyio import to_thread
from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from hub.access.policy import Reader, Refused
from hub.access.tokens import Caller
from hub.run.answers import timeline_json
from hub.run.hub import Hub
from hub.run.opening import Question
from hub.run.reading import end_of_day, find_participant, open_timeline
from hub.web.admission import ReadersOf
from hub.web.callers import HubOf, TimelineReader
from hub.web.descriptions import API, problems
from hub.web.problems import CallRefusedError
from hub.web.shapes import SearchAnswerShape, SearchShape, TimelineQuery, TimelineShape
from schemas import codes
from schemas.days import day_of, is_valid
from schemas.vocabulary import ParticipantId

router = APIRouter(prefix=API, tags=["participants"])
_DAY_FORM = len("2026-11-20")
PurposeHeader = Annotated[str | None, Header(alias="Purpose", max_length=64, description="code of the purpose list")]

REFUSALS = problems(
    "parameter_invalid",
    "purpose_missing",
    "purpose_unknown",
    "token_missing",
    "token_invalid",
    "scope_missing",
    "not_found",
)
"""How a read about one person may be refused."""


@router.post(
    "/participant-searches",
    operation_id="search_participants",
    summary="Find a participant by an identifier that is known already",
    response_model=SearchAnswerShape,
    responses=problems(
        "parameter_invalid",
        "purpose_missing",
        "purpose_unknown",
        "token_missing",
        "token_invalid",
        "scope_missing",
        "body_too_large",
    ),
)
async def search_participants(
    hub: HubOf, caller: TimelineReader, search: SearchShape, readers: ReadersOf, purpose: PurposeHeader = None
) -> Response:
    """Empty when there is none, or none that this caller may read about."""
    stated = purpose_of(hub, search.purpose or purpose)
    asked = (search.identifier_type, search.identifier, stated)
    found = await to_thread.run_sync(find_participant, hub, reader_of(caller), *asked, limiter=readers)
    listed = [] if isinstance(found, Refused) else [{"participant_id": str(found)}]
    return Response(orjson.dumps({"participants": listed}), media_type="application/json")


@router.get(
    "/participants/{participant_id}/timeline-entries",
    operation_id="list_timeline_entries",
    summary="One page of a participant's timeline, newest first, with the completeness of its sources",
    response_model=TimelineShape,
    responses=REFUSALS,
)
async def list_timeline_entries(
    hub: HubOf,
    caller: TimelineReader,
    participant_id: str,
    query: Annotated[TimelineQuery, Query()],
    readers: ReadersOf,
    purpose: PurposeHeader = None,
) -> Response:
    """404 for whoever is unknown, protected or not the caller's to read about."""
    question = Question(
        participant_id=participant_of(participant_id),
        purpose=purpose_of(hub, purpose),
        as_of=query.as_of,
        known_at=read_instant(query.known_at),
        kinds=tuple(query.kind),
        page=query.page,
        limit=query.limit,
    )
    return await to_thread.run_sync(_opened, hub, reader_of(caller), question, limiter=readers)


def _opened(hub: Hub, reader: Reader, question: Question) -> Response:
    """Outside the event loop: open, and write the answer."""
    opened = open_timeline(hub, reader, question)
    if isinstance(opened, Refused):
        raise CallRefusedError("not_found")
    return Response(orjson.dumps(timeline_json(opened, question)), media_type="application/json")


def reader_of(caller: Caller) -> Reader:
    """The reader that a token speaks for."""
    return Reader(agency=caller.agency, name=caller.subject, unit=caller.unit, channel="api")


def participant_of(text: str) -> ParticipantId:
    """A participant id as it stands in an address; what is none looks like one that is unknown."""
    try:
        return ParticipantId(UUID(text))
    except ValueError as error:
        raise CallRefusedError("not_found") from error


def read_instant(text: str | None) -> datetime | None:
    """An instant with offset, or a day: the whole day."""
    if text is None:
        return None
    try:
        instant = end_of_day(date.fromisoformat(text)) if len(text) == _DAY_FORM else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        instant = None
    if instant is None or instant.tzinfo is None:
        detail = "Expected known_at as 2026-11-20 or 2026-11-20T09:00:00Z; correct it."
        raise CallRefusedError("parameter_invalid", detail=detail)
    return instant


def purpose_of(hub: Hub, purpose: str | None) -> str:
    """A purpose that may be stated today; whether it suffices, the policy says."""
    if not purpose:
        raise CallRefusedError("purpose_missing")
    stated = codes.find("purpose", purpose)
    if stated is None or not is_valid(stated, day_of(hub.now())):
        raise CallRefusedError("purpose_unknown")
    return purpose
