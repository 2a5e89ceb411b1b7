"""Who a process is beyond its pid: the instant of its start, which a process that reuses the pid cannot share."""

import subprocess
from pathlib import Path

_PROC = Path("/proc")
_STATE, _START_TICKS = 0, 19  # places in /proc/PID/stat after the name of the program


def birth(pid: int) -> str | None:
    """The boot and the clock tick at which the process started; None when none runs (a zombie does not run)."""
    if not (_PROC / "self" / "stat").exists():
        return _birth_by_ps(pid)
    try:
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[_STATE] in {"Z", "X"}:
        return None
    boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return f"{boot}:{fields[_START_TICKS]}"


def command_line(pid: int) -> str:
    """The command that the process was started with, empty when it has ended."""
    return _ps(pid, "command")


def _birth_by_ps(pid: int) -> str | None:
    return _ps(pid, "lstart") or None


def _ps(pid: int, column: str) -> str:
    command = ["ps", "-ww", "-o", f"{column}=", "-p", str(pid)]
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout.strip()  # noqa: S603 - constant words and a number
