"""The content of events in Swedish: what each field is called and what its codes mean, whatever the type."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from hub.personal_numbers import REDACTED, redacted
from hub.web.words import swedish
from schemas import codes
from schemas.catalogue import code_paths, latest
from schemas.data_schema import field_titles
from schemas.event_type import Json, JsonObject
from schemas.paths import LIST

_TECHNICAL = frozenset(
    ("key", "line", "after", "part_of", "reuse_of", "activity_key", "plan", "attached", "proposal", "line_hash")
)
_AGENCIES = frozenset(("responsible", "from_agency", "recipients", "agency", "party", "assessors"))
_NAMES_A_ROW = ("label", "course", "activity", "occupation", "type", "name", "role")
_ALSO_CODES = {"course": "sfi_course", "legal_basis": "legal_basis"}
"""Fields that may hold a code or words."""

_MASKED = "••••"
_TWELVE = 12
_LAST = 999


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How the fields of some event types are read: which hold codes, the family, and the contract's order."""

    lists: Mapping[tuple[str, ...], str]
    family: str
    order: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Fact:
    """One field in words; a list of things is shown as rows."""

    label: str
    value: str
    rows: tuple[str, ...] = ()


def vocabulary_of(names: Iterable[str]) -> Vocabulary:
    """The vocabulary of events of these types, the first one's family counting."""
    return _vocabulary(tuple(dict.fromkeys(names)))


def facts_of(content: JsonObject, words: Vocabulary, near: date) -> list[Fact]:
    """Every field that says something to a person, in the order of the contract; a start and an end are one period."""
    facts: list[Fact] = []
    period = _period(content, near)
    for name in sorted(content, key=lambda name: words.order.get(name, _LAST)):
        if name in _TECHNICAL or content[name] in (None, [], "") or (period and name == "to"):
            continue
        if period and name == "from":
            facts.append(Fact("Period", period))
            continue
        facts.append(_fact(name, content[name], words, near))
    return facts


def value_text(path: tuple[str, ...], value: Json, words: Vocabulary, near: date) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, (int, float)):
        return f"{value:g}".replace(".", ",")
    if isinstance(value, list):
        if path[-1] == "week":
            return swedish.weeks([str(each) for each in value])
        return swedish.listed([value_text(path, each, words, near) for each in value])
    if isinstance(value, dict):
        return _row(path, value, words, near)
    text = str(value)
    if path in words.lists:
        return codes.title(words.lists[path], text)
    if path[-1] in _ALSO_CODES:
        return codes.title(_ALSO_CODES[path[-1]], text)
    if path[-1] in _AGENCIES or (words.family == "referral" and path == ("to",)):
        return codes.title("agency", text)
    day = swedish.read_day(text)
    return swedish.short_day(day, near) if day else redacted(text).replace(REDACTED, "[personnummer]")


def row_name(path: tuple[str, ...], row: JsonObject, words: Vocabulary, near: date) -> str:
    """What a line of a plan, a goal or a course is called."""
    field = next((name for name in _NAMES_A_ROW if row.get(name)), None)
    return value_text((*path, field), row[field], words, near) if field else ""


def field_title(name: str, family: str) -> str:
    """The Swedish title of a field, as its family means it."""
    titles = field_titles()
    title = titles.get(f"{family}.{name}") or titles.get(name)
    return title[0] if title else name.replace("_", " ").capitalize()


def spelled(number: str) -> str:
    """`199303142384` as `19930314-2384`, which is easier to read aloud."""
    digits = number.strip()
    return f"{digits[:-4]}-{digits[-4:]}" if len(digits) == _TWELVE and "-" not in digits else digits


def masked(number: str) -> str:
    """`19860314-2384` as `19860314-••••`: the date alone."""
    digits = number.strip().replace("+", "-")
    head = digits.partition("-")[0] if "-" in digits else digits[: -len(_MASKED)]
    return f"{head}-{_MASKED}"


def _period(content: JsonObject, near: date) -> str:
    """The period of a content that has both ends."""
    begins, ends = swedish.read_day(content.get("from")), swedish.read_day(content.get("to"))
    return swedish.period(begins, ends, near) if begins and ends else ""


def _fact(name: str, value: Json, words: Vocabulary, near: date) -> Fact:
    label = field_title(name, words.family)
    if name == "identifiers":
        shown = [f"{value_text((name, 'type'), each['type'], words, near)} {masked(each['value'])}" for each in value]
        return Fact(label, ", ".join(shown))
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return Fact(label, "", tuple(_row((name,), each, words, near) for each in value))
    return Fact(label, value_text((name,), value, words, near))


def _row(path: tuple[str, ...], row: JsonObject, words: Vocabulary, near: date) -> str:
    """`Sfi studieväg 1, kurs B: mån–tors 08.30–12.15, 15 timmar i veckan, 13 okt – 12 mars 2027`."""
    named = row_name(path, row, words, near)
    parts: list[str] = []
    if row.get("week"):
        parts.append(value_text((*path, "week"), row["week"], words, near))
    if row.get("hours") is not None:
        parts.append(f"{value_text((*path, 'hours'), row['hours'], words, near)} timmar i veckan")
    when = swedish.period(swedish.read_day(row.get("from")), swedish.read_day(row.get("to")), near)
    parts += [when] if when else []
    used = {"week", "hours", "from", "to", next((name for name in _NAMES_A_ROW if row.get(name)), "")}
    for name, value in row.items():
        if name in used or name in _TECHNICAL or value in (None, [], ""):
            continue
        said = value_text((*path, name), value, words, near)
        if said != named:
            inside = swedish.lower_first(said) if (*path, name) in words.lists else said
            parts.append(f"{swedish.lower_first(field_title(name, words.family))}: {inside}")
    said = ", ".join(parts)
    return f"{named}: {said}" if named and said else named or said


@cache
def _vocabulary(names: tuple[str, ...]) -> Vocabulary:
    lists: dict[tuple[str, ...], str] = {}
    order: dict[str, int] = {}
    for name in names:
        event_type = latest(name)
        if event_type is None:
            continue
        for each in code_paths(event_type):
            path = tuple(step for step in each.path if step not in (LIST, "replacement"))
            lists[path] = each.code_list
        for field, stated in event_type.model.model_fields.items():
            order.setdefault(stated.alias or field, len(order))
    return Vocabulary(lists, names[0].partition(".")[0] if names else "", order)
