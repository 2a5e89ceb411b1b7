"""The web application: API and pages on one hub. Nothing is made at import time."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.staticfiles import StaticFiles

from hub.access.tokens import open_token_check
from hub.run.hub import Hub
from hub.run.together import Together
from hub.web import (
    events_api,
    pages,
    participant_page,
    participants_api,
    plans_api,
    receipts_api,
    refusals,
    service_api,
)
from hub.web.admission import Admission
from hub.web.descriptions import API, describe
from hub.web.middleware import EveryAnswer


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
        redirect_slashes=False,  # an address is there or not; a redirect would repeat the host that the caller named
    )
    app.state.hub = hub
    app.state.tokens = open_token_check(hub.settings)
    app.state.admission = Admission()
    app.state.together = Together()
    for part in (events_api, receipts_api, participants_api, plans_api, service_api, pages, participant_page):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    app.add_api_route(f"{API}/openapi.json", openapi, include_in_schema=False)
    app.add_middleware(EveryAnswer, front_door=events_api.PATHS)
    refusals.add_handlers(app)
    return app


def openapi(request: Request) -> dict[str, Any]:  # the description is any JSON object
    """The API description (OpenAPI 3.1)."""
    app: FastAPI = request.app
    if app.openapi_schema is None:
        app.openapi_schema = describe(
            get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        )
    return app.openapi_schema
