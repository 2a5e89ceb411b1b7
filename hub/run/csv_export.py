"""Exported lists through the front door: read, translated by their mapping file, remembered for the next list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, UUID

import orjson
from sqlalchemy import Connection

from connectors.csv_cells import header_problem
from connectors.csv_mapping import ExportMapping, read_mapping
from connectors.csv_rows import Remembered, RowRefused, State, translate
from hub.intake.reading import Delivery, ListPlace, Unreadable, read_record
from hub.run.hub import Hub
from hub.run.ingest import delivery, tellable_locator
from hub.store.database import execute, rows
from hub.store.quarantine import LIST, settle_list
from schemas.errors import Misconfigured
from schemas.uids import derived, event_uid
from schemas.vocabulary import EventUid

_WHOLE = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedList:
    """What a list gives, and what it said that the last one had not: to be remembered when all of it was answered.

    `settles` are the uids of what this list speaks of again, whatever was refused about it before.
    """

    deliveries: Sequence[Delivery]
    warnings: Sequence[str]
    mapping: ExportMapping
    changed: State
    settles: Collection[EventUid] = field(default=frozenset(), repr=False)


def load_mapping(path: Path) -> ExportMapping:
    """The mapping of a file. Raises Misconfigured with what was expected and found."""
    if not path.is_file():
        message = f"{path}: expected a mapping file, found nothing"
        raise Misconfigured(message)
    return read_mapping(path.read_text(encoding="utf-8"), path.name)


def read_list(hub: Hub, path: Path, agency: str, mapping: ExportMapping) -> ExportedList:
    """The deliveries of a list, compared with what the last one said; nothing is remembered yet."""
    content = path.read_bytes()
    wrong = header_problem(content, mapping)
    if wrong is not None:
        whole = Unreadable(problems=(wrong,), raw=content, place=_place(mapping, _WHOLE))
        refused = delivery(hub, agency, tellable_locator(path), whole, channel=LIST)
        return ExportedList(deliveries=[refused], warnings=(), mapping=mapping, changed={})
    with hub.database.transaction() as connection:
        last = _load(connection, mapping)
        in_vain = _refused(connection, mapping.source)
    key = hub.ring.hasher.fingerprint(b"exported lists")
    translation = translate(content, mapping, last, key, hub.now(), in_vain)
    return ExportedList(
        deliveries=[
            delivery(
                hub,
                agency,
                f"{tellable_locator(path)}:{item.line}",
                Unreadable(problems=item.problems, raw=item.raw.encode(), place=_place(mapping, item.row))
                if isinstance(item, RowRefused)
                else read_record(orjson.dumps(item.body)),
                channel=LIST,
            )
            for item in translation.items
        ],
        warnings=[f"{tellable_locator(path)}: {warning}" for warning in translation.warnings],
        mapping=mapping,
        changed={at: said for at, said in translation.state.items() if last.get(at) != said},
        settles={_place(mapping, row).uid for row in (_WHOLE, *translation.rows)}
        | {event_uid(mapping.source, replaced) for replaced in translation.replaced},
    )


def remember(hub: Hub, answered: ExportedList, refused: Collection[UUID]) -> None:
    """Keep what the list said, and settle what was refused of its rows before, unless it is among those `refused` now.

    Not before its deliveries are answered: what never came was never said.
    """
    with hub.database.transaction() as connection:
        _save(connection, answered.mapping, answered.changed)
        settle_list(connection, answered.settles, refused, hub.now())


def _place(mapping: ExportMapping, row: bytes) -> ListPlace:
    """What is refused of a list, as the next one finds it again."""
    named = f"{mapping.source}\x1f\x1f{mapping.name}\x1f{row.hex()}"
    return ListPlace(source=mapping.source, uid=EventUid(derived(NAMESPACE_URL, named)))


def _load(connection: Connection, mapping: ExportMapping) -> State:
    found = rows(
        connection,
        "SELECT row_key, row_values, occurrence, opened, sent_time FROM export_row WHERE source = %s AND mapping = %s",
        (mapping.source, mapping.name),
    )
    return {
        bytes(at): Remembered(values=bytes(values), occurrence=occurrence, opened=opened, time=time)
        for at, values, occurrence, opened, time in found
    }


def _refused(connection: Connection, source: str) -> set[str]:
    """The ids that were refused and not taken since: what they would have opened is not open."""
    found = rows(
        connection,
        "SELECT DISTINCT event_id FROM receipt AS refused WHERE source = %s AND status = 'rejected'"
        " AND event_id IS NOT NULL AND NOT EXISTS (SELECT FROM receipt WHERE receipt.uid = refused.uid AND claimed)",
        (source,),
    )
    return {row[0] for row in found}


def _save(connection: Connection, mapping: ExportMapping, changed: State) -> None:
    said = list(changed.values())
    execute(
        connection,
        "INSERT INTO export_row (source, mapping, row_key, row_values, occurrence, opened, sent_time)"
        " SELECT %s, %s, * FROM unnest(%s::bytea[], %s::bytea[], %s::int4[], %s::bool[], %s::timestamptz[])"
        " ON CONFLICT (source, mapping, row_key) DO UPDATE SET row_values = excluded.row_values,"
        " occurrence = excluded.occurrence, opened = excluded.opened, sent_time = excluded.sent_time",
        (
            mapping.source,
            mapping.name,
            list(changed),
            [each.values for each in said],
            [each.occurrence for each in said],
            [each.opened for each in said],
            [each.time for each in said],
        ),
    )
