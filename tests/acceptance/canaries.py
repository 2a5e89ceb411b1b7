"""Canaries: numbers and names that are planted in everything a hub is told, and the places where they are looked for."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from schemas.event_type import JsonObject
from tests.integration.published_numbers import coordination_numbers, personal_numbers
from tests.unit.intake.builders import JOBBTORG, event

PERSONAL = personal_numbers(900)[-1]
COORDINATION = coordination_numbers(40)[-1]
GIVEN, FAMILY, NOTE = "Kanariegivna", "Kanariefamilj", "kanarieanteckning"
REFERENCE = "kontroll-4711"
"""Not personal: must be found wherever the hub may write an agency's own reference, or the search is blind."""
MAPPING = """
name = "deltagare"
source = "urn:samspar:source:leverantor:insatser"
encoding = "utf-8"
delimiter = ";"
key = ["Kundnr"]

[reference]
column = "Kundnr"

[time]
column = "Anmäld"
format = "%Y-%m-%d"

[[event]]
type = "participant.registered"
[event.identifiers]
"Personnr" = "personal_number"
[event.fields]
protection = { value = "none" }
"""
_TEXTS = "id source subject type time correlationid causationid legalbasis purpose orgunit dataschema datacontenttype"
SPELLINGS = ("{0}", "{1}-{2}", "{3}-{2}", "{3}{2}")


def spelled(number: str) -> list[str]:
    """A number in all the ways that people write it."""
    return [form.format(number, number[:8], number[8:], number[2:8]) for form in SPELLINGS]


def secrets() -> list[str]:
    """What must be nowhere in clear."""
    return [*spelled(PERSONAL), *spelled(COORDINATION), GIVEN, FAMILY, NOTE]


def good_events() -> list[JsonObject]:
    """What an agency rightly says about a person; the personal part is in `data`."""
    stated = [
        {"type": "personal_number", "value": f"{PERSONAL[:8]}-{PERSONAL[8:]}"},
        {"type": "coordination_number", "value": COORDINATION},
    ]
    names = {"given_name": GIVEN, "family_name": FAMILY}
    data = {"identifiers": stated, "protection": "none", **names}
    talk = {"kind": "trepartssamtal", "participant_voice": f"{NOTE} {PERSONAL} {COORDINATION[2:]}"}
    return [
        event("canary-reg", "participant.registered", data, subject=REFERENCE),
        event("canary-open", "enrolment.opened", {"key": PERSONAL, "programme": "jobbtorg"}, **_about(2)),
        event("canary-talk", "conversation.held", talk, subject=REFERENCE),
    ]


def held_events() -> list[JsonObject]:
    """What waits for a person or for another event."""
    replaces = {"source": JOBBTORG, "id": "never-sent"}
    return [
        event("canary-held", "conversation.held", {"kind": "trepartssamtal", "note": NOTE}, subject="nobody-yet"),
        event("canary-undo", "conversation.retracted", {"replaces": replaces, "reason": NOTE}, subject=REFERENCE),
    ]


def bad_events() -> list[JsonObject]:
    """Events with a number or a name at every place where there must be none, each refused at some stage."""
    return [
        *(opened(f"bad-{name}", **{name: _beside(name)}) for name in _TEXTS.split()),
        *(opened(f"bad-{name}", **{name: int(PERSONAL)}) for name in ("schemaversion", "sequence", "specversion")),
        opened("bad-name", **{f"x{PERSONAL}": "1"}),
        opened("bad-name-2", **{f"X {PERSONAL}": "1"}),
        opened("bad-value", traceparent=f"00-{PERSONAL}-01"),
        opened("bad-field", data={"key": "k", "programme": "jobbtorg", PERSONAL: NOTE}),
        opened("bad-code", data={"key": "k", "programme": PERSONAL}),
        opened("bad-code-2", data={"key": "k", "programme": "jobbtorg", "municipality": COORDINATION}),
        opened("bad-number", data={"key": "k", "programme": "jobbtorg", "hours": PERSONAL}),
        opened("bad-day", data={"key": "k", "programme": "jobbtorg", "from": PERSONAL}),
        opened("bad-data", data=PERSONAL),
        opened("bad-key", data={"key": PERSONAL * 40, "programme": "jobbtorg"}),
        _registered("bad-type", {"type": "lma_number", "value": PERSONAL}),
        _registered("bad-kind", {"type": PERSONAL, "value": PERSONAL}),
        _registered("bad-kind-2", {"type": "coordination_number", "value": PERSONAL}),
        _registered("bad-extra", {"type": "personal_number", "value": PERSONAL, COORDINATION: GIVEN}),
        _registered("bad-bound", {"type": "personal_number", "value": personal_numbers(899)[-1]}),
        event("bad-undo", "conversation.retracted", {"replaces": PERSONAL, "reason": NOTE}, subject=REFERENCE),
        event(f"bad-{PERSONAL}", "no.such", {"note": NOTE}, subject=COORDINATION),
        opened("bad-large", data={"key": "k", "programme": "jobbtorg", "note": NOTE * 20_000}),
    ]


