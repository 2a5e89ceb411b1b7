"""What operators see: one log format for ours and foreign lines, and the closed list of metrics.

Lines go to stderr, as JSON outside a terminal, and pass a redactor that knows personal numbers wherever they stand:
in a field, a nested value or the text of an exception. Local variables of a traceback are never shown.
"""

import logging
import sys
from collections.abc import Mapping
from typing import TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from structlog.typing import EventDict, Processor, WrappedLogger

from hub.personal_numbers import redacted
from hub.settings import Settings

REGISTRY = CollectorRegistry(auto_describe=True)

DELIVERIES = Counter(
    "samspar_deliveries",
    "Deliveries answered with a receipt, by its status and, when rejected, its first reason.",
    ["agency", "status", "reason"],
    registry=REGISTRY,
)
INTAKE_SECONDS = Histogram(
    "samspar_intake_batch_seconds",
    "Time from an examined batch of deliveries to its committed receipts.",
    registry=REGISTRY,
)
PROJECTED = Counter("samspar_projection_events", "Events applied to a read model.", ["projection"], registry=REGISTRY)
LOG_POSITION = Gauge("samspar_log_position", "The last position of the canonical log.", registry=REGISTRY)
POSITION = Gauge(
    "samspar_projection_position", "The log position that a read model has reached.", ["projection"], registry=REGISTRY
)
LAG = Gauge(
    "samspar_projection_lag_events",
    "Events of the log that a read model has still to apply.",
    ["projection"],
    registry=REGISTRY,
)
PARKED = Gauge(
    "samspar_parked_events",
    "Events that wait because one of their participant failed.",
    ["projection"],
    registry=REGISTRY,
)
HELD = Gauge(
    "samspar_held_events", "Deliveries that wait for a person or a target, by agency.", ["agency"], registry=REGISTRY
)
HELD_TOO_LONG = Gauge(
    "samspar_held_too_long_events",
    "Deliveries held for more days than the alarm allows, by agency.",
    ["agency"],
    registry=REGISTRY,
)
QUARANTINED = Gauge(
    "samspar_quarantine_open",
    "Rejected deliveries that nobody has settled yet, by agency.",
    ["agency"],
    registry=REGISTRY,
)
RELAY_LAG = Gauge(
    "samspar_relay_lag_events", "Events of the log that are not in participant.events yet.", registry=REGISTRY
)
_PARTITION = ["group", "topic", "partition"]
STREAM_LAG = Gauge("samspar_stream_lag_events", "Records of a partition left to read.", _PARTITION, registry=REGISTRY)
STREAM_WAITING = Gauge(
    "samspar_stream_waiting_seconds",
    "For how long the first record left to read has waited.",
    _PARTITION,
    registry=REGISTRY,
)
STREAM_RATE = Gauge(
    "samspar_stream_events_per_second", "Records of a partition read a second.", _PARTITION, registry=REGISTRY
)
READS = Counter(
    "samspar_reads",
    "Decided reads of personal data, by the reader's agency and the outcome.",
    ["agency", "outcome"],
    registry=REGISTRY,
)
HTTP_REQUESTS = Counter(
    "samspar_http_requests",
    "Answered HTTP requests, by method, route template and status.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "samspar_http_request_seconds",
    "Time to answer an HTTP request, by method and route template.",
    ["method", "route"],
    registry=REGISTRY,
)
ProcessCollector(registry=REGISTRY)

# Faust names its loggers after the modules of its services, ours too
_FAUST = ("abc", "faust", "hub.run.faust_chunks", "hub.run.faust_thread", "mode")
_KAFKA = ("aiokafka", "kafka")
_QUIET = ("alembic", "asyncio", "httpcore", "httpx", "aiokafka", *_FAUST)  # only warnings and worse
_AGAIN_SECONDS = 10.0
_SERVER = ("uvicorn", "uvicorn.error", "uvicorn.access")


def metrics_text() -> bytes:
    """All metrics in the text format of Prometheus."""
    return generate_latest(REGISTRY)


def configure(settings: Settings) -> None:
    """Send every log line of the process, ours and those of libraries, through one renderer and one redactor."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    as_json = settings.log_json if settings.log_json is not None else not sys.stderr.isatty()
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = _Stderr(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(as_json=as_json)],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.getLogger("kafka").setLevel(max(level, logging.ERROR))  # it warns of every retry
    handler.addFilter(_Seldom())
    for name in _SERVER:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True  # HTTP_REQUESTS counts, and a path is the sender's text


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The last processor before rendering: no personal number leaves in a log line."""
    return {redacted(key): _clean(value) for key, value in event.items()}


def _clean(value: object) -> object:
    match value:
        case None | bool() | float():
            return value
        case int():
            return value if redacted(str(value)) == str(value) else redacted(str(value))
        case Mapping():
            return {redacted(str(key)): _clean(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean(each) for each in value]
        case _:
            return redacted(str(value))


def _renderer(*, as_json: bool) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


class _Seldom(logging.Filter):
    """Kafka's clients say up to a hundred times a second that a broker is away: each of their lines now and then is enough."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is told."""
        if not record.name.startswith(_KAFKA):
            return True
        line = (record.name, record.lineno)
        if record.created - self._said.get(line, 0.0) < _AGAIN_SECONDS:
            return False
        self._said[line] = record.created
        return True


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is now, not to what it was when logging was configured."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
    redact,
]
