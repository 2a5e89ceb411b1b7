"""`hub serve`: API, pages and the embedded runner in one process, until it is told to stop."""

import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer

from hub.bootstrap import open_hub
from hub.cli.output import errors
from hub.run.housekeeping import Housekeeper
from hub.run.hub import Hub
from hub.run.models import MODELS
from hub.run.partitioned import need_one_runner
from hub.run.runner import Projecting, Runner, Work
from hub.settings import Settings, load
from schemas.errors import Misconfigured

_GRACE_SECONDS = 10


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve")(serve_command)


def serve_command(
    port: Annotated[int | None, typer.Option(help="Port of API and pages; default HUB_PORT or 8080.")] = None,
) -> None:
    """Serve API and pages on the configured database, or on the embedded one in HUB_DATA_DIR."""
    given = {} if port is None else {"port": port}
    settings = load(**given)
    need_port(settings)
    with open_hub(settings, create=True) as hub:
        errors.print(f"Samspår on http://{hub.settings.host}:{hub.settings.port} · stop with Ctrl-C")
        serve(hub)


def need_port(settings: Settings) -> None:
    """Raise Misconfigured when nobody can listen there: better known before the work than after it."""
    try:
        family, kind, *_, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            trial.bind(address)
    except OSError as error:
        message = (
            f"expected to be able to listen on {settings.host}:{settings.port}, found: {error.strerror};"
            " stop what listens there, or choose another port with --port or HUB_PORT"
        )
        raise Misconfigured(message) from error


def serve(hub: Hub) -> None:
    """Serve until a signal. A runner that cannot go on ends the process with 1, so that a supervisor starts it afresh."""
    import uvicorn  # noqa: PLC0415 - half a second that only who serves should wait for

    from hub.web.app import create_app  # noqa: PLC0415 - the same

    server = uvicorn.Server(
        uvicorn.Config(
            create_app(hub),
            host=hub.settings.host,
            port=hub.settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            server_header=False,
        )
    )
    failures: list[str] = []

    def failed(why: str) -> None:
        failures.append(why)
        server.should_exit = True

    with running(hub, failed):
        server.run()
    if failures:
        errors.print(f"[bold red]Stopped:[/] {failures[0]}")
        sys.exit(1)


@contextmanager
def running(hub: Hub, failed: Callable[[str], None]) -> Iterator[None]:
    """The runners and the housekeeper, as long as the block lasts. With Kafka, workers project: the log is relayed to them."""
    runners = [Runner(hub, work, failed) for work in _works(hub)]
    housekeeper = Housekeeper(hub)
    for runner in runners:
        runner.start()
    housekeeper.start()
    try:
        yield
    finally:
        housekeeper.stop()
        for runner in runners:
            runner.stop()


def _works(hub: Hub) -> Sequence[Work]:
    if hub.settings.kafka_bootstrap_servers is None:
        need_one_runner(hub)
        return [Projecting(hub, model) for model in MODELS.values()]

    from hub.run.relay import Relay  # noqa: PLC0415 - an import that only who has Kafka should wait for

    return [Relay(hub)]
