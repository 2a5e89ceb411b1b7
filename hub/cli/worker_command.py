"""`hub worker intake|projections`: the cluster's workers, as many processes as there is work for (DESIGN 3)."""

import os
import socket
from typing import Annotated

import typer

from hub.bootstrap import open_hub
from hub.cli.topics_command import kafka_settings
from hub.settings import Settings
from schemas.errors import Misconfigured

worker = typer.Typer(help="Workers of a cluster: read from Kafka, write to PostgreSQL.", no_args_is_help=True)
Instance = Annotated[
    str | None,
    typer.Option(
        "--instance",
        help="A name that stays the same when this worker is started again: the others then leave its partitions to it.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(worker, name="worker")


@worker.command("intake")
def worker_intake(instance: Instance = None) -> None:
    """Receive what agencies publish to Kafka; one of these also relays the log to the projection workers."""
    from hub.run.faust_worker import run  # noqa: PLC0415 - seconds of imports that only a worker should wait for
    from hub.run.intake_sink import intake_sink  # noqa: PLC0415 - the same
    from hub.run.relay import Relay  # noqa: PLC0415 - the same

    with open_hub(_settings(), worker=True) as hub:
        run(hub, intake_sink(hub), [Relay(hub)], _name(instance), static=instance is not None)


@worker.command("projections")
def worker_projections(instance: Instance = None) -> None:
    """Fold what is recorded into the read models, each worker its partitions."""
    from hub.run.faust_worker import run  # noqa: PLC0415 - the same
    from hub.run.projection_sink import projection_sink  # noqa: PLC0415 - the same

    with open_hub(_settings(), worker=True) as hub:
        run(hub, projection_sink(hub), [], _name(instance), static=instance is not None)


def _name(instance: str | None) -> str:
    return instance or f"{socket.gethostname()}:{os.getpid()}"


def _settings() -> Settings:
    settings = kafka_settings()
    if settings.database_url is None:
        message = "HUB_DATABASE_URL: expected the PostgreSQL that all workers share, found none; set it"
        raise Misconfigured(message)
    return settings
