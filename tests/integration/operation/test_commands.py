"""The operator's commands as processes: what they print for scripts, what they refuse, and how they end."""

import json
import os
import pwd
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.run.hub import Hub
from tests.databases import FreshDatabase, fresh_hub
from tests.integration.hub_commands import Commands, CommandsHere
from tests.integration.intake.sending import project_all, send, told
from tests.unit.intake.builders import PERSONAL_NUMBER, event, opened, registration

FK = "urn:samspar:source:fk:samordning"
JOBBTORG_STATE = {
    "agency": "jobbtorg",
    "source": "urn:samspar:source:jobbtorg:verksamhetssystem",
    "state": "gap",
    "complete_to": "2026-11-20T08:00:00Z",
    "missing_sequences": [2],
    "held": 1,
    "rejected": 1,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A hub that knows one person, holds one event and has refused two."""

    hub: Commands
    process: Commands
    participant: str


@pytest.fixture(scope="module")
def scene(module_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Told half an hour ago, so that what is missing is missing."""
    folder = tmp_path_factory.mktemp("scene")
    with fresh_hub(module_database, folder) as hub:
        participant = tell(replace(hub, now=lambda: hub.now() - timedelta(minutes=30)))
    settings = module_database.environment(folder)
    return Scene(CommandsHere(settings, folder), Commands(settings, folder), participant)


def tell(hub: Hub) -> str:
    wrong = event("wrong", "enrolment.opened", {"key": "w", "programme": "astronaut"}, schemaversion=2)
    receipts = send(hub, [registration(sequence="1"), opened(sequence="3"), opened("early", subject="P9"), wrong])
    person = registration("reg", source=FK, subject="F1")
    attended = event("seen", "attendance.reported", attendance(), source=FK, subject="F1")
    refused = send(hub, [person, attended], agency="fk")
    project_all(hub)
    assert told(receipts) == ["accepted", "accepted", "held participant_unknown", "rejected code_unknown"]
    assert told(refused) == ["accepted", "rejected type_not_authorised"]
    return str(receipts[0].participant_id)


def attendance() -> dict[str, object]:
    """A week in an activity."""
    return {"activity_key": "a", "activity": "arbetstraning", "from": "2026-11-02", "to": "2026-11-08", "hours": 3}


def test_status_tells_scripts_about_read_models_quarantine_and_sources(scene: Scene) -> None:
    status = scene.hub.json("status")
    (projection,) = status["projections"]
    assert 0 <= projection.pop("seconds_since_advance") < 3600
    assert projection == {"name": "timeline", "version": 1, "position": 3, "log_position": 3, "lag_events": 0}
    assert status["quarantine"] == {"rejected": 2, "held": 1, "parked": 0}
    assert [each for each in status["sources"] if each["agency"] == "jobbtorg"] == [JOBBTORG_STATE]
    assert {frozenset(each) for each in status["sources"]} == {frozenset(JOBBTORG_STATE)}
    assert {*status} == {"projections", "quarantine", "held_too_long", "sources"}


def test_a_refused_delivery_is_shown_and_sent_again_by_somebody_once_its_cause_is_mended(scene: Scene) -> None:
    (case,) = scene.hub.json("quarantine", "list", "--agency", "fk")
    shown = scene.hub.json("quarantine", "show", case["quarantine_id"])
    name = ("--name", "Försäkringskassan", "--mark", "FK", "--number", "202100-5521")
    added = scene.hub.json("agency", "add", "fk", *name, "--may-send", "attendance.*")
    redriven = scene.hub.json("quarantine", "redrive", case["quarantine_id"], "--actor", "Maria Ek")
    (settled,) = scene.hub.json("quarantine", "list", "--state", "redriven")
    again = scene.hub.run("quarantine", "redrive", case["quarantine_id"])
    listed = {each["agency"]: each for each in scene.hub.json("agency", "list")}

    assert shown == case
    assert (case["id"], case["reason"], case["state"], case["attempts"]) == ("seen", "type_not_authorised", "open", 1)
    assert [each["pointer"] for each in case["problems"]] == ["/type"]
    assert added == {"agency": "fk", "new": False}
    assert redriven == [{"quarantine_id": case["quarantine_id"], "status": "accepted"}]
    assert (settled["actor"], settled["remark"]) == ("Maria Ek", "answered accepted")
    assert (again.code, "hub quarantine list" in again.logged) == (1, True)
    assert "attendance.*" in listed["fk"]["may_send"]


def test_an_agency_may_send_only_what_the_contract_names(scene: Scene) -> None:
    before = scene.hub.json("agency", "list")
    name = ("--name", "Försäkringskassan", "--mark", "XX")

    refused = scene.hub.run("agency", "add", "fk", *name, "--may-send", "plan.*", "--may-send", "atendance.*")

    assert (refused.code, "found atendance.*" in " ".join(refused.logged.split())) == (1, True)
    assert scene.hub.json("agency", "list") == before


def test_a_refused_delivery_is_discarded_by_somebody_with_a_reason_only(scene: Scene) -> None:
    (case,) = scene.hub.json("quarantine", "list", "--agency", "jobbtorg")
    without = scene.hub.run("quarantine", "discard", case["quarantine_id"])
    why = ("--reason", "Testdata", "--actor", "Jonas Berg")
    scene.hub.json("quarantine", "discard", case["quarantine_id"], *why)
    (discarded,) = scene.hub.json("quarantine", "list", "--state", "discarded")
    again = scene.hub.run("quarantine", "discard", case["quarantine_id"], *why)

    assert (without.code, "--reason" in without.logged) == (2, True)
    assert (discarded["id"], discarded["actor"], discarded["remark"]) == ("wrong", "Jonas Berg", "Testdata")
    assert again.code == 1


def test_what_is_held_can_be_listed(scene: Scene) -> None:
    (held,) = scene.hub.json("quarantine", "list", "--state", "held")
    assert (held["id"], held["reason"]) == ("early", "participant_unknown")


def test_a_person_is_found_by_a_number_from_standard_input_alone_and_the_reading_is_kept(scene: Scene) -> None:
    found = scene.process.run("find", "--agency", "jobbtorg", told=f"{PERSONAL_NUMBER}\n")
    unknown = scene.hub.run("find", "--agency", "jobbtorg", told="19790101-2398\n")
    argued = scene.hub.run("find", PERSONAL_NUMBER)
    reads = scene.hub.json("reads", scene.participant)

    assert (found.code, found.said) == (0, f"{scene.participant}\n")
    assert (unknown.code, unknown.said) == (1, "")
    assert argued.code == 2
    assert [
        (each["agency"], each["purpose"], each["action"], each["outcome"], each["position"], each["fields"])
        for each in reads
    ] == [("jobbtorg", "planning", "search", "allowed", 3, ["personal_number"])]
    assert [(each["channel"], each["reader"]) for each in reads] == [("cli", pwd.getpwuid(os.getuid()).pw_name)]


def test_a_read_by_an_account_without_a_name_is_kept_by_its_number(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)

    scene.hub.json("timeline", scene.participant, "--agency", "jobbtorg")

    assert scene.hub.json("reads", scene.participant)[0]["reader"] == "uid 4000000001"


def test_a_source_is_added_listed_and_not_taken_over_by_another_agency(scene: Scene) -> None:
    uri = "urn:samspar:source:fk:nytt-system"
    scene.hub.json("source", "add", uri, "--agency", "fk", "--first-sequence", "100")
    taken = scene.hub.run("source", "add", uri, "--agency", "af")
    listed = [each for each in scene.hub.json("source", "list") if each["source"] == uri]
    assert [(each["agency"], each["first_sequence"]) for each in listed] == [("fk", 100)]
    assert taken.code == 1


def test_settings_are_shown_without_their_secrets(scene: Scene) -> None:
    url = scene.hub.settings["HUB_DATABASE_URL"]
    password = url.partition("://")[2].partition("@")[0].partition(":")[2]
    shown = scene.hub.json("settings")
    wrong = scene.process.run("settings", HUB_DATABASE_URL=url.replace("postgresql", "mysql"))
    assert len(password) > 20
    assert password not in json.dumps(shown)
    assert shown["HUB_DATABASE_URL"] == "postgresql://********@" + url.partition("@")[2]
    assert (wrong.code, password in wrong.logged + wrong.said) == (2, False)
    assert "HUB_DATABASE_URL: expected postgresql://" in " ".join(wrong.logged.split())


def test_a_development_token_is_refused_in_production(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "kek").write_bytes(bytes(32))
    production = {
        "HUB_ENVIRONMENT": "production",
        "HUB_KEY_FILE": str(tmp_path / "kek"),
        "HUB_JWKS_FILE": str(tmp_path / "jwks.json"),
        "HUB_TOKEN_ISSUER": "https://issuer.example",
    }
    asked = ("token", "--agency", "jobbtorg", "--scope", "events:write")
    refused = scene.process.run(*asked, **production)
    given = scene.hub.run(*asked)
    assert (refused.code, refused.said) == (2, "")
    assert "expected HUB_ENVIRONMENT=development" in " ".join(refused.logged.split())
    assert (given.code, given.said.count(".")) == (0, 2)


def test_an_empty_database_is_brought_to_the_release_once_and_stays_there(
    module_database: FreshDatabase, tmp_path: Path
) -> None:
    cluster = module_database.cluster
    cluster.create_database("empty")
    settings = {
        "HUB_DATA_DIR": str(tmp_path),
        "HUB_DATABASE_URL": cluster.url_of("empty", "hub_app"),
        "HUB_OWNER_DATABASE_URL": cluster.url_of("empty", "hub_owner"),
    }
    hub = CommandsHere(settings, tmp_path)
    revisions: list[Any] = [each.json("db", "upgrade") for each in (Commands(settings, tmp_path), hub)]
    status = hub.json("status")
    cluster.drop_database("empty")
    assert revisions == [{"revision": "0006"}] * 2
    assert [each["position"] for each in status["projections"]] == [0]


def test_a_whole_rebuild_says_what_it_compared_and_an_unknown_read_model_is_refused(scene: Scene) -> None:
    (rebuilt,) = scene.hub.json("rebuild", "timeline")
    refused = scene.hub.run("rebuild", "plans")
    assert (rebuilt["projection"], rebuilt["equal"]) == ("timeline", True)
    assert (refused.code, "timeline" in refused.logged) == (1, True)


def test_plan_and_findings_say_the_same_to_people_and_to_scripts(scene: Scene) -> None:
    """The person is enrolled, nobody owns the process, and nothing is planned."""
    asked = (scene.participant, "--as-of", "2026-12-24", "--agency", "jobbtorg")
    plan, listed = scene.hub.json("plan", *asked), scene.hub.json("findings", *asked)
    read = scene.hub.run("plan", *asked).said

    assert (plan["lines"], plan["findings"]) == ([], listed)
    assert sorted(found["rule"] for found in listed) == ["C7", "M6", "M9"]
    assert "Nothing is planned." in read
    assert all(found["text_en"].split()[0] in read for found in listed)
