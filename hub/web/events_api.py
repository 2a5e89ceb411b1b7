"""The front door: POST events, and the same without writing anything."""

from collections.abc import Callable, Sequence
from uuid import uuid4

import orjson
from anyio import to_thread
from fastapi import APIRouter, Request
from starlette.responses import Response

from hub.access.tokens import Caller
from hub.intake.reading import CallRefused, Delivery
from hub.run.answers import receipt_json
from hub.run.hub import Hub
from hub.run.steps import dry_run
from hub.run.together import Together
from hub.web.admission import Admission
from hub.web.bodies import media_type, read_body
from hub.web.callers import HubOf, Sender
from hub.web.descriptions import API, EVENT_BODIES, answers_of_intake
from hub.web.problems import refused_body
from schemas.event_type import JsonObject
from schemas.receipts import Receipt, Status

_REJECTED = 422
_EVENTS, _VALIDATIONS = "/events", "/event-validations"
PATHS = frozenset((API + _EVENTS, API + _VALIDATIONS))
"""Where bodies may be large: Admission bounds them, with reasons of its own."""
router = APIRouter(prefix=API, tags=["events"])
_STATUS = {Status.ACCEPTED: 201, Status.DUPLICATE: 200, Status.HELD: 202, Status.REJECTED: _REJECTED}
Step = Callable[[Hub, Sequence[Delivery]], list[Receipt]]


@router.post(
    _EVENTS,
    operation_id="send_events",
    summary="Send one event or a batch; every delivery gets exactly one receipt",
    response_class=Response,
    responses=answers_of_intake(recorded=True),
    openapi_extra=EVENT_BODIES,
)
async def send_events(request: Request, hub: HubOf, sender: Sender) -> Response:
    """Judge, record, answer: what the answer says is committed."""
    together: Together = request.app.state.together
    answer = await _answered(request, hub, sender, together.receive)
    hub.failpoints.reach("intake_before_answer")
    return answer


@router.post(
    _VALIDATIONS,
    operation_id="validate_events",
    summary="The receipts that the events would get now; nothing is written",
    response_class=Response,
    responses=answers_of_intake(recorded=False),
    openapi_extra=EVENT_BODIES,
)
async def validate_events(request: Request, hub: HubOf, sender: Sender) -> Response:
    """The same bodies and answers as for sending."""
    return await _answered(request, hub, sender, dry_run)


async def _answered(request: Request, hub: Hub, sender: Caller, step: Step) -> Response:
    stated = media_type(request.headers)
    if isinstance(stated, CallRefused):
        return _refused(stated, request)
    admission: Admission = request.app.state.admission
    async with admission.place(sender.agency) as place:
        body = await place.body(request)
        if isinstance(body, CallRefused):
            return _refused(body, request)
        return await to_thread.run_sync(
            _judged, hub, sender.agency, request, stated, body, step, limiter=admission.limiter
        )


def _judged(hub: Hub, agency: str, request: Request, stated: str, body: bytes, step: Step) -> Response:
    """Outside the event loop: read, judge and write the answer."""
    sent = read_body(stated, request.headers, body)
    if isinstance(sent, CallRefused):
        return _refused(sent, request)
    call, received_at = uuid4().hex, hub.now()
    deliveries = [
        Delivery(agency=agency, channel="http", locator=f"{call}/{at}", received_at=received_at, content=content)
        for at, content in enumerate(sent.contents)
    ]
    receipts = step(hub, deliveries) if deliveries else []
    if sent.batch:
        return _json({"receipts": [receipt_json(receipt) for receipt in receipts]}, 200)
    status = _STATUS[receipts[0].status]
    return _json(receipt_json(receipts[0]), 200 if step is dry_run and status != _REJECTED else status)


def _refused(refused: CallRefused, request: Request) -> Response:
    return refused_body(refused.problem, refused.http_status, request.url.path)


def _json(content: JsonObject, status: int) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
