"""A synthetic region written as the files that its agencies would send, and the truth about them (DOMAIN 6)."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson

from hub.synth.exports import AGENCY as EXPORTER
from hub.synth.exports import Export, write_export
from hub.synth.journeys import tell
from hub.synth.numbers import TestNumbers
from hub.synth.people import ANCHOR, REGISTRATION_ORDER, Person, invent, sources
from hub.synth.personas import count_personas, persona, titles
from hub.synth.sent import Sent
from hub.synth.streams import Stream, Told, make_streams, registered_as
from schemas.errors import Misconfigured
from schemas.event_type import JsonObject

_BATCHES = ("jobbtorg", "socialtjanst", "fk", "region", "komvux")
"""Agencies whose systems call the hub with batches; the others leave JSON Lines."""
_BATCH = 500
_LINES = 5000
_PROTECTED_EVERY = 333  # P12: 0.3 %
_FIRST_PROTECTED = 40

Progress = Callable[[int, int], None]
"""Called with the number of people invented and how many there will be."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What was planted, as in `truth.json`."""

    document: JsonObject


def generate(participants: int, seed: int, out: Path, progress: Progress | None = None) -> Truth:
    """Write the region into `out`: the files, `manifest.json` in sending order, and `truth.json` last."""
    _make_room(out)
    told = _told(participants, seed, progress or (lambda _done, _total: None))
    streams = make_streams(seed, told)
    manifest: list[JsonObject] = []
    number = iter(range(1, 1_000_000))
    export = Export(0, 0, {})
    for agency in REGISTRATION_ORDER:
        if agency == EXPORTER:
            name = f"csv/{next(number):04}-{agency}.csv"
            export = write_export(told, out / name, out / "csv" / f"{agency}.toml")
            manifest.append({"path": name, "agency": agency, "format": f"csv:csv/{agency}.toml"})
        else:
            manifest += _write(out, agency, streams[agency].registrations, number)
    for agency in REGISTRATION_ORDER:
        if agency != EXPORTER:
            manifest += _write(out, agency, streams[agency].events, number)
    (out / "manifest.json").write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    truth = Truth(_truth(seed, told, list(streams.values()), export))
    (out / "truth.json").write_bytes(orjson.dumps(truth.document, option=orjson.OPT_INDENT_2))
    return truth


def _make_room(out: Path) -> None:
    """An empty folder. An earlier region is replaced; anything else that is there is nobody's to delete."""
    if out.exists() and any(out.iterdir()):
        if not (out / "manifest.json").is_file():
            message = f"{out}: expected an empty folder or an earlier region, found other files; choose another folder"
            raise Misconfigured(message)
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)


def _told(participants: int, seed: int, progress: Progress) -> list[Told]:
    numbers = TestNumbers()
    told: list[Told] = []
    for number in range(participants):
        if number < count_personas():
            told.append(Told(*persona(number, seed, numbers), {}))
        else:
            person = invent(number, seed, numbers, protection=_protection(number))
            told.append(Told(person, tell(person, seed), {}))
        progress(number + 1, participants)
    return told


def _protection(number: int) -> str:
    """Of three protected people, two are marked and one has a protected registration (P12)."""
    turn, place = divmod(number, _PROTECTED_EVERY)
    if place != _FIRST_PROTECTED:
        return "none"
    return "sekretessmarkering" if turn % 3 else "skyddad_folkbokforing"


def _write(out: Path, agency: str, sent: Sequence[Sent], number: Iterator[int]) -> Iterator[JsonObject]:
    """The files of one agency in its own manner."""
    in_batches = agency in _BATCHES
    stream = iter(sent)
    while part := list(islice(stream, _BATCH if in_batches else _LINES)):
        bodies = [each.written() for each in part]
        name = f"http/{next(number):04}-{agency}.json" if in_batches else f"lines/{next(number):04}-{agency}.jsonl"
        (out / name).parent.mkdir(exist_ok=True)
        content = orjson.dumps(bodies) if in_batches else b"\n".join(orjson.dumps(body) for body in bodies) + b"\n"
        (out / name).write_bytes(content)
        yield {"path": name, "agency": agency, "format": "cloudevents"}


def _truth(seed: int, told: Sequence[Told], streams: Sequence[Stream], export: Export) -> JsonObject:
    statuses: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for stream in streams:
        for sent in (*stream.registrations, *stream.events):
            statuses[sent.expect] += 1
            if sent.reason is not None:
                reasons[sent.reason] += 1
    statuses["accepted"] += 2 * export.rows - export.wrong
    statuses["rejected"] += export.wrong
    reasons["field_invalid"] += export.wrong
    reasons["participant_unknown"] += statuses["held"]
    return {
        "seed": seed,
        "participants": len(told),
        "deliveries": statuses.total(),
        "expected": {
            "accepted": statuses["accepted"],
            "duplicates": statuses["duplicate"],
            "held": statuses["held"],
            "rejected": statuses["rejected"],
            "by_reason": dict(sorted((+reasons).items())),
        },
        "same_person": [_references(each.person, export) for each in told],
        "anchor": ANCHOR.isoformat(),
        "conflicts": [
            {
                "rule": rule,
                "participant_reference": _references(each.person, export)[0],
                "events": [each.ids[place] for place in places],
            }
            for each in told
            for rule, places in each.journey.planted
        ],
        "personas": list(_personas(told)),
    }


def _references(person: Person, export: Export) -> list[str]:
    named = registered_as(person)
    return sorted(
        reference for agency, reference in named.items() if agency != EXPORTER or person.number in export.references
    )


def _personas(told: Sequence[Told]) -> Iterator[JsonObject]:
    """People whom the demo offers to look at (P16)."""
    for number, each in enumerate(told[: count_personas()]):
        person = each.person
        agency = "af" if "af" in person.agencies else person.agencies[0]
        yield {
            "name": f"{person.given_name} {person.family_name}",
            **titles(number),
            "source": sources()[agency].uri,
            "reference": person.references[agency],
        }
