"""`hub demo`: the whole idea on one machine: agencies send, one front door, one timeline per participant, pages."""

import logging
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Annotated, Protocol

import typer
from rich.panel import Panel

from hub import telemetry
from hub.bootstrap import open_hub
from hub.cli.output import AsJson, console, errors, print_json, progress_bar
from hub.cli.serve_command import need_port, running, serve
from hub.run import steps
from hub.run.hub import Hub
from hub.run.importing import (
    AgencyFile,
    claim_region,
    final_statuses,
    region_files,
    remember_personas,
    send_files,
    wait_until_visible,
)
from hub.run.ingest import Progress, Tally
from hub.run.models import TIMELINE
from hub.run.one_core import one_core
from hub.run.partitioned import give_back
from hub.run.project import live_version
from hub.settings import Settings, load
from hub.store import embedded
from hub.store.database import rows
from hub.synth.region import generate
from projections.timeline.rows import count_entries

ANCHOR = date(2026, 11, 20)  # the day on which the synthetic region ends (DESIGN 10)


class Send(Protocol):
    """How the files of a region come to the hub: returns when all is visible, with counts by final status and reason."""

    def __call__(self, files: Sequence[AgencyFile], progress: Progress) -> tuple[Counter[str], Counter[str]]: ...


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo_command)


def demo_command(
    participants: Annotated[int, typer.Option(min=1, max=11_000, help="How many persons.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same region.")] = 1,
    port: Annotated[int | None, typer.Option(help="Port of the pages; default HUB_PORT or 8080.")] = None,
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop when everything is visible.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the demo's earlier database first.")] = False,
    kafka: Annotated[bool, typer.Option("--kafka", help="The same through a real Kafka broker and workers.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the hub on a synthetic region, on a real PostgreSQL that it starts itself.

    With --kafka the agencies publish to HUB_KAFKA_BOOTSTRAP_SERVERS, or to a broker that the demo starts; needs Java and Maven.
    """
    given: dict[str, object] = {"today": ANCHOR} | ({} if port is None else {"port": port})
    settings = load(**given)
    if fresh and settings.database_url:
        errors.print("Expected --fresh without HUB_DATABASE_URL: only the hub's own database is its to forget.")
        raise typer.Exit(1)
    if not once:
        need_port(settings)
    if fresh:
        embedded.remove(settings.data_dir / "postgres")
        shutil.rmtree(settings.data_dir / "kafka", ignore_errors=True)
    folder = _region(settings, participants, seed, fresh=fresh, quiet=as_json)
    with ExitStack() as opened:
        if kafka:
            from hub.cli.demo_cluster import broker  # noqa: PLC0415 - an import that only who has Kafka should wait for

            settings = opened.enter_context(broker(settings))
        else:
            settings = settings.model_copy(update={"kafka_bootstrap_servers": None})
        hub = opened.enter_context(open_hub(_quieter(settings), create=True))
        if (held := claim_region(hub, folder.name)) != folder.name:
            errors.print(
                f"Expected the region {held} (participants-seed) that this database holds, found {folder.name}."
                " Say --fresh to forget the earlier one."
            )
            raise typer.Exit(1)
        failures: list[str] = []
        if kafka:
            from hub.cli.demo_cluster import send_over_kafka, workers  # noqa: PLC0415 - the same

            send = partial(send_over_kafka, hub, running=opened.enter_context(workers(hub, failures)))
            with _planted_rejections_untold(settings):
                summary = _import(hub, folder, send, quiet=as_json)
        else:
            give_back(hub)
            with one_core(), running(hub, failures.append), _planted_rejections_untold(settings):
                summary = _import(hub, folder, partial(_send, hub, failures), quiet=as_json)
        if as_json:
            print_json(summary)
        else:
            _tell(hub, summary, pages=not once)
        if not once:
            telemetry.configure(settings)
            serve(hub)


def _quieter(settings: Settings) -> Settings:
    """Nobody reads a hundred lines before the address, unless HUB_LOG_LEVEL asks for them."""
    return settings if _asked_for_lines(settings) else settings.model_copy(update={"log_level": "warning"})


@contextmanager
def _planted_rejections_untold(settings: Settings) -> Iterator[None]:
    """The region holds mistakes on purpose: the summary counts them, a warning for each would look like trouble."""
    teller = logging.getLogger(steps.__name__)
    if not _asked_for_lines(settings):
        teller.setLevel(logging.ERROR)
    try:
        yield
    finally:
        teller.setLevel(logging.NOTSET)


def _asked_for_lines(settings: Settings) -> bool:
    return "log_level" in settings.model_fields_set


def _region(settings: Settings, participants: int, seed: int, *, fresh: bool, quiet: bool) -> Path:
    """The region's files, written once per size and seed, as a whole or not at all."""
    folder = settings.data_dir / "region" / f"{participants}-{seed}"
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        with progress_bar(quiet=quiet) as bar:
            task = bar.add_task("1/2 inventing people", total=participants)
            generate(participants, seed, unfinished, lambda done, total: bar.update(task, completed=done, total=total))
        unfinished.rename(folder)
    return folder


def _send(
    hub: Hub, failures: Sequence[str], files: Sequence[AgencyFile], progress: Progress
) -> tuple[Counter[str], Counter[str]]:
    """Everything through the front door of this process, until it is visible; counts by final status and by reason."""
    tally = Tally()
    send_files(hub, files, tally, progress)
    wait_until_visible(hub, failures)
    return final_statuses(hub, tally)


def _import(hub: Hub, folder: Path, send: Send, *, quiet: bool) -> dict[str, object]:
    began = perf_counter()
    with progress_bar(quiet=quiet) as bar:
        task = bar.add_task("2/2 agencies send", total=None)
        statuses, reasons = send(region_files(folder), progress=lambda done: bar.advance(task, done))
    seconds = perf_counter() - began
    remember_personas(hub, folder)
    deliveries = statuses.total()
    with hub.database.transaction() as connection:
        people = rows(
            connection, "SELECT count(DISTINCT participant_id) FROM reference_binding WHERE unbound_at IS NULL"
        )[0][0]
        entries = count_entries(connection, live_version(connection, TIMELINE).version)
    return {
        "deliveries": deliveries,
        "accepted": statuses["accepted"],
        "duplicates": statuses["duplicate"],
        "held": statuses["held"],
        "rejected": statuses["rejected"],
        "by_reason": dict(sorted(reasons.items())),
        "participants": people,
        "timeline_entries": entries,
        "seconds": round(seconds, 3),
        "events_per_second": round(deliveries / seconds),
    }


def _tell(hub: Hub, summary: dict[str, object], *, pages: bool) -> None:
    console.print(
        f"[bold]{summary['deliveries']}[/] deliveries from ten agencies in {summary['seconds']} s: "
        f"{summary['accepted']} accepted, {summary['duplicates']} duplicates, {summary['held']} held, "
        f"{summary['rejected']} rejected. [bold]{summary['participants']}[/] participants, "
        f"{summary['timeline_entries']} timeline entries."
    )
    if pages:
        console.print(
            Panel.fit(
                f"[bold]http://{hub.settings.host}:{hub.settings.port}[/]\n"
                "1. Choose a persona: start as the caseworker at Arbetsförmedlingen.\n"
                "2. Choose Amina Warsame: five agencies, five plans, one timeline.\n"
                "Everybody is invented. Stop with Ctrl-C.",
                title="Samspår demo",
            )
        )
