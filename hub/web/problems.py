"""Problems as RFC 9457 answers, each with a `reason`: the reasons of the front door, and those of the calls themselves.

`instance` names the resource without any identifier, so that answers about persons are the same for all (DESIGN 8).
"""

from dataclasses import dataclass

import orjson
from starlette.responses import Response

from schemas.event_type import JsonObject
from schemas.receipts import Problem

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:samspar:reason:"


@dataclass(frozen=True, slots=True)
class CallReason:
    """Why a call is refused for how it was made, not for what an event says."""

    status: int
    title: str
    detail: str


CALL_REASONS = {
    "parameter_invalid": CallReason(
        400, "Parameter invalid", "Expected parameters of the documented form; correct the one named."
    ),
    "purpose_missing": CallReason(
        400, "Purpose missing", "Expected the header Purpose with a code of the list of purposes; say why you read."
    ),
    "purpose_unknown": CallReason(
        400, "Purpose unknown", "Expected a purpose that is in the list and valid today; choose one of the list."
    ),
    "token_missing": CallReason(
        401, "Token missing", "Expected the header Authorization with a bearer token; send one."
    ),
    "token_invalid": CallReason(
        401,
        "Token not accepted",
        "Expected a valid ES256 token of our issuer for this hub; ask the issuer for a new one.",
    ),
    "scope_missing": CallReason(
        403, "Not permitted", "Expected a token with the scope that this call needs; ask for it."
    ),
    "not_found": CallReason(
        404, "Nothing to show", "There is nothing to show. Check the details, or your permission to read them."
    ),
    "method_not_allowed": CallReason(
        405, "Method not allowed", "Expected a method that this address has; see the API description."
    ),
    "body_too_large": CallReason(413, "Body too large", "Expected a smaller body."),
    "session_missing": CallReason(403, "Nobody chosen", "Choose a persona first."),
    "form_outdated": CallReason(403, "Form outdated", "Expected the form of this session; open the page again."),
    "body_too_slow": CallReason(408, "Body too slow", "Expected the whole body within a minute; send it again."),
    "too_many_calls": CallReason(
        429,
        "Too many calls at once",
        "Expected fewer deliveries at the same time; wait as Retry-After says, then send again.",
    ),
    "internal_error": CallReason(
        500,
        "Something went wrong in the hub",
        "Nothing was lost: send again, the answer is `duplicate` if it was recorded.",
    ),
    "store_unavailable": CallReason(
        503, "The hub cannot reach its database", "Wait as Retry-After says and send again; nothing is recorded twice."
    ),
}
RETRY_AFTER_SECONDS = {"too_many_calls": 1, "store_unavailable": 2}


class CallRefusedError(Exception):
    """Ends a call with a problem. `headers` are added to the answer."""

    def __init__(self, reason: str, *, detail: str | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
        self.headers = headers or {}


def refusal(error: CallRefusedError, instance: str) -> Response:
    """The answer to a call that was refused for how it was made."""
    known = CALL_REASONS[error.reason]
    headers = dict(error.headers)
    if error.reason in RETRY_AFTER_SECONDS:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS[error.reason])
    return _answer(
        known.status,
        {
            "type": _TYPE + error.reason,
            "title": known.title,
            "status": known.status,
            "detail": error.detail or known.detail,
            "instance": instance,
            "reason": error.reason,
        },
        headers,
    )


def refused_body(problem: Problem, status: int, instance: str) -> Response:
    """The answer to a body that is refused whole; nothing was recorded."""
    return _answer(
        status,
        {
            "type": _TYPE + problem.reason,
            "title": problem.reason.replace("_", " ").capitalize(),
            "status": status,
            "detail": f"Expected: {problem.expected}. Found: {problem.found}. {problem.action}",
            "instance": instance,
            "reason": problem.reason,
            "pointer": problem.pointer,
            "expected": problem.expected,
            "found": problem.found,
            "action": problem.action,
        },
        {},
    )


def _answer(status: int, content: JsonObject, headers: dict[str, str]) -> Response:
    return Response(orjson.dumps(content), status_code=status, media_type=MEDIA_TYPE, headers=headers)
