"""The API description as a judge: whether an answer is one that the description promises."""

import re
from dataclasses import dataclass

import httpx
from jsonschema import Draft202012Validator, FormatChecker

from schemas.event_type import JsonObject


@dataclass(frozen=True, slots=True)
class Description:
    """The OpenAPI document, as it is served."""

    document: JsonObject

    def faults(self, answer: httpx.Response) -> list[str]:
        """What about an answer is not as described; the paths that are not described may answer as they like."""
        described = self._operation(answer.request)
        if described is None:
            return []
        promised = described["responses"].get(str(answer.status_code))
        if promised is None:
            return [f"undocumented status {answer.status_code}"]
        media_type = answer.headers.get("content-type", "")
        schema = promised.get("content", {}).get(media_type, {}).get("schema")
        if schema is None:
            return [f"undocumented content type {media_type}"]
        judge = Draft202012Validator(
            {**schema, "components": self.document["components"]}, format_checker=FormatChecker()
        )
        return [f"{fault.json_path}: {fault.message}" for fault in judge.iter_errors(answer.json())]

    def _operation(self, request: httpx.Request) -> JsonObject | None:
        for template, methods in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), request.url.path):
                operation: JsonObject | None = methods.get(request.method.lower())
                return operation
        return None
