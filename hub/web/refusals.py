"""What a call gets that was not answered: a problem for systems, a page for people, the same for all of them."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from hub import telemetry
from hub.personal_numbers import redacted
from hub.web.middleware import HEADERS, METHODS, REQUEST_ID
from hub.web.problems import CALL_REASONS, RETRY_AFTER_SECONDS, CallRefusedError, refusal
from hub.web.render import page
from hub.web.session import session_of
from schemas.errors import StoreUnavailable

log = structlog.get_logger(__name__)

_FILES = "/static/"
_FOR_SYSTEMS = ("/samspar/", "/health/", "/metrics", _FILES)
_REASON_OF_STATUS = {405: "method_not_allowed", 400: "parameter_invalid", 413: "body_too_large"}
_LAST_ANSWER = ("Connection", "close")
_NOTHING = "Ingen deltagare att visa. Kontrollera uppgifterna eller din behörighet."
_PAGES = {
    404: ("Ingen att visa", _NOTHING),
    403: ("Sidan är inte aktuell längre", "Gå tillbaka, läs in sidan igen och försök på nytt. Inget är sparat."),
    503: ("Samspår svarar inte just nu", "Försök igen om en stund. Inget är sparat."),
}
_NO_PAGE = ("Sidan finns inte", "Kontrollera adressen eller börja om från början.")
_ABOUT_PERSONS = ("/deltagare", "/sok")
_OTHER = ("Det gick inte", "Adressen eller formuläret är inte som vi väntade oss. Inget är sparat.")


def add_handlers(app: FastAPI) -> None:
    """One handler per kind of refusal."""
    app.add_exception_handler(CallRefusedError, _call_refused)
    app.add_exception_handler(RequestValidationError, _parameters_invalid)
    app.add_exception_handler(HTTPException, _no_route)
    app.add_exception_handler(StoreUnavailable, _store_unavailable)
    app.add_exception_handler(Exception, _failed)


async def _call_refused(request: Request, error: Exception) -> Response:
    return _answer(request, error if isinstance(error, CallRefusedError) else CallRefusedError("internal_error"))


async def _parameters_invalid(request: Request, error: Exception) -> Response:
    """Names of parameters only: their values may be about persons, and even a name that nobody asked for may be one."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    named = ", ".join(sorted({".".join(str(step) for step in each["loc"][:2]) for each in found}))
    detail = redacted(f"Expected parameters of the documented form; correct {named}.")
    return _answer(request, CallRefusedError("parameter_invalid", detail=detail))


async def _no_route(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request)
    return _answer(request, CallRefusedError(_REASON_OF_STATUS.get(status, "not_found"), headers=headers))


async def _store_unavailable(request: Request, error: Exception) -> Response:
    log.warning("store_unavailable", cause=str(error))
    return _answer(request, CallRefusedError("store_unavailable"))


async def _failed(request: Request, error: Exception) -> Response:
    """A bug: the server logs the traceback through the redactor, the caller gets a number to report.

    This answer is made outside the middleware, so it sets the headers and counts by itself;
    the server closes the connection after it, and a caller that is not told would send its next call into nothing.
    """
    request_id = str(request.scope.get("state", {}).get("request_id", ""))
    number = request_id[:8].upper()
    log.error("request_failed", error=type(error).__name__, request_id=request_id)
    if _for_systems(request):
        detail = f"Something went wrong in the hub. Report the number {number}."
        answer = refusal(CallRefusedError("internal_error", detail=detail), _instance(request))
    else:
        said = f"Något gick fel hos oss. Inget är sparat. Felnummer {number}."
        answer = _page(request, 500, "Det gick inte att visa sidan", said)
    for name, value in (*HEADERS.items(), (REQUEST_ID, request_id), _LAST_ANSWER):
        answer.headers[name] = value
    telemetry.HTTP_REQUESTS.labels(method=request.method, route=_instance(request), status=500).inc()
    return answer


def _answer(request: Request, error: CallRefusedError) -> Response:
    if _for_systems(request):
        return refusal(error, _instance(request))
    if error.reason == "session_missing":
        return RedirectResponse("/", 303)
    status = CALL_REASONS[error.reason].status
    elsewhere = status == HTTPStatus.NOT_FOUND and not request.url.path.startswith(_ABOUT_PERSONS)
    answer = _page(request, status, *(_NO_PAGE if elsewhere else _PAGES.get(status, _OTHER)))
    answer.headers.update(error.headers)
    if error.reason in RETRY_AFTER_SECONDS:
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS[error.reason])
    return answer


def _allowed(request: Request) -> str:
    """The methods that an address has, by all its routes: the router itself names those of the first alone."""
    path = request.scope["path"]
    if path.startswith(_FILES):
        return "GET, HEAD"

    def has(method: str) -> bool:
        scope: Scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
        return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)

    return ", ".join(filter(has, sorted(METHODS)))


def _page(request: Request, status: int, heading: str, said: str) -> Response:
    hub = request.app.state.hub
    session = session_of(request, hub)
    way_out = ("/sok", "Till sökningen") if session.who else ("/", "Till startsidan")
    return page(request, hub, session, "problem.html", status, heading=heading, said=said, way_out=way_out)


def _for_systems(request: Request) -> bool:
    return request.url.path.startswith(_FOR_SYSTEMS)


def _instance(request: Request) -> str:
    """The address without anything that a caller put into it."""
    return getattr(request.scope.get("route"), "path", "/")
