"""A hub that is told to stop, in any of the usual ways, leaves nothing behind; one that is killed is no obstacle."""

import signal
from pathlib import Path

import pytest

from hub.store.embedded_server import free_port
from tests.integration.hub_service import service
from tests.integration.store.hub_processes import processes_on

CTRL_C = 130


@pytest.fixture
def settings(data_dir: Path) -> dict[str, str]:
    """A hub with an embedded database of its own."""
    return {"HUB_DATA_DIR": str(data_dir), "HUB_PORT": str(free_port(None))}


@pytest.mark.parametrize(
    ("told", "exit_code"),
    [(signal.SIGINT, CTRL_C), (signal.SIGTERM, 0), (signal.SIGHUP, 0)],
    ids=str,
)
def test_a_hub_that_is_told_to_stop_stops_its_database(
    settings: dict[str, str], data_dir: Path, told: signal.Signals, exit_code: int
) -> None:
    with service(settings, folder=data_dir) as hub:
        before = processes_on(data_dir)
        hub.send_signal(told)
        hub.send_signal(told)
        ended = hub.wait(30)
    assert len(before) == 1
    assert (ended, processes_on(data_dir)) == (exit_code, [])


def test_a_killed_hub_leaves_its_database_to_the_next(settings: dict[str, str], data_dir: Path) -> None:
    with service(settings, folder=data_dir) as hub:
        server = processes_on(data_dir)
        hub.kill()
    with service(settings, folder=data_dir) as hub:
        joined = processes_on(data_dir)
        hub.terminate()
        hub.wait(30)
    assert joined == server
    assert processes_on(data_dir) == []


def test_a_setting_that_is_wrong_ends_the_start_with_2_and_says_what_was_expected(
    settings: dict[str, str], data_dir: Path
) -> None:
    with (
        pytest.raises(AssertionError, match="HUB_PROT: expected a setting"),
        service(settings | {"HUB_PROT": "1"}, folder=data_dir),
    ):
        pass
    assert processes_on(data_dir) == []
