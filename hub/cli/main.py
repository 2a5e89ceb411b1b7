"""The command `hub`: prints for people, `--json` for machines, exits 0 done, 1 refused or not equal, 2 misconfigured."""

import signal
import sys
from types import FrameType

import typer
from rich.markup import escape

from hub.cli import (
    demo_command,
    ingest_command,
    operate_commands,
    plan_commands,
    publish_command,
    quarantine_commands,
    read_commands,
    register_commands,
    serve_command,
    setup_commands,
    synth_command,
    topics_command,
    try_command,
    worker_command,
)
from hub.cli.careful import be_careful
from hub.cli.output import errors
from schemas.errors import HubError, Misconfigured

_STOPPING = (signal.SIGINT, signal.SIGTERM)
_INTERRUPTED = 128 + signal.SIGINT

app = typer.Typer(
    name="hub",
    help="Samspår: one timeline per participant out of what all agencies say.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command in (
    demo_command,
    serve_command,
    ingest_command,
    publish_command,
    plan_commands,
    read_commands,
    topics_command,
    worker_command,
    try_command,
    operate_commands,
    quarantine_commands,
    register_commands,
    synth_command,
    setup_commands,
):
    command.register(app)


def main() -> None:
    """Run the command line; a wrong setting exits with 2 and says what was expected."""
    be_careful()
    for number in _STOPPING:
        signal.signal(number, _stop)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
        signal.signal(signal.SIGHUP, _hang_up)
    try:
        app()
    except Misconfigured as error:
        errors.print(f"[bold red]Misconfigured:[/] {escape(str(error))}")
        sys.exit(2)
    except HubError as error:
        errors.print(f"[bold red]{type(error).__name__}:[/] {escape(str(error))}")
        sys.exit(1)


def _stop(number: int, _frame: FrameType | None) -> None:
    """Unwind, so that runners end and the embedded database stops; a second signal does not interrupt that."""
    for each in _STOPPING:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(_INTERRUPTED if number == signal.SIGINT else 0)


def _hang_up(_number: int, _frame: FrameType | None) -> None:
    """A closed terminal is a request to stop, for whoever listens for one: the web server or ourselves."""
    signal.raise_signal(signal.SIGTERM)


if __name__ == "__main__":
    main()
