"""The standard error of every command: it repeats no personal number, whoever writes the line.

A usage error quotes what was typed, a wrong setting what was found, a traceback what an exception says.
"""

import sys
from collections.abc import Iterable
from typing import Any, TextIO, cast

from hub.personal_numbers import redacted


class CarefulStream:
    """A text stream that hides personal numbers on their way out and is the other stream in everything else."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> int:
        """Write the text without personal numbers."""
        self._out.write(redacted(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each line."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # whatever the other stream has
        return getattr(self._out, name)


def be_careful() -> None:
    """Let standard error of this process pass through the redactor from now on."""
    sys.stderr = cast("TextIO", CarefulStream(sys.stderr))  # it has all that the other one has
