"""Tables of the command line: ids and codes are there to be copied, so no terminal breaks them."""

import re
from io import StringIO
from uuid import UUID

import pytest
from rich.console import Console

from hub.cli import output

CASE = UUID(int=2**127)
POINTER = "/data/identifiers/0/value"
REASON = "personal_number_checksum"
PROSE = "Compare the number with your source, and send the event again under the same id."
COLUMNS = ("id", "reason", "where", "what to do")


def printed(width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    shown = StringIO()
    monkeypatch.setattr(output, "console", Console(file=shown, width=width))
    output.print_table("Refused", COLUMNS, [(CASE, REASON, POINTER, PROSE), (CASE, REASON, None, PROSE)], "")
    return shown.getvalue()


@pytest.mark.parametrize("width", [60, 80, 110, 130, 300])
def test_no_word_is_broken_at_any_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = printed(width, monkeypatch)
    assert [shown.count(word) for word in (str(CASE), REASON, POINTER)] == [2, 2, 1]
    assert sorted(set(PROSE.split()) - set(shown.split())) == []
    assert max(len(line) for line in shown.splitlines()) <= width


def test_a_wide_terminal_shows_columns_and_a_narrow_one_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    wide, narrow = printed(300, monkeypatch), printed(80, monkeypatch)
    assert re.search(rf"{CASE} +{REASON} +{POINTER}", wide)
    assert re.search(rf"^id +{CASE} *\nreason +{REASON} *\nwhere +{POINTER} *$", narrow, re.MULTILINE)
