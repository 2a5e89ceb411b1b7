"""No personal number and no name in clear: not in a log line, an answer, a metric, a URL, a table or the files below.

Canaries are planted in good and bad events at every stage, over HTTP, in files and in lists, in searches, addresses
and settings. An authorised reader gets them; then everything that the hub wrote is searched.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from hub.access.tokens import SCOPES, mint
from hub.bootstrap import now
from hub.log.entries import read_after
from hub.run.models import TIMELINE
from hub.run.rebuild import verify
from hub.settings import Settings
from hub.store.embedded_server import free_port
from schemas.vocabulary import Position
from tests.acceptance.canaries import (
    COORDINATION,
    FAMILY,
    GIVEN,
    MAPPING,
    NOTE,
    PERSONAL,
    REFERENCE,
    bad_events,
    found_in_files,
    found_in_tables,
    found_in_text,
    good_events,
    held_events,
    lines_of,
    secrets,
    spelled,
    unreadable_bodies,
)
from tests.integration.hub_commands import Commands
from tests.integration.hub_service import service
from tests.integration.own_database import hub_beside, joined
from tests.integration.pages.browsing import Visit

EVENTS = "/samspar/v1/events"
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
ROUTES = re.compile(r'route="([^"]*)"')


@dataclass(slots=True)
class Planted:
    """What a hub said while canaries were planted, and where it keeps what it was told."""

    folder: Path
    answers: list[httpx.Response] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    reader_got: str = ""
    addresses: list[str] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)
    metrics: str = ""
    tables: list[tuple[str, str]] = field(default_factory=list)
    tables_with_reference: list[tuple[str, str]] = field(default_factory=list)
    stored: str = ""
    equal: bool = False


@pytest.fixture(scope="module")
def planted(module_data_dir: Path) -> Planted:
    """A hub on its own durable PostgreSQL, fed with canaries and stopped."""
    said = Planted(module_data_dir)
    port = free_port(None)
    settings = {"HUB_DATA_DIR": str(module_data_dir), "HUB_LOG_JSON": "true", "HUB_LOG_LEVEL": "debug"}
    hub = Commands(settings, module_data_dir)
    with service(settings | {"HUB_PORT": str(port)}, folder=module_data_dir) as process:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            plant_over_http(client, module_data_dir, said)
            plant_in_files(hub, module_data_dir, said)
            read_as_authorised(client, said)
            plant_in_pages(client, said)
            said.metrics = client.get("/metrics").text
        look_into(module_data_dir, said)
        process.terminate()
        process.wait(60)
    return said


def plant_over_http(client: httpx.Client, data_dir: Path, said: Planted) -> None:
    token = mint(Settings(data_dir=data_dir), "jobbtorg", SCOPES, now=now())
    client.headers["Authorization"] = f"Bearer {token}"

    def call(method: str, path: str, **more: object) -> None:
        said.answers.append(client.request(method, path, **more))  # type: ignore[arg-type]  # passed on as given

    good = [*good_events(), *held_events()]
    call("POST", EVENTS, content=json.dumps(good), headers={"Content-Type": BATCH})
    assert [each["status"] for each in said.answers[0].json()["receipts"]] == ["accepted"] * 3 + ["held"] * 2
    for event in bad_events():
        call("POST", EVENTS, content=json.dumps(event), headers={"Content-Type": SINGLE})
    call("POST", EVENTS, content=json.dumps(bad_events()[:-1]), headers={"Content-Type": BATCH})
    call(
        "POST", f"{EVENTS[:-6]}event-validations", content=json.dumps(bad_events()[0]), headers={"Content-Type": SINGLE}
    )
    for body in unreadable_bodies():
        call("POST", EVENTS, content=body, headers={"Content-Type": SINGLE})
        call("POST", EVENTS, content=b"[" + body + b"]", headers={"Content-Type": BATCH})
    binary = {f"ce-{name}": str(value) for name, value in good[0].items() if name != "data"}
    for changed in ({"ce-id": PERSONAL}, {f"ce-{PERSONAL}": "1"}, {"ce-id": f"%22{PERSONAL}%ff"}):
        call(
            "POST",
            EVENTS,
            content=json.dumps(good[0]["data"]),
            headers={**binary, **changed, "Content-Type": "application/json"},
        )
    for path in (
        "/samspar/v1/participants/{}/timeline-entries",
        "/{}",
        "/deltagare/{}",
        "/samspar/v1/receipts/{}",
        "/static/{}",
    ):
        call("GET", path.format(PERSONAL))
    for query in ("source", "id", "status", "page"):
        call("GET", "/samspar/v1/receipts", params={query: PERSONAL})
    call("GET", "/samspar/v1/receipts", params={"limit": "100"})
    call(
        "GET",
        f"/?{PERSONAL}",
        headers={"Purpose": PERSONAL, "User-Agent": PERSONAL, "Authorization": f"Bearer {PERSONAL}"},
    )
    searches = "/samspar/v1/participant-searches"
    for asked in ({"identifier": PERSONAL, "identifier_type": PERSONAL}, {PERSONAL: GIVEN}, [PERSONAL]):
        call("POST", searches, json=asked, headers={"Purpose": "planning"})
    for purpose in ("planning", PERSONAL):
        call(
            "POST",
            searches,
            json={"identifier": PERSONAL, "identifier_type": "personal_number"},
            headers={"Purpose": purpose},
        )


def plant_in_files(hub: Commands, folder: Path, said: Planted) -> None:
    """Files that are named after a person as well, lists with a row or a header that is wrong, and slips of operators."""
    lines = [*lines_of([*bad_events(), *held_events()]), *unreadable_bodies()]
    row = f"K1;{PERSONAL};{COORDINATION}"
    files = {
        f"{PERSONAL}.jsonl": b"\n".join(line.replace(b"\n", b"") for line in lines),
        f"{PERSONAL}.csv": f"Kundnr;Personnr;Anmäld\n{row}\n;{PERSONAL};2026-06-01\n".encode(),
        "header.csv": f"{PERSONAL};{GIVEN}\n{row}\n".encode(),
        "map.toml": MAPPING.encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    listed = ("--agency", "leverantor", "--format", "csv:map.toml")
    ran = [
        hub.run("ingest", f"{PERSONAL}.jsonl", "--agency", "jobbtorg"),
        hub.run("ingest", f"{PERSONAL}.csv", "header.csv", *listed, "--json"),
        hub.run("ingest", f"{PERSONAL}.nothing", "--agency", "af"),
        hub.run("quarantine", "list", "--limit", "1000"),
        hub.run("quarantine", "redrive", "--json"),
        hub.run("find", "--type", "coordination_number", told=f"{PERSONAL}\n"),
        hub.run("find", PERSONAL),
        hub.run("settings", HUB_TODAY=PERSONAL, HUB_PORT=PERSONAL, HUB_DATABASE_URL=PERSONAL, HUB_LOG_LEVEL=PERSONAL),
        hub.run("settings", **{f"HUB_{PERSONAL}": PERSONAL}),
    ]
    for name in files:
        (folder / name).unlink()
    said.commands = [f"{each.said}{each.logged}" for each in ran]
    assert [each.code for each in ran] == [0, 0, 1, 0, 0, 1, 2, 2, 2]


def plant_in_pages(client: httpx.Client, said: Planted) -> None:
    """A caseworker's searches; a form may show again what was typed, an address may not."""
    del client.headers["Authorization"]
    visit = Visit(client)
    visit.get("/")
    visit.post("/persona", persona="jobbtorg")
    visit.get("/sok")
    for kind, number in (("personal_number", PERSONAL), ("coordination_number", PERSONAL), (PERSONAL, COORDINATION)):
        visit.post("/sok", typ=kind, nummer=number)
    visit.get(f"/{PERSONAL}")
    said.addresses = [answer.headers["Location"] for answer in visit.answers if "Location" in answer.headers]


