"""JSON Schema 2020-12 of a whole message: the CloudEvents envelope with the `data` of one type at one version."""

import inspect
from typing import Final

from schemas.data_schema import data_schema
from schemas.event_type import EventType, JsonObject
from schemas.examples import sample
from schemas.vocabulary import ORGANISATION_URN, SOURCE_URN, About

_TEXT: Final[JsonObject] = {"type": "string", "minLength": 1, "maxLength": 512}
_SUBJECT: Final[dict[About, JsonObject]] = {
    About.PARTICIPANT: {
        "maxLength": 128,
        "description": "The sender's own reference to the person, or the hub's id (urn:samspar:participant:…). "
        "Never a personal number",
    },
    About.ORGANISATION: {
        "pattern": f"^{ORGANISATION_URN}[0-9]{{10}}$",
        "description": "The organisation that the event is about",
    },
    About.SOURCE: {"pattern": f"^{SOURCE_URN}.+$", "description": "The source that the event is about"},
}


def identifier(event_type: EventType) -> str:
    """The `$id` of the schema, which a sender may also give as `dataschema`."""
    return f"urn:samspar:schema:{event_type.name}:v{event_type.version}"


def envelope_schema(event_type: EventType) -> JsonObject:
    """The schema of one whole event, with a whole event as its example."""
    data, definitions = data_schema(event_type)
    schema: JsonObject = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier(event_type),
        "title": event_type.title_sv,
        "description": f"{event_type.title_en}. {inspect.cleandoc(event_type.model.__doc__ or '')}",
        "x-data-class": event_type.data_class.value,
        "x-domain": event_type.domain.value,
        "type": "object",
        "required": [
            "specversion",
            "id",
            "source",
            "type",
            "schemaversion",
            "time",
            "subject",
            "data",
        ],
        "propertyNames": {"pattern": "^[a-z0-9]+$"},
        "properties": _attributes(event_type) | {"data": data},
        "examples": [sample(event_type.name, event_type.version)],
    }
    return schema | ({"$defs": definitions} if definitions else {})


def _attributes(event_type: EventType) -> JsonObject:
    return {
        "specversion": {"const": "1.0"},
        "id": {
            "type": "string",
            "minLength": 1,
            "maxLength": 256,
            "description": "Unique within the source. The same id again is the same event",
        },
        "source": {
            "type": "string",
            "format": "uri-reference",
            "minLength": 1,
            "maxLength": 256,
            "description": "A source that the hub has registered for the sender",
        },
        "type": {"const": event_type.type},
        "schemaversion": {"const": event_type.version},
        "time": {
            "type": "string",
            "format": "date-time",
            "description": "When it happened, with offset; at most five minutes ahead",
        },
        "subject": {"type": "string", "minLength": 1, **_SUBJECT[event_type.about]},
        "datacontenttype": {"type": "string", "pattern": "^application/json(?:;.*)?$"},
        "dataschema": {"type": "string", "format": "uri"},
        "sequence": {
            "type": "string",
            "pattern": "^[0-9]{1,16}$",
            "description": "Counts the events of the source without gaps",
        },
        "correlationid": {**_TEXT, "description": "Events of one action have the same"},
        "causationid": {**_TEXT, "description": "The id of the event that caused this one"},
        "legalbasis": {**_TEXT, "description": "Rättslig grund; see the code list legal_basis"},
        "purpose": {**_TEXT, "description": "Ändamål; see the code list purpose"},
        "orgunit": {**_TEXT, "description": "The sender's unit"},
    }
