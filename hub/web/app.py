"""The web application: API and pages on one hub. Nothing is made at import time."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import Response

from hub.access.tokens import open_token_check
from hub.run.hub import Hub
from hub.web import events_api, participants_api, receipts_api, service_api
from hub.web.admission import Admission
from hub.web.descriptions import API, describe
from hub.web.middleware import EveryAnswer
from hub.web.problems import CallRefusedError, refusal
from schemas.errors import StoreUnavailable

log = structlog.get_logger(__name__)


def create_app(hub: Hub) -> FastAPI:
    """API and pages of a hub."""
    app = FastAPI(
        title="Samspår",
        version=service_api.API_VERSION,
        description="One front door for what agencies know about a participant, and one timeline out of it.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
    )
    app.state.hub = hub
    app.state.tokens = open_token_check(hub.settings)
    app.state.admission = Admission()
    for api in (events_api, receipts_api, participants_api):
        app.include_router(api.router)
    app.include_router(service_api.router)
    app.add_api_route(f"{API}/openapi.json", openapi, include_in_schema=False)
    app.add_middleware(EveryAnswer)
    app.add_exception_handler(CallRefusedError, _call_refused)
    app.add_exception_handler(RequestValidationError, _parameters_invalid)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(StoreUnavailable, _store_unavailable)
    app.add_exception_handler(Exception, _failed)
    return app


def openapi(request: Request) -> dict[str, Any]:  # the description is any JSON object
    """The API description (OpenAPI 3.1)."""
    app: FastAPI = request.app
    if app.openapi_schema is None:
        app.openapi_schema = describe(
            get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        )
    return app.openapi_schema


def _instance(request: Request) -> str:
    """The address without anything that a caller put into it."""
    return getattr(request.scope.get("route"), "path", "/")


async def _call_refused(request: Request, error: Exception) -> Response:
    refused = error if isinstance(error, CallRefusedError) else CallRefusedError("internal_error")
    return refusal(refused, _instance(request))


async def _parameters_invalid(request: Request, error: Exception) -> Response:
    """Names of parameters only: their values may be about persons."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    named = ", ".join(sorted({".".join(str(step) for step in each["loc"][:2]) for each in found}))
    detail = f"Expected parameters of the documented form; correct {named}."
    return refusal(CallRefusedError("parameter_invalid", detail=detail), _instance(request))


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    reason = {405: "method_not_allowed", 400: "parameter_invalid"}.get(status, "not_found")
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return refusal(CallRefusedError(reason, headers=headers), _instance(request))


async def _store_unavailable(request: Request, error: Exception) -> Response:
    log.warning("store_unavailable", cause=str(error))
    return refusal(CallRefusedError("store_unavailable"), _instance(request))


async def _failed(request: Request, error: Exception) -> Response:
    """A bug: the server logs the traceback through the redactor, the caller gets the number to report."""
    log.error("request_failed", error=type(error).__name__)
    number = request.scope.get("state", {}).get("request_id", "")
    detail = f"Something went wrong in the hub. Report the number {number[:8].upper()}."
    return refusal(CallRefusedError("internal_error", detail=detail), _instance(request))
