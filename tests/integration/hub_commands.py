"""Commands of the hub as other processes, the way an operator or a script runs them."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

    def json(self, *arguments: str, told: str = "") -> Any:  # whatever JSON the command prints
        """The document of a command that does what it is told."""
        ended = self.run(*arguments, "--json", told=told)
        assert ended.code == 0, ended.logged
        return ended.document
