"""Every event type of the contract, found in `families/`: adding a family means adding one file and its samples."""

from collections import defaultdict
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from schemas import families
from schemas.event_type import EventType, JsonObject
from schemas.paths import CodePath, Path, PeriodPath, paths_of


class Validator(Protocol):
    """The part of pydantic's validator that the front door needs."""

    def validate_json(self, content: bytes, /, *, strict: bool) -> object:
        """Raise ValidationError unless `content`, the JSON text of `data`, has the form of the contract."""


def _discover() -> dict[str, dict[int, EventType]]:
    found: defaultdict[str, dict[int, EventType]] = defaultdict(dict)
    for module in sorted(info.name for info in iter_modules(families.__path__)):
        for event_type in import_module(f"{families.__name__}.{module}").EVENTS:
            found[event_type.name][event_type.version] = event_type
    return {name: dict(sorted(by_version.items())) for name, by_version in found.items()}


_CATALOGUE = _discover()
_LATEST = {name: by_version[max(by_version)] for name, by_version in _CATALOGUE.items()}


def lookup(name: str, version: int) -> EventType | None:
    """The type `enrolment.opened` (without prefix) at one version."""
    return _CATALOGUE.get(name, {}).get(version)


def latest(name: str) -> EventType | None:
    """The type at its latest version."""
    return _LATEST.get(name)


def versions(name: str) -> tuple[int, ...]:
    """The accepted versions, oldest first; empty when there is no such type."""
    return tuple(_CATALOGUE.get(name, ()))


def all_event_types() -> tuple[EventType, ...]:
    """Every type at every version, family by family, in the order in which its file declares them."""
    return tuple(event_type for by_version in _CATALOGUE.values() for event_type in by_version.values())


def upcast(event_type: EventType, data: JsonObject) -> tuple[EventType, JsonObject]:
    """The type at its latest version and valid `data` brought to it, one step per version. Pure."""
    while event_type.upcast is not None:
        data = event_type.upcast(data)
        event_type = _CATALOGUE[event_type.name][event_type.version + 1]
    return event_type, data


def validator(event_type: EventType) -> Validator:
    """What checks `data`: `validator(t).validate_json(bytes, strict=True)`, without the model's own wrapping."""
    return event_type.model.__pydantic_validator__


def code_paths(event_type: EventType) -> tuple[CodePath, ...]:
    """The fields that must hold a code of a list."""
    return paths_of(event_type.model).codes


def periods(event_type: EventType) -> tuple[PeriodPath, ...]:
    """The pairs of start and end that must not be reversed; a problem points at the end."""
    return paths_of(event_type.model).periods


def organisation_numbers(event_type: EventType) -> tuple[Path, ...]:
    """The fields that must hold a Swedish organisation number."""
    return paths_of(event_type.model).organisation_numbers
