"""The log: one format for all, no personal number in any of it; the metrics: a closed list."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from prometheus_client import Metric

from hub import telemetry
from hub.settings import Settings

NUMBER = "189001019802"  # published by Skatteverket for tests
HIDDEN = "[personal number]"
CANARY_ENDING = "fågel"  # apart from its beginning, so that the line of code in a traceback does not hold it


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """What a test configures ends with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    written = capsys.readouterr()
    assert written.out == ""
    return [json.loads(line) for line in written.err.splitlines()]


def test_a_line_is_one_json_object_on_stderr_outside_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(Settings())
    structlog.get_logger("hub.run.steps").info("deliveries_received", agency="jobbtorg", count=3)
    (line,) = lines(capsys)
    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {
        "event": "deliveries_received",
        "level": "info",
        "logger": "hub.run.steps",
        "agency": "jobbtorg",
        "count": 3,
    }


def test_a_number_is_hidden_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(Settings())
    structlog.contextvars.bind_contextvars(reference=NUMBER)
    structlog.get_logger("hub").warning(
        "delivery_rejected",
        text=f"found 900101-9802 and {NUMBER}",
        whole=int(NUMBER),
        nested={"list": [{"deep": NUMBER}], NUMBER: (NUMBER, None, True, 1.5)},
        error=ValueError(NUMBER),
        raw=NUMBER.encode(),
    )
    structlog.contextvars.clear_contextvars()
    (line,) = lines(capsys)
    assert {name: line[name] for name in ("reference", "text", "whole", "nested", "error", "raw")} == {
        "reference": HIDDEN,
        "text": f"found {HIDDEN} and {HIDDEN}",
        "whole": HIDDEN,
        "nested": {"list": [{"deep": HIDDEN}], HIDDEN: [HIDDEN, None, True, 1.5]},
        "error": HIDDEN,
        "raw": f"b'{HIDDEN}'",
    }


def test_the_text_of_an_exception_is_redacted_and_local_variables_are_not_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    telemetry.configure(Settings())

    def look_up() -> None:
        name = "Kanarie" + CANARY_ENDING
        message = f"no person {NUMBER}, {len(name)} characters"
        raise ValueError(message)

    try:
        look_up()
    except ValueError:
        structlog.get_logger("hub").exception("runner_failed")
        logging.getLogger("sqlalchemy").exception("foreign")
    for line in lines(capsys):
        assert f"ValueError: no person {HIDDEN}" in str(line["exception"])
        assert NUMBER not in str(line)
        assert "Kanariefågel" not in str(line)


def test_foreign_lines_take_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(Settings())
    logging.getLogger("uvicorn.error").info("Started on %s", NUMBER)
    (line,) = lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == (f"Started on {HIDDEN}", "uvicorn.error", "info")


def test_requests_are_counted_and_not_logged_and_libraries_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(Settings())
    logging.getLogger("uvicorn.access").error("GET /samspar/v1/x")
    logging.getLogger("alembic.runtime.migration").info("Context impl PostgresqlImpl.")
    assert lines(capsys) == []


def test_less_than_the_level_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(Settings(log_level="warning"))
    structlog.get_logger("hub").info("deliveries_received")
    structlog.get_logger("hub").warning("store_unavailable")
    assert [line["event"] for line in lines(capsys)] == ["store_unavailable"]


def test_people_get_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.configure(Settings(log_json=False))
    structlog.get_logger("hub").info("deliveries_received", reference=NUMBER)
    written = capsys.readouterr().err
    assert "deliveries_received" in written
    assert "personal number" in written
    assert not written.startswith("{")


def metrics() -> list[Metric]:
    return [metric for metric in telemetry.REGISTRY.collect() if not metric.name.startswith("process_")]


def test_every_metric_has_our_prefix_and_a_sentence() -> None:
    odd = [
        each.name for each in metrics() if not each.name.startswith("samspar_") or not each.documentation.endswith(".")
    ]
    assert odd == []


def test_the_list_of_metrics_is_closed() -> None:
    assert sorted(each.name for each in metrics()) == [
        "samspar_deliveries",
        "samspar_held_events",
        "samspar_held_too_long_events",
        "samspar_http_request_seconds",
        "samspar_http_requests",
        "samspar_intake_batch_seconds",
        "samspar_log_position",
        "samspar_parked_events",
        "samspar_projection_events",
        "samspar_projection_lag_events",
        "samspar_projection_position",
        "samspar_quarantine_open",
        "samspar_reads",
        "samspar_relay_lag_events",
        "samspar_stream_events_per_second",
        "samspar_stream_lag_events",
        "samspar_stream_waiting_seconds",
    ]


def test_metrics_are_served_as_text() -> None:
    telemetry.LOG_POSITION.set(17)
    assert b"\nsamspar_log_position 17.0\n" in telemetry.metrics_text()
