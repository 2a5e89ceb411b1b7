"""Code lists with validity dates, read from CSV when first asked for."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

_SHORT_LIST = 30
_FOLDER = Path(__file__).parent / "data" / "codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeEntry:
    """One code. No date means without limit; both days are included. `source` says where the code comes from."""

    code: str
    title_sv: str
    title_en: str
    valid_from: date | None
    valid_to: date | None
    source: str


def code_lists() -> tuple[str, ...]:
    """The names of all lists."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.csv")))


@cache
def entries(code_list: str) -> Mapping[str, CodeEntry]:
    """A whole list by code, in the order of the file. FileNotFoundError: the contract names no such list."""
    with (_FOLDER / f"{code_list}.csv").open(encoding="utf-8", newline="") as lines:
        return MappingProxyType({row["code"]: _entry(row) for row in csv.DictReader(lines)})


def find(code_list: str, code: str) -> CodeEntry | None:
    """The code in the list, whether or not it is valid any more."""
    return entries(code_list).get(code)


def title(code_list: str, code: str) -> str:
    """The Swedish words for a code; the code itself when the list does not have it."""
    entry = find(code_list, code)
    return code if entry is None else entry.title_sv


def expected(code_list: str, found: str) -> str:
    """What a sender may write instead of a code that the list does not have: all codes of a short list, or the place."""
    known = entries(code_list)
    if len(known) <= _SHORT_LIST:
        return f"one of {', '.join(known)}"
    meant = _codes_by_words(code_list).get(found.casefold())
    return f"a code of the list {code_list} (docs/codes.md)" + (f", such as {meant}" if meant else "")


@cache
def _codes_by_words(code_list: str) -> Mapping[str, str]:
    """The code that a title means, for a sender who writes words."""
    listed = entries(code_list).values()
    return {words.casefold(): entry.code for entry in listed for words in (entry.title_sv, entry.title_en, entry.code)}


def _entry(row: dict[str, str]) -> CodeEntry:
    return CodeEntry(
        code=row["code"],
        title_sv=row["title_sv"],
        title_en=row["title_en"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        source=row["source"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
