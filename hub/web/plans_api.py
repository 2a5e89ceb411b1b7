"""Joint plan, findings and previews over the API: the same reading as timelines, the same refusals to the byte."""

from typing import Annotated, TypeVar

import orjson
from anyio import to_thread
from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from hub.access.policy import Reader, Refused
from hub.run.hub import Hub
from hub.run.opening import Question
from hub.run.plan_answers import findings_json, plan_json, suggestion_json
from hub.run.planning import LinesUnknown, Wanted, open_plan, suggest_changes, try_changes
from hub.web.admission import ReadersOf
from hub.web.callers import HubOf, PlanReader
from hub.web.descriptions import API, problems
from hub.web.participants_api import REFUSALS, PurposeHeader, participant_of, purpose_of, read_instant, reader_of
from hub.web.plan_shapes import FindingsShape, PlanQuery, PlanShape, PreviewShape, SuggestionShape
from hub.web.problems import CallRefusedError
from schemas import codes
from schemas.event_type import JsonObject

Told = TypeVar("Told")
router = APIRouter(prefix=f"{API}/participants/{{participant_id}}", tags=["joint plan"])
_LISTS = {
    "activity": "activity",
    "obligation": "obligation",
    "duty": "duty",
    "excludes": "duty",
    "level": "mapping_level",
}


@router.get(
    "/joint-plan",
    operation_id="get_joint_plan",
    summary="One plan out of what all agencies plan, with where each value comes from and what clashes",
    response_model=PlanShape,
    responses=REFUSALS,
)
async def get_joint_plan(
    hub: HubOf,
    caller: PlanReader,
    participant_id: str,
    query: Annotated[PlanQuery, Query()],
    readers: ReadersOf,
    purpose: PurposeHeader = None,
) -> Response:
    """404 for whoever is unknown, protected or not the caller's to read about."""
    question = _question(hub, participant_id, query, purpose, "joint_plan")
    return await to_thread.run_sync(_plan, hub, reader_of(caller), question, limiter=readers)


@router.get(
    "/findings",
    operation_id="list_findings",
    summary="What clashes or is missing, why, who must resolve it and by when",
    response_model=FindingsShape,
    responses=REFUSALS,
)
async def list_findings(
    hub: HubOf,
    caller: PlanReader,
    participant_id: str,
    query: Annotated[PlanQuery, Query()],
    readers: ReadersOf,
    purpose: PurposeHeader = None,
) -> Response:
    """404 for whoever is unknown, protected or not the caller's to read about."""
    question = _question(hub, participant_id, query, purpose, "findings")
    return await to_thread.run_sync(_findings, hub, reader_of(caller), question, limiter=readers)


@router.get(
    "/joint-plan-suggestion",
    operation_id="suggest_joint_plan",
    summary="The smallest change of weekly times that removes clashes and fills the week; a proposal, never applied",
    response_model=SuggestionShape,
    responses=REFUSALS,
)
async def suggest_joint_plan(
    hub: HubOf,
    caller: PlanReader,
    participant_id: str,
    query: Annotated[PlanQuery, Query()],
    readers: ReadersOf,
    purpose: PurposeHeader = None,
) -> Response:
    """Only times that the caller may see are looked at. 404 as for the plan."""
    question = _question(hub, participant_id, query, purpose, "joint_plan_suggestion")
    return await to_thread.run_sync(_suggestion, hub, reader_of(caller), question, limiter=readers)


@router.post(
    "/joint-plan-previews",
    operation_id="preview_joint_plan",
    summary="The joint plan and its findings as they would be with some lines changed; nothing is stored",
    response_model=PlanShape,
    responses=REFUSALS | problems("body_too_large"),
)
async def preview_joint_plan(
    hub: HubOf,
    caller: PlanReader,
    participant_id: str,
    tried: PreviewShape,
    readers: ReadersOf,
    purpose: PurposeHeader = None,
) -> Response:
    """A line that the caller may not see cannot be named. 404 as for the plan."""
    question = _question(hub, participant_id, PlanQuery(as_of=tried.as_of), purpose, "joint_plan_preview")
    wanted = Wanted(
        changed=[(change.line, _given(change, "line")) for change in tried.changed],
        added=[_given(line) for line in tried.added],
        removed=tried.removed,
    )
    for fields in (*(fields for _, fields in wanted.changed), *wanted.added):
        _check_codes(fields)
    return await to_thread.run_sync(_preview, hub, reader_of(caller), question, wanted, limiter=readers)


def _plan(hub: Hub, reader: Reader, question: Question) -> Response:
    return _answer(plan_json(_opened(open_plan(hub, reader, question))))


def _findings(hub: Hub, reader: Reader, question: Question) -> Response:
    return _answer(findings_json(_opened(open_plan(hub, reader, question))))


def _suggestion(hub: Hub, reader: Reader, question: Question) -> Response:
    return _answer(suggestion_json(_opened(suggest_changes(hub, reader, question))))


def _preview(hub: Hub, reader: Reader, question: Question, wanted: Wanted) -> Response:
    shown = try_changes(hub, reader, question, wanted)
    if isinstance(shown, LinesUnknown):
        detail = (
            f"Expected names of lines of the joint plan, found {len(shown.names)} that name none; read the plan again."
        )
        raise CallRefusedError("parameter_invalid", detail=detail)
    return _answer(plan_json(_opened(shown)))


def _opened(answer: Told | Refused) -> Told:
    """What may be told; whoever is refused is told what a stranger is told."""
    if isinstance(answer, Refused):
        raise CallRefusedError("not_found")
    return answer


def _answer(document: JsonObject) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")


def _question(hub: Hub, participant_id: str, query: PlanQuery, purpose: str | None, action: str) -> Question:
    return Question(
        participant_id=participant_of(participant_id),
        purpose=purpose_of(hub, purpose),
        as_of=query.as_of,
        known_at=read_instant(query.known_at),
        action=action,
    )


def _given(model: BaseModel, *without: str) -> JsonObject:
    """The fields that were given, under their names in the contract."""
    return model.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude=set(without))


def _check_codes(fields: JsonObject) -> None:
    for name, code_list in _LISTS.items():
        if fields.get(name) is not None and codes.find(code_list, str(fields[name])) is None:
            raise CallRefusedError(
                "parameter_invalid", detail=f"Expected a code of the list {code_list} as {name}; correct it."
            )
