"""The documents that people start with: their links lead somewhere, their commands exist, their examples are accepted."""

import json
import re
import shlex
from pathlib import Path

import pytest
import typer

from connectors.csv_mapping import read_mapping
from connectors.csv_rows import RowEvent, translate
from hub.cli.main import app
from hub.intake.reading import Delivery
from hub.intake.records import read_kafka_record
from hub.run.hub import Hub
from hub.run.steps import receive
from hub.streams.broker import Broker
from schemas.event_type import JsonObject
from schemas.topics import events_topic, receipts_topic
from tests.architecture.repository import ROOT
from tests.databases import FreshDatabase
from tests.integration.hub_commands import CommandsHere
from tests.integration.intake.sending import send, told
from tests.integration.streams.agency_topics import answer, client, make_topic, receipt, records
from tests.unit.intake.builders import NOW

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(
    r"(?:^|\s|`|\$\()(?:\.venv/bin/)?hub ([a-z]+(?: (?:add|list|show|redrive|discard|upgrade|export))?)\b"
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def example(name: str) -> JsonObject:
    found: JsonObject = json.loads((ROOT / "examples" / "events" / name).read_text(encoding="utf-8"))
    return found


def fenced(path: Path, language: str) -> list[str]:
    return [text for tag, text in _FENCE.findall(path.read_text(encoding="utf-8")) if tag == language]


def commands() -> set[str]:
    """Every command of `hub`, groups with their own."""
    top = typer.main.get_command(app)
    found: set[str] = set()
    for name, command in getattr(top, "commands", {}).items():
        inner = getattr(command, "commands", {})
        found |= {f"{name} {each}" for each in inner} | {name}
    return found


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_to_a_file_of_the_repository(path: Path) -> None:
    links = _LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=name_of)
def test_every_command_that_a_document_names_exists(path: Path) -> None:
    named = {found for block in fenced(path, "") for found in _COMMAND.findall(block)}
    assert sorted(named - commands()) == []


def test_the_first_events_of_the_readme_are_accepted_and_its_mistake_is_explained(hub: Hub) -> None:
    person, activity = example("1-person.json"), example("2-activity.json")
    mistake = json.loads(json.dumps(activity).replace("first-2", "first-3").replace('"praktik"', '"practice"'))
    receipts = send(hub, [person, activity, activity, mistake])
    assert told(receipts) == ["accepted", "accepted", "duplicate", "rejected code_unknown"]
    assert [found.pointer for found in receipts[-1].problems] == ["/data/activity"]


def test_the_other_events_of_the_guide_are_accepted_after_the_first_ones(hub: Hub) -> None:
    shown = [json.loads(text) for text in fenced(ROOT / "docs" / "sending.md", "json")]
    first = [example("1-person.json"), example("2-activity.json")]
    assert shown == [example(f"{name}.json") for name in ("3-correction", "4-retraction", "5-heartbeat")]
    assert told(send(hub, [*first, *shown])) == ["accepted"] * 5


def test_the_guide_registers_an_agency_whose_key_is_made_as_it_says(
    database: FreshDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    making, _ = fenced(ROOT / "docs" / "sending.md", "python")
    exec(making, {})  # noqa: S102 - the guide is ours
    commands = CommandsHere(database.environment(tmp_path), tmp_path)
    blocks = [block for block in fenced(ROOT / "docs" / "sending.md", "") if "hub agency add" in block]

    ended = [
        commands.run(*shlex.split(line)[1:]) for block in blocks for line in block.replace("\\\n", " ").splitlines()
    ]
    (agency,) = [each for each in commands.json("agency", "list") if each["agency"] == "exempelkommun"]

    assert [each.code for each in ended] == [0, 0, 0]
    assert agency["may_send"] == ["enrolment.*", "participant.*", "source.heartbeat"]
    assert len(agency["keys"]) == 1


def test_the_program_of_the_guide_sends_an_event_that_is_accepted_and_tells_its_receipt(
    hub: Hub,
    database: FreshDatabase,
    broker: Broker,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kafka, topic = client(broker.address), events_topic("exempelkommun")
    for name in (topic, receipts_topic("exempelkommun")):
        make_topic(kafka, name)
    for line in fenced(ROOT / "docs" / "sending.md", "")[0].replace("\\\n", " ").splitlines():
        CommandsHere(database.environment(tmp_path), tmp_path).run(*shlex.split(line)[1:])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kafka-password").write_text("secret\n", encoding="utf-8")
    _, program = fenced(ROOT / "docs" / "sending.md", "python")
    here = program.replace("kafka.region.example:9093", broker.address).replace("SASL_SSL", "PLAINTEXT")
    event = {"source": "urn:samspar:source:exempelkommun:vux", "id": "2026-11-20-0001"}
    answer(kafka, "exempelkommun", [(receipt(event, "accepted"), f"{topic}/0/0")])
    capsys.readouterr()

    exec(here, {})  # noqa: S102 - the guide is ours

    [record] = records(kafka, topic)
    content = read_kafka_record(record.headers, record.value)
    sent = Delivery(agency="exempelkommun", channel="kafka", locator="", received_at=hub.now(), content=content)
    assert capsys.readouterr().out == "accepted 2026-11-20-0001 []\n"
    assert told(receive(hub, [sent])) == ["accepted"]


def test_the_mapping_of_the_guide_translates_a_list() -> None:
    (text,) = fenced(ROOT / "docs" / "sending.md", "toml")
    mapping = read_mapping(text, "docs/sending.md")
    lines = [
        "Kundnr;Program;Ändrad;Personnr;Förnamn;Start;Tim",
        "17;SFI;2026-11-02 08:00;198901102387;Åsa;03.11.2026;7,5",
    ]
    translation = translate("\r\n".join(lines).encode(mapping.encoding), mapping, {}, b"key", NOW)
    assert [item.body["data"] for item in translation.items if isinstance(item, RowEvent)] == [
        {
            "protection": "none",
            "given_name": "Åsa",
            "identifiers": [{"type": "personal_number", "value": "198901102387"}],
        },
        {"key": "17", "programme": "sfi", "from": "2026-11-03", "hours": 7.5},
    ]
