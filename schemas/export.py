"""Everything generated from the contract, for `hub schema export` to write or to compare."""

import json

from schemas.asyncapi import asyncapi, message_name
from schemas.catalogue import all_event_types
from schemas.documents import codes_page, events_page, reasons_page
from schemas.envelope_schema import envelope_schema
from schemas.yaml_text import to_yaml

GENERATED_FOLDER = "schemas/json"
"""Only generated files live here: what `render` does not name does not belong here any more."""


def render() -> dict[str, str]:
    """The text of every generated file by its path from the root of the repository."""
    event_types = all_event_types()
    files = {
        f"{GENERATED_FOLDER}/{message_name(event_type)}.json": _json(envelope_schema(event_type))
        for event_type in event_types
    }
    files[f"{GENERATED_FOLDER}/asyncapi.yaml"] = to_yaml(asyncapi(event_types))
    files["docs/events.md"] = events_page(event_types)
    files["docs/codes.md"] = codes_page()
    files["docs/reason-codes.md"] = reasons_page()
    return files


def _json(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
