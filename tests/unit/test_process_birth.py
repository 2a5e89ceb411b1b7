"""A process is known by its pid and the instant of its start."""

import os
import subprocess
import sys

from hub.store.process_birth import birth, command_line


def test_a_process_keeps_its_birth_and_its_command() -> None:
    assert birth(os.getpid()) == birth(os.getpid()) is not None
    assert "python" in command_line(os.getpid())


def test_another_process_has_another_birth() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert birth(other.pid) not in {None, birth(os.getpid())}
        other.communicate(b"\n")


def test_what_has_ended_has_no_birth_even_before_it_is_waited_for() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.read()
        os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
        assert birth(other.pid) is None
    assert (birth(other.pid), command_line(other.pid)) == (None, "")
