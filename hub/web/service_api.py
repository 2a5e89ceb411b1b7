"""What the API is, whether the hub is well, and its metrics for this machine."""

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from hub import telemetry
from hub.store.database import rows
from hub.web.callers import HubOf
from hub.web.descriptions import problems
from hub.web.problems import CallRefusedError
from hub.web.shapes import ApiInfoShape, HealthShape

router = APIRouter(tags=["service"])
API_VERSION = "1.0.0"
RELEASED = date(2026, 11, 24)
_PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_LOCAL = ("127.0.0.1", "::1")
_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/samspar/api-info", operation_id="api_info", summary="Name, version and state of the API")
def api_info() -> ApiInfoShape:
    """As the Swedish REST profile asks."""
    return ApiInfoShape(
        api_name="Samspår",
        api_version=API_VERSION,
        api_released=RELEASED,
        api_documentation="/samspar/v1/openapi.json",
        api_status="alpha",
    )


@router.get("/health/live", operation_id="health_live", summary="The process answers")
async def live() -> HealthShape:
    """Always, as long as anything can answer: asynchronous, so that it waits for no thread."""
    return HealthShape(status="live")


@router.get(
    "/health/ready",
    operation_id="health_ready",
    summary="The database answers, so that deliveries can be taken",
    response_model=HealthShape,
    responses=problems(),
)
def ready(hub: HubOf) -> Response:
    """503 while the database is away."""
    with hub.database.transaction() as connection:
        rows(connection, "SELECT position FROM log_head")
    return JSONResponse({"status": "ready"})


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, hub: HubOf) -> Response:
    """For a collector on this machine only, and not here when there is a port of its own."""
    host = request.client.host if request.client else None
    if hub.settings.metrics_port or host not in _LOCAL or any(name in request.headers for name in _PROXIED):
        raise CallRefusedError("not_found")
    return Response(telemetry.metrics_text(), media_type=_METRICS_TYPE)
