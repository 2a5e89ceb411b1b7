"""`hub quarantine` and `hub agency add` as an operator meets them: what is left out, left alone and not yet possible."""

import pytest

from tests.databases import FreshDatabase, fresh_hub
from tests.integration.connectors.supplier import FIRST, Supplier
from tests.integration.hub_commands import CommandsHere
from tests.integration.intake.sending import send
from tests.unit.intake.builders import event

ROW_ACTION = "send the list again"


@pytest.fixture(scope="module")
def hub(module_database: FreshDatabase, tmp_path_factory: pytest.TempPathFactory) -> CommandsHere:
    """A hub that has refused a row of the supplier's list and three events of jobbtorg."""
    folder = tmp_path_factory.mktemp("hub")
    with fresh_hub(module_database, folder) as running:
        Supplier(running, folder).send(f"K1;{FIRST};Matchning;sju")
        wrong = {"key": "k", "programme": "astronaut"}
        send(running, [event(f"w{at}", "enrolment.opened", wrong, schemaversion=2) for at in range(3)])
    return CommandsHere(module_database.environment(folder), folder)


def test_a_list_that_is_cut_says_how_many_more_there_are_and_how_to_see_them(hub: CommandsHere) -> None:
    cut, whole = hub.run("quarantine", "list", "--limit", "1"), hub.run("quarantine", "list")
    as_json = hub.run("quarantine", "list", "--limit", "3", "--json")
    own = hub.run("quarantine", "list", "--limit", "1", "--agency", "leverantor")
    held = hub.run("quarantine", "list", "--limit", "1", "--state", "held")

    assert "3 newer ones. See them all with: --limit 4" in cut.logged
    assert (len(as_json.document), "1 newer ones" in as_json.logged) == (3, True)
    assert not any("newer" in ended.logged for ended in (whole, own, held))


def test_redrive_takes_one_agency_and_says_what_to_do_with_a_row(hub: CommandsHere) -> None:
    (row,) = hub.json("quarantine", "list", "--agency", "leverantor")
    of_jobbtorg = hub.json("quarantine", "redrive", "--agency", "jobbtorg")
    of_supplier = hub.json("quarantine", "redrive", "--agency", "leverantor")
    named = hub.run("quarantine", "redrive", row["quarantine_id"])
    shown = hub.run("quarantine", "show", row["quarantine_id"])

    assert [each["status"] for each in of_jobbtorg] == ["rejected"] * 3
    assert [(each["quarantine_id"], each["status"]) for each in of_supplier] == [(row["quarantine_id"], "open")]
    assert all(ROW_ACTION in " ".join(said.split()) for said in (of_supplier[0]["action"], named.said, shown.said))
    assert named.code == 1
    assert hub.json("quarantine", "list", "--agency", "leverantor") == [row]


def test_a_new_agency_is_told_what_it_may_not_do_yet(hub: CommandsHere) -> None:
    add = ("agency", "add", "exempelkommun", "--name", "Exempelkommun", "--mark", "EX")
    silent, sending = (" ".join(hub.run(*add, *more).said.split()) for more in ((), ("--may-send", "plan.*")))
    known = hub.run("agency", "add", "af", "--name", "Arbetsförmedlingen", "--mark", "AF")

    assert "It may send nothing yet" in silent
    assert "It may send plan.*" in sending
    assert all("see nothing" in said and "visibility.csv" in said for said in (silent, sending))
    assert "see nothing" not in known.said
