"""The only composition root: settings in, a running hub out. The only place that reads the clock."""

import csv
import gc
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

import schemas
from hub import telemetry
from hub.intake.registry import Source
from hub.log.tail import KEPT, Tail
from hub.run.failpoints import Failpoints
from hub.run.hub import Hub
from hub.run.models import MODELS
from hub.run.project import make_first_version
from hub.settings import Settings
from hub.store import embedded
from hub.store.database import Database, connect
from hub.store.embedded_guard import guarded
from hub.store.keys import open_key_ring
from hub.store.migrate import upgrade
from hub.store.register import Agency, add_agency, add_source, authorise
from schemas.errors import Misconfigured

_DEMO_AGENCIES = Path(schemas.__file__).parent / "data" / "demo_agencies.csv"
_NEW_OBJECTS = 200_000  # more than a batch of two thousand makes
_DRIVER = "postgresql+psycopg"
_POSTGRES = "postgres"


def now() -> datetime:
    """The hub's clock, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Store:
    """Where the data is: the app role's database, the owner's, and the server when it is ours."""

    database: Database
    owner: Database
    cluster: embedded.Cluster | None


def has_store(settings: Settings) -> bool:
    """Whether there is a hub to work on: a configured PostgreSQL, or data that one of ours has left."""
    return settings.database_url is not None or embedded.exists(settings.data_dir / _POSTGRES)


def need_store(settings: Settings) -> None:
    """Raise Misconfigured where there is no hub, unless HUB_DATA_DIR was named: its default is relative to where one stands."""
    if "data_dir" not in settings.model_fields_set and not has_store(settings):
        message = (
            f"expected the data of a hub in {settings.data_dir.absolute()}, found nothing there;"
            " run it where the hub runs, or set HUB_DATA_DIR or HUB_DATABASE_URL (`hub serve` starts a new hub)"
        )
        raise Misconfigured(message)


@contextmanager
def open_store(settings: Settings, *, create: bool = False, worker: bool = False) -> Iterator[Store]:
    """The configured PostgreSQL, or the embedded one in the data directory, started, adopted and stopped by us.

    Only who may `create`, or names HUB_DATA_DIR, begins a new one. Raises Misconfigured where there is none.
    """
    if not create:
        need_store(settings)
    cluster = None if settings.database_url else embedded.start(settings.data_dir / _POSTGRES)
    url = str(settings.database_url) if cluster is None else cluster.url
    owner_url = str(settings.owner_database_url or settings.database_url) if cluster is None else cluster.owner_url
    store = Store(
        database=connect(_with_driver(url), worker=worker),
        owner=connect(_with_driver(owner_url), pool_size=1),
        cluster=cluster,
    )
    try:
        with nullcontext() if cluster is None else guarded(cluster):
            yield store
    finally:
        store.database.close()
        store.owner.close()
        if cluster is not None:
            cluster.stop()


@contextmanager
def open_hub(settings: Settings, *, create: bool = False, worker: bool = False) -> Iterator[Hub]:
    """A hub on the configured store, at the schema of this release, with the demo agencies when in development."""
    telemetry.configure(settings)
    with open_store(settings, create=create, worker=worker) as store:
        upgrade(store.owner)
        hub = assemble(settings, store.database)
        settle_memory()
        yield hub


def assemble(settings: Settings, database: Database) -> Hub:
    """A hub from its parts; the key file is made on first use in development only."""
    ring = open_key_ring(settings.key_path, create=settings.is_development)
    kept = 0 if settings.kafka_bootstrap_servers else KEPT  # in a cluster nobody here reads what was written here
    hub = Hub(
        settings=settings,
        database=database,
        ring=ring,
        now=now,
        failpoints=_failpoints(settings),
        tail=Tail(kept=kept),
    )
    with database.transaction() as connection:
        for model in MODELS.values():
            make_first_version(connection, model)
        if settings.is_development:
            register_demo_agencies(connection)
    return hub


def settle_memory() -> None:
    """Seldom look for cycles, and never among what start-up made: batches make none, and looking took a fifth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 20, 50)


def register_demo_agencies(connection: Connection) -> None:
    """The agencies of the demo region with their sources and what they may send (SURFACE 2)."""
    with _DEMO_AGENCIES.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            units = tuple(unit for unit in row["units"].split(";") if unit)
            add_agency(
                connection,
                Agency(
                    code=row["agency"],
                    name=row["name_sv"],
                    mark=row["mark"],
                    organisation_number=row["orgnr"] or None,
                    units=units,
                ),
            )
            add_source(
                connection,
                Source(
                    uri=row["source"],
                    agency=row["agency"],
                    first_sequence=int(row["first_sequence"]),
                    grace=timedelta(minutes=int(row["grace_minutes"])),
                    silent_after=timedelta(hours=int(row["silent_after_hours"])),
                ),
            )
            authorise(connection, row["agency"], row["type_patterns"].split(), None, None)


def _failpoints(settings: Settings) -> Failpoints:
    if not settings.failpoint or not settings.is_development:
        return Failpoints()
    point, _, hit = settings.failpoint.partition(":")
    return Failpoints(armed=point, at_hit=int(hit or 1), hits_file=settings.data_dir / "failpoint-hits")


def _with_driver(url: str) -> str:
    return f"{_DRIVER}://{url.partition('://')[2]}"
