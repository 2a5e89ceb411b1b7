"""The AsyncAPI 3.0 document: what can be sent where, over HTTP and Kafka, and what comes back."""

from typing import Final

from schemas.envelope_schema import identifier
from schemas.event_type import EventType, JsonObject
from schemas.examples import sample
from schemas.reasons import REASONS
from schemas.receipts import Status

_CLOUDEVENTS: Final = "application/cloudevents+json"
_KAFKA_BINDING: Final = "0.5.0"
_HTTP_BINDING: Final = "0.3.0"


def message_name(event_type: EventType) -> str:
    """The key of the message and the stem of its JSON Schema file."""
    return f"{event_type.name}.v{event_type.version}"


def asyncapi(event_types: tuple[EventType, ...]) -> JsonObject:
    """The whole document; payloads refer to the JSON Schema files beside it."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:samspar:hub",
        "info": {
            "title": "Samspår",
            "version": "1.0.0",
            "description": "Händelser som organisationer skickar till navet, och svaren de får. "
            "Events that agencies send to the hub, and the receipts they get.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": _CLOUDEVENTS,
        "servers": _servers(),
        "channels": _channels(event_types),
        "operations": _operations(),
        "components": {
            "messages": {message_name(event_type): _message(event_type) for event_type in event_types}
            | {"receipt": _receipt_message(), "receipts": _receipts_message(), "canonical": _canonical_message()},
            "schemas": {"receipt": _receipt(), "problem": _problem()},
        },
    }


def _servers() -> JsonObject:
    return {
        "http": {
            "host": "{host}",
            "pathname": "/samspar/v1",
            "protocol": "https",
            "description": "Frontdörren. The front door.",
            "variables": {"host": {"default": "127.0.0.1:8080", "description": "Where the hub listens"}},
        },
        "kafka": {
            "host": "{bootstrap}",
            "protocol": "kafka-secure",
            "description": "Klustret. The cluster.",
            "variables": {"bootstrap": {"default": "127.0.0.1:9092", "description": "A bootstrap server"}},
        },
    }


def _channels(event_types: tuple[EventType, ...]) -> JsonObject:
    events = {
        message_name(event_type): {"$ref": f"#/components/messages/{message_name(event_type)}"}
        for event_type in event_types
    }
    agency = {"agency": {"description": "Code of the agency, for example jobbtorg"}}
    return {
        "agencyEvents": {
            "address": "agency.{agency}.events",
            "title": "Events of one agency",
            "description": "CloudEvents in structured or binary mode. The key is the sender's choice.",
            "servers": [{"$ref": "#/servers/kafka"}],
            "parameters": agency,
            "messages": events,
        },
        "agencyReceipts": {
            "address": "agency.{agency}.receipts",
            "title": "Receipts to one agency",
            "servers": [{"$ref": "#/servers/kafka"}],
            "parameters": agency,
            "messages": {"receipt": {"$ref": "#/components/messages/receipt"}},
        },
        "participantEvents": {
            "address": "participant.events",
            "title": "The canonical log",
            "description": "Accepted events in the order of the log. The key is the participant id.",
            "servers": [{"$ref": "#/servers/kafka"}],
            "messages": {"canonical": {"$ref": "#/components/messages/canonical"}},
            "bindings": {
                "kafka": {
                    "partitions": 12,
                    "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1},
                    "bindingVersion": _KAFKA_BINDING,
                },
            },
        },
        "httpEvents": {
            "address": "/events",
            "title": "Events over HTTP",
            "description": f"One event as {_CLOUDEVENTS} or in binary mode, or up to 1000 events as "
            "application/cloudevents-batch+json.",
            "servers": [{"$ref": "#/servers/http"}],
            "messages": events,
        },
        "httpReceipts": {
            "address": None,
            "title": "The answer to a call",
            "servers": [{"$ref": "#/servers/http"}],
            "messages": {
                "receipt": {"$ref": "#/components/messages/receipt"},
                "receipts": {"$ref": "#/components/messages/receipts"},
            },
        },
    }


def _operations() -> JsonObject:
    return {
        "receiveAgencyEvents": {
            "action": "receive",
            "channel": {"$ref": "#/channels/agencyEvents"},
            "summary": "The hub reads what the agency publishes.",
            "reply": {"channel": {"$ref": "#/channels/agencyReceipts"}},
        },
        "receiveHttpEvents": {
            "action": "receive",
            "channel": {"$ref": "#/channels/httpEvents"},
            "summary": "The hub takes events over HTTP and answers each with a receipt.",
            "bindings": {"http": {"method": "POST", "bindingVersion": _HTTP_BINDING}},
            "reply": {"channel": {"$ref": "#/channels/httpReceipts"}},
        },
        "publishParticipantEvents": {
            "action": "send",
            "channel": {"$ref": "#/channels/participantEvents"},
            "summary": "The hub relays its canonical log.",
        },
    }


def _message(event_type: EventType) -> JsonObject:
    return {
        "name": event_type.type,
        "title": event_type.title_sv,
        "summary": f"{event_type.title_en}, version {event_type.version}",
        "contentType": _CLOUDEVENTS,
        "tags": [{"name": event_type.family}],
        "payload": {"$ref": f"./{message_name(event_type)}.json"},
        "examples": [{"name": identifier(event_type), "payload": sample(event_type.name, event_type.version)}],
    }


def _receipt_message() -> JsonObject:
    return {
        "name": "receipt",
        "title": "Kvitto",
        "summary": "The answer to one event",
        "contentType": "application/json",
        "payload": {"$ref": "#/components/schemas/receipt"},
    }


def _receipts_message() -> JsonObject:
    return {
        "name": "receipts",
        "title": "Kvitton",
        "summary": "The answers to a batch, one per event in the order sent",
        "contentType": "application/json",
        "payload": {
            "type": "object",
            "required": ["receipts"],
            "properties": {"receipts": {"type": "array", "items": {"$ref": "#/components/schemas/receipt"}}},
        },
    }


def _canonical_message() -> JsonObject:
    return {
        "name": "canonical",
        "title": "Händelse i loggen",
        "summary": "An accepted event; personal data as ciphertext only",
        "contentType": "application/octet-stream",
        "headers": {
            "type": "object",
            "required": ["position"],
            "properties": {"position": {"type": "string", "description": "Place in the canonical log, from 1"}},
        },
        "payload": {"type": "string", "format": "binary"},
    }


def _receipt() -> JsonObject:
    return {
        "type": "object",
        "required": ["receipt_id", "source", "id", "status", "recorded_at", "problems", "notices"],
        "properties": {
            "receipt_id": {"type": "string", "format": "uuid"},
            "source": {"type": ["string", "null"]},
            "id": {"type": ["string", "null"]},
            "status": {"enum": [status.value for status in Status]},
            "participant_id": {"type": "string", "format": "uuid"},
            "position": {"type": "integer", "minimum": 1},
            "recorded_at": {"type": "string", "format": "date-time"},
            "problems": {"type": "array", "items": {"$ref": "#/components/schemas/problem"}},
            "notices": {"type": "array", "items": {"$ref": "#/components/schemas/problem"}},
        },
    }


def _problem() -> JsonObject:
    return {
        "type": "object",
        "required": ["reason", "pointer", "expected", "found", "action"],
        "properties": {
            "reason": {"enum": list(REASONS)},
            "pointer": {"type": ["string", "null"], "description": "JSON pointer into the event"},
            "expected": {"type": "string"},
            "found": {"type": "string"},
            "action": {"type": "string"},
        },
    }
