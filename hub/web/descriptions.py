"""The parts of the API description that belong to whole groups of calls: bodies, answers and problems."""

from typing import Any

from hub.intake.modes import BATCH, PLAIN, SINGLE
from hub.web.problems import CALL_REASONS, MEDIA_TYPE
from hub.web.shapes import ProblemDetails, ReceiptShape, ReceiptsShape
from schemas.event_type import JsonObject
from schemas.examples import sample

Responses = dict[int | str, dict[str, Any]]  # as FastAPI wants them

API = "/samspar/v1"
_OBJECT: JsonObject = {"type": "object"}
_FIRST, _SECOND = sample("participant.registered", 1), sample("enrolment.opened", 2)  # may be sent as they are
_ELEMENT = "A CloudEvent; whatever else stands here gets a rejected receipt and harms no other element."
EVENT_BODIES: JsonObject = {
    "requestBody": {
        "required": True,
        "content": {
            SINGLE: {
                "schema": {**_OBJECT, "description": "A CloudEvent of the contract; see schemas/json."},
                "examples": {"registration": {"value": _FIRST}, "enrolment": {"value": _SECOND}},
            },
            BATCH: {
                "schema": {"type": "array", "items": {"description": _ELEMENT}, "maxItems": 1000},
                "example": [_FIRST, _SECOND],
            },
            PLAIN: {
                "schema": {**_OBJECT, "description": "Binary mode: `data` here, the attributes in ce- headers."},
                "example": _SECOND["data"],
            },
        },
    }
}
_RECEIPT = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReceiptShape"}}}}


def problem_answer(description: str, *, retry: bool = False) -> dict[str, Any]:
    """A problem in the description of a call."""
    answer: dict[str, Any] = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
    if retry:
        answer["headers"] = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
    return answer


def problems(*reasons: str) -> Responses:
    """The problems that a call can end with, by their reasons; every call can end with the last two."""
    described: Responses = {}
    for reason in (*reasons, "internal_error", "store_unavailable"):
        known = CALL_REASONS[reason]
        title = (
            known.title if known.status not in described else f"{described[known.status]['description']}; {known.title}"
        )
        described[known.status] = problem_answer(title, retry=reason in ("too_many_calls", "store_unavailable"))
    return described


def answers_of_intake(*, recorded: bool) -> Responses:
    """Every answer of the front door."""
    single: Responses = {
        200: {
            "description": "duplicate: the first receipt again; a batch: one receipt per event, in the order sent",
            "content": {
                "application/json": {
                    "schema": {
                        "anyOf": [
                            {"$ref": "#/components/schemas/ReceiptShape"},
                            {"$ref": "#/components/schemas/ReceiptsShape"},
                        ]
                    }
                }
            },
        },
        422: {"description": "rejected, with reasons: repair and send again under the same id", **_RECEIPT},
    }
    if recorded:
        single |= {
            201: {"description": "accepted", **_RECEIPT},
            202: {"description": "held until the person or the target is known", **_RECEIPT},
        }
    else:
        single[200]["description"] = (
            "what would be answered: accepted, duplicate or held; a batch: one receipt per event"
        )
    return {
        **single,
        400: problem_answer("The body is not JSON; nothing was recorded"),
        413: problem_answer("More than 5 MiB or 1000 events; nothing was recorded"),
        415: problem_answer("Another content type, charset or a compressed body"),
        **problems("token_missing", "token_invalid", "scope_missing", "body_too_slow", "too_many_calls"),
    }


SHARED_SHAPES = (ProblemDetails, ReceiptShape, ReceiptsShape)
"""Shapes that descriptions above refer to by name."""


def describe(found: JsonObject) -> JsonObject:
    """The generated description with what FastAPI cannot know: tokens, our shapes, and no answers that never come."""
    shapes = found.setdefault("components", {}).setdefault("schemas", {})
    for shape in SHARED_SHAPES:
        schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes |= schema.pop("$defs", {})
        shapes[shape.__name__] = schema
    for name in ("HTTPValidationError", "ValidationError"):
        shapes.pop(name, None)
    found["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "ES256"}
    }
    for path, methods in found["paths"].items():
        for operation in methods.values():
            kept = operation["responses"]
            if "HTTPValidationError" in str(kept.get("422")):
                del kept["422"]
            if path.startswith(API):
                operation["security"] = [{"token": []}]
    return found
