"""What any hub on this machine must at least do: the other side of the ratios.

The floor of intake validates the same bytes with the same models and copies them into one table: no identity, no
duplicates, no encryption, no receipts, no timeline. The floor of a rebuild copies the finished rows.
Both commit once per 1,000, as the hub does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter

import orjson
from pydantic import ValidationError
from sqlalchemy import Connection

from connectors.csv_rows import RowRefused, translate
from hub.run.csv_export import load_mapping
from hub.run.hub import Hub
from hub.run.ingest import CHUNK
from hub.run.models import TIMELINE
from hub.run.project import live_version
from hub.store.database import copy_rows, execute, rows
from projections.timeline.rows import table
from schemas.catalogue import lookup, validator
from schemas.event_type import JsonObject
from schemas.vocabulary import TYPE_PREFIX

_COLUMNS = ("source", "id", "type", "time", "data")
_TYPES = ("text", "text", "text", "text", "bytea")


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """How long the floor took for how many deliveries, of which the models refused some."""

    seconds: float
    deliveries: int
    refused: int


def validate_and_copy(hub: Hub, region: Path) -> Floor:
    """Every delivery of the region parsed, validated in strict mode, and copied."""
    exported, wrong = _exported(hub, region)
    with hub.database.transaction() as connection:
        execute(connection, "CREATE TABLE readmodel.floor (source text, id text, type text, time text, data bytea)")
    began = perf_counter()
    seen = refused = 0
    bodies = _bodies(region, exported)
    while chunk := list(islice(bodies, CHUNK)):
        valid = [found for body in chunk if (found := _validated(body)) is not None]
        with hub.database.transaction() as connection:
            copy_rows(connection, "readmodel.floor", _COLUMNS, _TYPES, valid)
        seen += len(chunk)
        refused += len(chunk) - len(valid)
    seconds = perf_counter() - began
    with hub.database.transaction() as connection:
        assert _count(connection, "readmodel.floor") == seen - refused
    return Floor(seconds=seconds, deliveries=seen + wrong, refused=refused + wrong)


def copy_finished(hub: Hub) -> float:
    """Seconds to copy the finished rows of the timeline into a second version of its table, key and index included."""
    with hub.database.transaction() as connection:
        live = live_version(connection, TIMELINE).version
        columns, types = _shape(connection, table(live))
        finished = rows(connection, f"SELECT {', '.join(columns)} FROM {table(live)} ORDER BY last_position")
        TIMELINE.create(connection, live + 1)
    began = perf_counter()
    for at in range(0, len(finished), CHUNK):
        with hub.database.transaction() as connection:
            copy_rows(connection, table(live + 1), columns, types, finished[at : at + CHUNK])
    seconds = perf_counter() - began
    with hub.database.transaction() as connection:
        assert _count(connection, table(live + 1)) == len(finished)
        TIMELINE.drop(connection, live + 1)
    return seconds


def _validated(body: JsonObject) -> tuple[object, ...] | None:
    event_type = lookup(str(body.get("type")).removeprefix(TYPE_PREFIX), body.get("schemaversion", 0))
    if event_type is None:
        return None
    content = orjson.dumps(body.get("data"))
    try:
        validator(event_type).validate_json(content, strict=True)
    except ValidationError:
        return None
    return body["source"], body["id"], body["type"], body["time"], content


def _bodies(region: Path, exported: Sequence[bytes]) -> Iterator[JsonObject]:
    for entry in orjson.loads((region / "manifest.json").read_bytes()):
        path = region / entry["path"]
        if path.suffix == ".json":
            yield from orjson.loads(path.read_bytes())
        elif path.suffix == ".jsonl":
            with path.open("rb") as lines:
                yield from map(orjson.loads, lines)
    yield from map(orjson.loads, exported)


def _exported(hub: Hub, region: Path) -> tuple[list[bytes], int]:
    """The events of the exported lists as text, translated before the clock starts, and how many rows are wrong."""
    bodies: list[bytes] = []
    wrong = 0
    for entry in orjson.loads((region / "manifest.json").read_bytes()):
        if entry["format"].startswith("csv:"):
            mapping = load_mapping(region / entry["format"].removeprefix("csv:"))
            content = (region / entry["path"]).read_bytes()
            for item in translate(content, mapping, {}, b"floor", hub.now()).items:
                if isinstance(item, RowRefused):
                    wrong += 1
                else:
                    bodies.append(orjson.dumps(item.body))
    return bodies, wrong


def _shape(connection: Connection, name: str) -> tuple[list[str], list[str]]:
    found = rows(
        connection,
        "SELECT attname, typname FROM pg_attribute JOIN pg_type ON atttypid = pg_type.oid"
        " WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
        (name,),
    )
    return [row[0] for row in found], [row[1] for row in found]


def _count(connection: Connection, name: str) -> int:
    return int(rows(connection, f"SELECT count(*) FROM {name}")[0][0])