def unreadable_bodies() -> list[bytes]:
    """Bodies and lines that are no events at all."""
    said = f"{GIVEN} {PERSONAL}"
    return [
        f'{{"id": "{said}", '.encode(),
        f'"{said}"'.encode(),
        f'{{"id": "a", "id": "{said}"}}'.encode(),
        f'{{"{PERSONAL}": NaN}}'.encode(),
        f'{{"{PERSONAL}": {PERSONAL * 40}}}'.encode(),
        f'{{"note": "{said} \\ud800"}}'.encode(),
        f'{{"{PERSONAL}": "{said} \\ud800", "id": "{PERSONAL}"}}'.encode(),
        f'{{"note": "{said}"}}'.encode("utf-16"),
        b"\xef\xbb\xbf" + said.encode(),
        said.encode() + b"\0",
        said.encode() + b"\xff",
        f"[[[{PERSONAL}".encode() + b"[" * 10_000,
    ]


def opened(event_id: str, **change: object) -> JsonObject:
    """An enrolment with something wrong."""
    return event(event_id, "enrolment.opened", {"key": "k", "programme": "jobbtorg"}, **_about(2)) | change


def _registered(event_id: str, identifier: JsonObject) -> JsonObject:
    data = {"identifiers": [identifier], "protection": "none", "given_name": GIVEN}
    return event(event_id, "participant.registered", data, subject=REFERENCE)


def _about(version: int) -> JsonObject:
    return {"subject": REFERENCE, "schemaversion": version}


def _beside(name: str) -> str:
    """The number with something before it, because no attribute may hold it anywhere."""
    return f"urn:samspar:source:{PERSONAL}" if name == "source" else f"se.samspar.{PERSONAL}"


def found_in_text(text: str, wanted: Iterable[str] | None = None) -> list[str]:
    """Which secrets a text holds."""
    return [secret for secret in wanted or secrets() if secret in text]


def found_in_tables(url: str, wanted: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Which tables hold which secrets in which column's text, statistics of the planner included."""
    listed = list(wanted or secrets())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE")
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'readmodel')"
            " UNION ALL VALUES ('pg_catalog', 'pg_stats'), ('pg_catalog', 'pg_stat_activity')"
        ).fetchall()
        return [
            (str(table), secret)
            for schema, table in tables
            for row in connection.execute(_every_column(str(schema), str(table)))
            for secret in listed
            if secret in str(row[0])
        ]


def _every_column(schema: str, table: str) -> sql.Composed:
    return sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(schema, table))


def found_in_files(folder: Path, wanted: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Which files below a folder hold which secrets in their bytes, in UTF-8 or UTF-16."""
    listed = list(wanted or secrets())
    return [
        (str(path.relative_to(folder)), secret)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in [path.read_bytes()]
        for secret in listed
        if secret.encode() in content or secret.encode("utf-16-le") in content
    ]


def lines_of(events: Iterable[JsonObject]) -> Iterator[bytes]:
    """Events as JSON Lines."""
    return (json.dumps(each, ensure_ascii=False).encode() for each in events)
