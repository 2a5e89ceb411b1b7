"""Commands of the hub: as other processes, the way an operator or a script runs them, or faster in this process."""

import json
import logging
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from typer.testing import CliRunner

from hub.cli.main import app
from tests.integration.hub_service import HUB, environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended and what it said."""

    code: int
    said: str
    logged: str

    @property
    def document(self) -> Any:  # whatever JSON the command prints
        """Its one JSON document."""
        return json.loads(self.said)


@dataclass(frozen=True, slots=True)
class Commands:
    """The command line with these settings, run in this folder."""

    settings: Mapping[str, str]
    folder: Path

    def run(self, *arguments: str, told: str = "", **settings: str) -> Ended:
        """A command until its end; `told` is its standard input, more settings are for this run alone."""
        ended = subprocess.run(
            [HUB, *arguments],
            env=environment({**self.settings, **settings}),
            cwd=self.folder,
            input=told,
            check=False,
            capture_output=True,
            text=True,
        )
        return Ended(code=ended.returncode, said=ended.stdout, logged=ended.stderr)

    def json(self, *arguments: str, told: str = "", code: int = 0) -> Any:  # whatever JSON the command prints
        """The document of a command that does what it is told, or ends with this code."""
        ended = self.run(*arguments, "--json", told=told)
        assert ended.code == code, ended.logged
        return ended.document


class CommandsHere(Commands):
    """The same in this process, where it does not matter that a process starts and ends."""

    def run(self, *arguments: str, told: str = "", **settings: str) -> Ended:
        """As a process would, but for signals and for wrong settings, which end a process with 2."""
        handlers, level = logging.root.handlers[:], logging.root.level
        try:
            ended = CliRunner().invoke(app, arguments, input=told, env={**self.settings, **settings})
        finally:
            structlog.reset_defaults()
            logging.root.handlers[:] = handlers
            logging.root.setLevel(level)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Ended(code=ended.exit_code, said=ended.stdout, logged=ended.stderr)
