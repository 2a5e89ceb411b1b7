"""Held events: kept whole and sealed, found by what they wait for, rebuilt for the decision that releases them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from hub.intake.outcomes import Examined, Held
from hub.intake.reading import Delivery, Parsed
from hub.store.database import copy_rows, execute, rows
from hub.store.keys import KEY_VERSION, KeyBatch, KeyRing
from schemas.vocabulary import DataClass, EventUid

SEALED_AS = DataClass.IDENTITY
"""The data class of the key of a delivery whose person is not known."""

Examine = Callable[[Delivery], Examined]

_FIND = """
WITH RECURSIVE waiting AS (
    SELECT * FROM held_event WHERE waits_for = ANY(%s)
    UNION
    SELECT next.* FROM held_event AS next JOIN waiting ON next.waits_for = 'event ' || waiting.uid
)
SELECT waits_for, uid, agency, channel, locator, received_at, content FROM waiting
"""


def find_waiting(
    connection: Connection, ring: KeyRing, keys: Sequence[str], examine: Examine
) -> list[tuple[str, Examined]]:
    """Everything that waits for any of the keys, and what waits on that in turn."""
    found = rows(connection, _FIND, (list(keys),))
    opener = ring.load(connection, {(row[1], SEALED_AS) for row in found}) if found else KeyBatch()
    return [(row[0], examine(_delivery(row, opener))) for row in found]


def hold(connection: Connection, outcomes: Iterable[Held], keys: KeyBatch) -> None:
    """Keep newly held events; an event that was held already only changes what it waits for."""
    listed = list(outcomes)
    moved = {outcome.claim.uid: outcome.waits_for for outcome in listed if outcome.moved}
    fresh = {outcome.claim.uid: outcome for outcome in listed if not outcome.moved}
    if fresh:
        copy_rows(
            connection,
            "held_event",
            (
                "uid",
                "agency",
                "source",
                "wait_kind",
                "waits_for",
                "received_at",
                "channel",
                "locator",
                "content",
                "key_version",
            ),
            ("uuid", "text", "text", "text", "text", "timestamptz", "text", "text", "bytea", "int2"),
            (_row(uid, outcome, moved.get(uid, outcome.waits_for), keys) for uid, outcome in fresh.items()),
        )
    earlier = {uid: key for uid, key in moved.items() if uid not in fresh}
    if earlier:
        execute(
            connection,
            "UPDATE held_event SET waits_for = given.key, wait_kind = split_part(given.key, ' ', 1)"
            " FROM unnest(%s::uuid[], %s::text[]) AS given (uid, key) WHERE held_event.uid = given.uid",
            (list(earlier), list(earlier.values())),
        )


def release(connection: Connection, uids: Sequence[EventUid]) -> None:
    """Let go of held events that were accepted or rejected."""
    if uids:
        execute(connection, "DELETE FROM held_event WHERE uid = ANY(%s)", (list(uids),))


def _row(uid: EventUid, outcome: Held, waits_for: str, keys: KeyBatch) -> tuple[object, ...]:
    examined = outcome.examined
    content = keys.seal(uid, SEALED_AS, orjson.dumps(examined.body), uid.bytes)
    kind = waits_for.partition(" ")[0]
    return (
        uid,
        examined.agency,
        outcome.claim.source,
        kind,
        waits_for,
        examined.received_at,
        examined.channel,
        examined.locator,
        content,
        KEY_VERSION,
    )


def _delivery(row: tuple[Any, ...], keys: KeyBatch) -> Delivery:
    _, uid, agency, channel, locator, received_at, content = row
    opened = keys.open(uid, SEALED_AS, content, uid.bytes)
    body = orjson.loads(opened) if opened is not None else {}
    return Delivery(agency=agency, channel=channel, locator=locator, received_at=received_at, content=Parsed(body))
