"""Where in an event's data the fields are that need a look beyond their form: codes, periods, organisation numbers.

The paths of a model are found once; a check then walks them over parsed JSON without pydantic.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from schemas.corrections import Correction
from schemas.event_type import Code, EventData, Json, JsonObject
from schemas.fields import CalendarDay, OrganisationNumber

LIST: Final = "*"
"""Stands in a path for every element of a list; no field has this name."""
Path = tuple[str, ...]
"""Field names and LIST marks from `data` inwards: `("lines", LIST, "activity")`."""
Location = tuple[str | int, ...]
"""Field names and list indices from `data` inwards: `("lines", 0, "activity")`."""

_STARTS: Final = ("from", "start")
_ENDS: Final = ("to", "planned_end", "deadline")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePath:
    """A field with a code list. `start` is the `from` that dates the code: its own object's, else the nearest outer."""

    path: Path
    code_list: str
    start: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodPath:
    """The start and one of the ends of a period, in the same object."""

    start: Path
    end: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPaths:
    """Everything about one model."""

    codes: tuple[CodePath, ...]
    periods: tuple[PeriodPath, ...]
    organisation_numbers: tuple[Path, ...]


@cache
def paths_of(model: type[EventData]) -> ModelPaths:
    """The paths of a model. A correction has those of every event that it may replace, below `replacement`."""
    found: list[ModelPaths] = [
        *_object(model, (), None),
        *(
            paths
            for replaceable in (model.replaceable.values() if issubclass(model, Correction) else ())
            for paths in _object(replaceable, ("replacement",), None)
        ),
    ]
    return ModelPaths(
        codes=tuple(dict.fromkeys(path for paths in found for path in paths.codes)),
        periods=tuple(dict.fromkeys(path for paths in found for path in paths.periods)),
        organisation_numbers=tuple(dict.fromkeys(path for paths in found for path in paths.organisation_numbers)),
    )


def occurrences(path: Path, data: Json, location: Location = ()) -> Iterator[tuple[Location, Json]]:
    """The values at a path with their locations. What is absent, null or of another shape is passed over."""
    if not path:
        if data is not None:
            yield location, data
    elif path[0] == LIST:
        if isinstance(data, list):
            for index, element in enumerate(data):
                yield from occurrences(path[1:], element, (*location, index))
    elif isinstance(data, dict):
        yield from occurrences(path[1:], data.get(path[0]), (*location, path[0]))


def value_at(path: Path, location: Location, data: JsonObject) -> Json:
    """The value at a path, in the list elements that `location` names; None when absent."""
    value: Json = data
    for depth, step in enumerate(path):
        if step == LIST:
            value = value[location[depth]]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value


def pointer(location: Location) -> str:
    """The JSON pointer into the event: `/data/lines/0/activity`."""
    return "/data" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in location)


def _object(model: type[EventData], prefix: Path, outer_start: Path | None) -> Iterator[ModelPaths]:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    own = {name: (*prefix, name) for name in fields}
    dates = {name for name, field in fields.items() if _is_day(field)}
    start = next((own[name] for name in _STARTS if name in dates), outer_start)
    yield ModelPaths(
        codes=(),
        periods=tuple(
            PeriodPath(start=own[begin], end=own[end])
            for begin in _STARTS
            for end in _ENDS
            if begin in dates and end in dates
        ),
        organisation_numbers=(),
    )
    for name, field in fields.items():
        yield from _value(field, own[name], start)


def _value(field: FieldInfo, path: Path, start: Path | None) -> Iterator[ModelPaths]:
    yield from _marked(field.metadata, path, start)
    for annotation, place in _parts(field.annotation, path):
        if get_origin(annotation) is Annotated:
            yield from _marked(annotation.__metadata__, place, start)
        elif isinstance(annotation, type) and issubclass(annotation, EventData):
            yield from _object(annotation, place, start)


def _marked(marks: Iterable[object], path: Path, start: Path | None) -> Iterator[ModelPaths]:
    for mark in marks:
        if isinstance(mark, Code):
            code = CodePath(path=path, code_list=mark.code_list, start=start)
            yield ModelPaths(codes=(code,), periods=(), organisation_numbers=())
        elif isinstance(mark, OrganisationNumber):
            yield ModelPaths(codes=(), periods=(), organisation_numbers=(path,))


def _parts(annotation: Any, path: Path) -> Iterator[tuple[Any, Path]]:  # annotations have no common type
    """The annotation and all it is made of, each with its path."""
    yield annotation, path
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _parts(arguments[0], path)
    elif origin in (Union, UnionType):
        for argument in arguments:
            yield from _parts(argument, path)
    elif origin is tuple:
        yield from _parts(arguments[0], (*path, LIST))


def _is_day(field: FieldInfo) -> bool:
    marks = [
        *field.metadata,
        *(
            mark
            for annotation, place in _parts(field.annotation, ())
            if get_origin(annotation) is Annotated and not place
            for mark in annotation.__metadata__
        ),
    ]
    return any(isinstance(mark, CalendarDay) for mark in marks)
