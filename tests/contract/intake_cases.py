"""The published cases of the front door (examples/cases/intake.json): what each one sends, written out as bytes.

A case names events by placeholders and changes them by edits. Everything it can say is here; what is not, is a KeyError.
"""

import base64
import json
import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import hub
from hub.run.hub import Hub
from schemas.event_type import Json, JsonObject
from schemas.receipts import Status
from tests.integration.intake.sending import send
from tests.unit.intake.builders import AF, JOBBTORG, event, registration

_FILE = Path(hub.__file__).parent.parent / "examples" / "cases" / "intake.json"
_PUBLISHED: JsonObject = json.loads(_FILE.read_text(encoding="utf-8"))
_ROLES = {
    "@text": "/data/note",
    "@number": "/data/hours",
    "@from": "/data/from",
    "@to": "/data/planned_end",
    "@code": "/data/programme",
    "@protection": "/data/protection",
    "@identifier": "/data/identifiers/0/value",
    "@identifier_type": "/data/identifiers/0/type",
    "@key": "/data/key",
    "@target": "/data/replaces",
}
_PERSONAL_NUMBER = "19860101-2381"
_PLACEHOLDER = re.compile(r"\{\{([^{}]+)\}\}")
_NUMBERS = count(1)
_MARK = "here"
CANARY = "Skatteskuld vid Globen"
"""Stands in the data of every valid event."""

Verdict = tuple[int | None, str | None, str | None, str | None]
"""HTTP status, verdict (None: refused whole), first reason, its pointer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeCase:
    """A case as published."""

    name: str
    given: str
    content_type: str
    sends: JsonObject
    expect: JsonObject

    @property
    def is_batch(self) -> bool:
        """Whether its answer is a list, or a refusal, about many events."""
        return "batch" in self.content_type

    @property
    def verdict(self) -> Verdict:
        """What one event, or a call that is refused whole, is answered."""
        return self.expect["http_status"], self.expect["status"], *_problem(self.expect)

    @property
    def receipts(self) -> list[tuple[str, str | None, str | None]]:
        """What the events of a batch are answered."""
        return [(receipt["status"], *_problem(receipt)) for receipt in self.expect["receipts"]]


def intake_cases() -> list[IntakeCase]:
    """Every published case."""
    return [
        IntakeCase(
            name=case.pop("name"),
            given=case.pop("given"),
            content_type=case.pop("content_type"),
            expect=case.pop("expect"),
            sends=case,
        )
        for case in deepcopy(_PUBLISHED["cases"])
    ]


def _problem(expected: JsonObject) -> tuple[str | None, str | None]:
    pointer = expected["pointer"]
    return expected["reason"], _ROLES[pointer] if pointer and pointer.startswith("@") else pointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The bytes of a case: `before` must be accepted first."""

    before: list[bytes]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Raw:
    """A piece that stands in the text as it is, whatever JSON makes of it."""

    text: str