def read_as_authorised(client: httpx.Client, said: Planted) -> None:
    """The agency that said it finds the person by either number and reads its own words."""
    purpose = {"Purpose": "planning"}
    for kind, number in (("personal_number", PERSONAL), ("coordination_number", COORDINATION)):
        body = {"identifier": number, "identifier_type": kind}
        answer = client.post("/samspar/v1/participant-searches", json=body, headers=purpose)
        said.searched += [each["participant_id"] for each in answer.json()["participants"]]
    said.reader_got = client.get(f"/samspar/v1/participants/{said.searched[0]}/timeline-entries", headers=purpose).text


def look_into(data_dir: Path, said: Planted) -> None:
    with joined(data_dir) as cluster, hub_beside(cluster, data_dir) as beside:
        said.equal = verify(beside, TIMELINE, lambda _done, _total: None).equal
        with beside.database.transaction() as connection:
            said.stored = json.dumps(
                [entry.data for entry in read_after(connection, beside.ring, Position(0), 100)], ensure_ascii=False
            )
        url = cluster.url_of("samspar", "hub_superuser")
        said.tables = found_in_tables(url)
        said.tables_with_reference = found_in_tables(url, [REFERENCE])


def test_an_authorised_reader_gets_what_was_said(planted: Planted) -> None:
    assert len(planted.searched) == 2
    assert len({*planted.searched}) == 1
    assert found_in_text(planted.reader_got, [NOTE]) == [NOTE]
    assert set(found_in_text(planted.stored)) >= {PERSONAL, COORDINATION, GIVEN, FAMILY, NOTE}
    assert planted.equal


def test_no_answer_repeats_a_number_or_a_name(planted: Planted) -> None:
    repeated = [
        (answer.request.method, answer.request.url.path, answer.request.content[:200], found)
        for answer in planted.answers
        if (found := found_in_text(f"{answer.headers} {answer.text}"))
    ]
    assert repeated == []
    assert [answer.status_code for answer in planted.answers if answer.status_code >= 500] == []
    assert len(planted.answers) > 60


def test_no_address_of_a_page_holds_a_number(planted: Planted) -> None:
    assert [address for address in planted.addresses if found_in_text(address)] == []
    assert [address for address in planted.addresses if planted.searched[0] in address] != []


def test_no_log_line_metric_or_command_holds_a_number_or_a_name(planted: Planted) -> None:
    log = (planted.folder / "hub.log").read_text(encoding="utf-8")
    assert found_in_text(log) == []
    assert found_in_text(planted.metrics) == []
    assert [said for said in planted.commands if found_in_text(said)] == []
    assert log.count("delivery_rejected") > 40
    assert "/samspar/v1/receipts" in ROUTES.findall(planted.metrics)


def test_no_column_of_any_table_holds_a_number_or_a_name(planted: Planted) -> None:
    assert planted.tables == []
    assert {table for table, _ in planted.tables_with_reference} >= {"log_entry", "reference_binding", "pg_stats"}


def test_no_byte_of_the_stopped_database_holds_a_number_or_a_name(planted: Planted) -> None:
    (data,) = {path.parent for path in planted.folder.rglob("PG_VERSION") if (path.parent / "pg_wal").is_dir()}
    kept = found_in_files(data, [REFERENCE])
    assert found_in_files(planted.folder) == []
    assert {name.partition("/")[0] for name, _ in kept} == {"base", "pg_wal"}


def test_the_search_knows_every_spelling() -> None:
    assert spelled("198601012381") == ["198601012381", "19860101-2381", "860101-2381", "8601012381"]
    assert len({*secrets()}) == 11
