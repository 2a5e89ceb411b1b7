"""JSON Schema 2020-12 of an event's `data`: pydantic's own, inlined, with titles and code lists added."""

import csv
from functools import cache
from pathlib import Path
from typing import Final

from schemas import codes
from schemas.catalogue import all_event_types
from schemas.corrections import Correction
from schemas.event_type import EventData, EventType, JsonObject
from schemas.paths import LIST, paths_of
from schemas.paths import Path as FieldPath

LONGEST_ENUM: Final = 60
"""A longer code list is named instead of listed."""
_FORM_OF_LONG_LIST: Final = {
    "country": "^[A-Z]{3}$",
    "language": "^[a-z]{3}$",
    "municipality": "^[0-9]{4}$",
    "ssyk2012": "^[0-9]{4}$",
}
_ORGANISATION_NUMBER: Final = "^[0-9]{6}-?[0-9]{4}$"
_DROPPED: Final = frozenset({"title", "description", "default"})
_TITLES = Path(__file__).parent / "data" / "fields.csv"


def data_schema(event_type: EventType) -> tuple[JsonObject, JsonObject]:
    """The schema of `data` and the `$defs` it refers to, which belong at the root of the document."""
    model = event_type.model
    if not issubclass(model, Correction):
        return _model_schema(model, event_type.family), {}
    definitions = {name: _model_schema(replaced, event_type.family) for name, replaced in model.replaceable.items()}
    variants = [_variant(model, event_type.family, name) for name in definitions]
    return variants[0] if len(variants) == 1 else {"oneOf": variants}, definitions


@cache
def field_titles() -> dict[str, tuple[str, str]]:
    """Swedish and English title by field, or by `family.field` where a family means something of its own.

    A word that one family alone has may be named in its file, on the field itself: `Field(title="Hyra", description="Rent")`.
    """
    own = {
        f"{event_type.family}.{field.alias or name}": (field.title, field.description)
        for event_type in all_event_types()
        for name, field in event_type.model.model_fields.items()
        if field.title and field.description
    }
    with _TITLES.open(encoding="utf-8", newline="") as lines:
        return own | {row["field"]: (row["title_sv"], row["title_en"]) for row in csv.DictReader(lines)}


def _variant(model: type[Correction], family: str, name: str) -> JsonObject:
    schema = _model_schema(model, family)
    schema["properties"]["event"] = {"const": name, **_titled("event", family)}
    schema["properties"]["replacement"] = {"$ref": f"#/$defs/{name}"}
    return schema


def _model_schema(model: type[EventData], family: str) -> JsonObject:
    raw = model.model_json_schema(by_alias=True)
    schema = _tidy(raw, raw.get("$defs", {}), family)
    paths = paths_of(model)
    own = () if issubclass(model, Correction) else paths.codes
    for code in own:
        _add_codes(_node(schema, code.path), code.code_list)
    for path in () if issubclass(model, Correction) else paths.organisation_numbers:
        node = _node(schema, path)
        node["pattern"] = _ORGANISATION_NUMBER
        del node["minLength"], node["maxLength"]
    return schema


def _tidy(schema: JsonObject, definitions: JsonObject, family: str) -> JsonObject:
    """Without references, generated titles and the two-armed unions that only say "or null"."""
    if "$ref" in schema:
        return _tidy(definitions[schema["$ref"].rpartition("/")[2]], definitions, family)
    if "anyOf" in schema:
        value, _null = schema["anyOf"]
        tidy = _tidy(value, definitions, family)
        return {**tidy, "type": [tidy["type"], "null"]}
    tidy = {key: value for key, value in schema.items() if key not in _DROPPED | {"$defs", "items", "properties"}}
    if "items" in schema:
        tidy["items"] = _tidy(schema["items"], definitions, family)
    if "properties" in schema:
        tidy["properties"] = {
            name: {**_titled(name, family), **_tidy(field, definitions, family)}
            for name, field in schema["properties"].items()
        }
    return tidy


def _titled(field: str, family: str) -> JsonObject:
    swedish, english = field_titles().get(f"{family}.{field}") or field_titles()[field]
    return {"title": swedish, "description": english}


def _node(schema: JsonObject, path: FieldPath) -> JsonObject:
    for step in path:
        schema = schema["items"] if step == LIST else schema["properties"][step]
    return schema


def _add_codes(node: JsonObject, code_list: str) -> None:
    entries = codes.entries(code_list)
    node["x-code-list"] = code_list
    told = f"Code list {code_list}, {len(entries)} codes in schemas/data/codes/{code_list}.csv."
    if len(entries) > LONGEST_ENUM:
        node["pattern"] = _FORM_OF_LONG_LIST[code_list]
    else:
        node["enum"] = [*entries, None] if "null" in node["type"] else [*entries]
        dated = "".join(map(_validity, entries.values()))
        told = f"Code list {code_list}.{dated}"
    del node["minLength"], node["maxLength"]
    node["description"] = f"{node['description']}. {told}" if "description" in node else told


def _validity(entry: codes.CodeEntry) -> str:
    start = f" from {entry.valid_from}" if entry.valid_from else ""
    end = f" until {entry.valid_to}" if entry.valid_to else ""
    return f" {entry.code} only{start}{end}." if start or end else ""