@dataclass(slots=True, kw_only=True)
class Writer:
    """Writes cases for a hub where one reference and one event of jobbtorg are known, and one event of af."""

    hub: Hub
    _sent: JsonObject = field(default_factory=dict)

    def prepare(self) -> None:
        """What every case may rely on."""
        own = [registration("own", subject="own"), self._event("target")]
        other = [registration("other", subject="other", source=AF), self._event("target", "other", source=AF)]
        receipts = [*send(self.hub, own), *send(self.hub, other, agency="af")]
        assert [receipt.status for receipt in receipts] == [Status.ACCEPTED] * 4

    def write(self, case: IntakeCase) -> Written:
        """The case as bytes, fresh ids and all."""
        before = [self._element(element).encode() for element in case.sends.get("before", ())]
        if "body_base64" in case.sends:
            return Written(before=before, body=base64.b64decode(case.sends["body_base64"]))
        if "elements" in case.sends:
            return Written(before=before, body=self._elements(case.sends["elements"]).encode())
        generated = "generator" in case.sends
        body = self._generated(case.sends["generator"]) if generated else self._element(case.sends["body"])
        return Written(before=before, body=body.encode())

    def event(self) -> JsonObject:
        """A valid event, for a case to stand beside."""
        return self._event()

    def poisoned(self, at: str, raw: bytes, *, compact: bool = False) -> bytes:
        """A valid event with raw bytes for the value at a place, written with white space or without."""
        changed = self._event()
        _put(changed, at, _MARK)
        written = json.dumps(changed, separators=(",", ":") if compact else None)
        return written.encode().replace(json.dumps(_MARK).encode(), raw)

    def _elements(self, elements: Sequence[Json]) -> str:
        written: list[str] = []
        for element in elements:
            written.append(written[0] if element == "{{the first element}}" else self._element(element))
        return f"[{', '.join(written)}]"

    def _element(self, element: Json) -> str:
        if isinstance(element, str):
            return self._filled(element)
        changed = self._base(element["base"])
        for edit in element["edit"]:
            changed = self._edited(changed, edit)
        return _text(changed)

    def _base(self, name: str) -> JsonObject:
        bases: dict[str, Callable[[], JsonObject]] = {
            "valid_event": self._event,
            "valid_registration": self._registration,
            "valid_correction": self._correction,
            "valid_permit": lambda: event(
                _fresh(), "permit.granted", {"key": _fresh()}, subject="own", time=self._now()
            ),
            "same_event": lambda: deepcopy(self._sent),
        }
        made = bases[name]()
        if name != "same_event":
            self._sent = made
        return made

    def _edited(self, changed: JsonObject, edit: JsonObject) -> JsonObject:
        if "set" in edit:
            _put(changed, edit["set"], self._value(edit["value"]))
        elif "set_raw" in edit:
            raw = self._generated(edit["generator"]) if "generator" in edit else edit["json"]
            _put(changed, edit["set_raw"], _Raw(raw))
        elif "remove" in edit:
            holder, name = _place(changed, edit["remove"])
            del holder[name]
        elif "insert_text" in edit:
            text = (
                edit["json"]
                .replace("{{its own type}}", json.dumps(changed["type"]))
                .replace("{{name of @text}}", '"note"')
            )
            _place(changed, edit["insert_text"] + "/")[0][_Raw(text)] = None
        elif edit == {"reorder": "reverse"}:
            return dict(reversed(changed.items()))
        else:
            raise KeyError(*edit)
        return changed

    def _value(self, value: Json) -> Json:
        match value:
            case "{{target_of_other}}":
                return {"source": AF, "id": "target"}
            case "{{target_unknown}}":
                return {"source": JOBBTORG, "id": _fresh()}
            case "{{the same instant with Z}}":
                instant = datetime.fromisoformat(self._sent["time"]).astimezone(UTC)
                return instant.isoformat().replace("+00:00", "Z")
        return self._filled(value) if isinstance(value, str) else value

    def _filled(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: self._placeholder(found[1]), text)

    def _placeholder(self, name: str) -> str:
        if ahead := re.fullmatch(r"now\+(\d+)min", name):
            return self._now(timedelta(minutes=int(ahead[1])))
        texts: dict[str, Callable[[], str]] = {
            "valid_event": lambda: _text(self._base("valid_event")),
            "same_event": lambda: _text(self._sent),
            "other_source": lambda: AF,
            "pnr": lambda: _PERSONAL_NUMBER,
            "unregistered": _fresh,
        }
        return texts[name]()

    def _generated(self, generator: JsonObject) -> str:
        match generator:
            case {"kind": "digits", "count": length}:
                return "1" * int(length)
            case {"kind": "balanced_arrays", "depth": depth}:
                return "[" * int(depth) + "]" * int(depth)
            case {"kind": "string", "bytes": length}:
                return json.dumps("x" * int(length))
            case {"kind": "repeat", "text": text, "count": times}:
                return str(text) * int(times)
            case {"kind": "cut_last_byte", "of": whole}:
                return self._filled(whole)[:-1]
            case {"kind": "batch", "of": whole, "count": times}:
                return self._elements([whole] * int(times))
            case {"kind": "padded_batch", "bytes": length}:
                return "[" + " " * (int(length) - 2) + "]"
        raise KeyError(generator["kind"])

    def _event(self, event_id: str = "", subject: str = "own", source: str = JOBBTORG) -> JsonObject:
        """An enrolment that has every role a case may name."""
        data = {
            "key": _fresh(),
            "programme": "jobbtorg",
            "from": "2026-06-01",
            "note": "x",
            "hours": 30,
            "label": CANARY,
        }
        return event(
            event_id or _fresh(),
            "enrolment.opened",
            data,
            schemaversion=2,
            subject=subject,
            source=source,
            time=self._now(),
            correlationid="arende",
        )

    def _registration(self) -> JsonObject:
        return registration(_fresh(), subject=_fresh(), number=_PERSONAL_NUMBER, time=self._now())

    def _correction(self) -> JsonObject:
        data = {
            "replaces": {"source": JOBBTORG, "id": "target"},
            "event": "enrolment.opened",
            "reason": "x",
            "replacement": {"key": _fresh(), "programme": "jobbtorg"},
        }
        return event(_fresh(), "enrolment.corrected", data, subject="own", time=self._now())

    def _now(self, ahead: timedelta = timedelta()) -> str:
        return (self.hub.now() + ahead).isoformat(timespec="seconds")


def _fresh() -> str:
    return f"case-{next(_NUMBERS)}"


def _put(changed: JsonObject, pointer: str, value: object) -> None:
    holder, name = _place(changed, pointer)
    holder[name] = value


def _place(changed: JsonObject, pointer: str) -> tuple[Any, Any]:  # a list and an index, or an object and a name
    """The object or list that holds what a pointer or a role names, and under which name."""
    *steps, last = _ROLES.get(pointer, pointer).removeprefix("/").split("/")
    holder: Any = changed  # the same
    for step in steps:
        holder = holder[int(step) if isinstance(holder, list) else step]
    return holder, int(last) if isinstance(holder, list) else last


def _text(value: object) -> str:
    """JSON, but for raw pieces: one as a value stands for itself, one as a name is put in before all others."""
    if isinstance(value, _Raw):
        return value.text
    if isinstance(value, dict):
        pieces = "".join(name.text for name in value if isinstance(name, _Raw))
        members = (f"{json.dumps(name)}: {_text(item)}" for name, item in value.items() if not isinstance(name, _Raw))
        return "{" + pieces + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_text(item) for item in value) + "]"
    return json.dumps(value)
