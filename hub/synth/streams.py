"""Each agency's deliveries in the order in which its system sends them: numbered, with heartbeats, gaps and dirt."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from hub.synth.dirt import faulty, make_late, soil
from hub.synth.journeys import Journey
from hub.synth.people import ANCHOR, Person, sources, stated
from hub.synth.pulse import about_the_source, replayed
from hub.synth.sent import REJECTED, Sent, body_of
from hub.synth.voice import Said
from schemas.event_type import JsonObject

_PROGRAMME = {"af": "etableringsprogrammet", "jobbtorg": "jobbtorg", "sfi": "sfi", "socialtjanst": "forsorjningsstod"}
_ALL_KINDS = ("duplicate", "conflicting", "unknown_person", "corrected", "retracted")
_FAULTS = 12
_SWAPPED = 0.015  # pairs, so 3 % of the events


@dataclass(slots=True)
class Stream:
    """One source: what it sends first (registrations) and then, in its order."""

    agency: str
    registrations: list[Sent] = field(default_factory=list)
    events: list[Sent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """A person with the journey; `ids` are the event ids of what was said, once streams are made."""

    person: Person
    journey: Journey
    ids: dict[int, str]


def make_streams(seed: int, told: Sequence[Told]) -> dict[str, Stream]:
    """The streams of all agencies but those that only export lists."""
    streams = {agency: Stream(agency) for agency in sources() if agency != "leverantor"}
    held_back = _held_back(told)
    for agency, stream in streams.items():
        random = Random(f"{seed}/stream/{agency}")  # noqa: S311 - planned dirt needs no secrets
        late: list[Sent] = []
        for each in told:
            if agency in each.person.agencies:
                registration = _registration(agency, each)
                (late if agency == "jobbtorg" and each.person.number in held_back else stream.registrations).append(
                    registration
                )
        stream.events = _soiled(random, agency, _clean(random, agency, told))
        stream.events += late
        if agency == "jobbtorg":
            stream.events += replayed(stream.events)
        if agency == "af":
            stream.events += _conflicts(told)
        stream.events += about_the_source(agency)
        _number(random, stream)
        _deliver_out_of_order(random, stream)
    return streams


def _registration(agency: str, told: Told) -> Sent:
    person = told.person
    first = min((said.at for said in told.journey.said if said.agency == agency), default=ANCHOR - timedelta(days=200))
    data: JsonObject = {
        "identifiers": person.identifiers[agency],
        "protection": person.protection,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "birth_date": person.born.isoformat(),
        "sex": person.sex,
        "language": person.language,
        "interpreter_needed": person.interpreter,
        "country_of_birth": person.country,
        "arrived": person.arrived.isoformat(),
        "caseworker": person.caseworkers[agency],
        "unit": person.units[agency],
    }
    at = first - timedelta(hours=1)
    return Sent(
        body=body_of(
            f"reg-{person.number}",
            person.references[agency],
            Said(agency=agency, at=at, name="participant.registered", data=data),
        )
    )


def _clean(random: Random, agency: str, told: Sequence[Told]) -> list[Sent]:
    """What the agency says about everybody, in order of time."""
    listed: list[tuple[datetime, int, int, Said, Told]] = []
    for each in told:
        for place, said in enumerate(each.journey.said):
            if said.agency == agency:
                listed.append((said.at, each.person.number, place, said, each))
    clean: list[Sent] = []
    for number, (_, _, place, said, each) in enumerate(sorted(listed, key=lambda row: row[:3])):
        event_id = f"{sources()[agency].mark.lower()}-{number:06}"
        each.ids[place] = event_id
        body = body_of(event_id, each.person.references[agency], said)
        if said.replaces is not None:
            body["data"] = said.data | {"replaces": {"source": body["source"], "id": each.ids[said.replaces]}}
        make_late(random, body, _shifted)
        clean.append(Sent(body=body))
    return clean


def _soiled(random: Random, agency: str, clean: Sequence[Sent]) -> list[Sent]:
    """Clean deliveries with the dirt among them; the biggest senders have at least one of every kind."""
    programme = _PROGRAMME.get(agency)
    if programme is None:
        return list(clean)
    numbers = iter(range(1_000_000))

    def new_id(word: str) -> str:
        return f"{word}-{next(numbers):05}"

    forced = list(_ALL_KINDS) if agency == "jobbtorg" else []
    soiled: list[Sent] = []
    for sent in clean:
        soiled.append(sent)
        extra: list[Sent] = []
        if forced:
            extra = soil(random, sent, programme, new_id, force=forced[0])
            forced = forced[1:] if extra else forced
        soiled += extra or soil(random, sent, programme, new_id)
    if agency == "jobbtorg" and clean:
        soiled += [faulty(random, clean[0].body, programme, new_id, kind=kind) for kind in range(_FAULTS)]
    return _delayed(soiled)


def _delayed(listed: Iterable[Sent]) -> list[Sent]:
    """Put what is sent some places later where it belongs."""
    placed = [(place + sent.later + (0.5 if sent.later else 0), place, sent) for place, sent in enumerate(listed)]
    return [sent for _, _, sent in sorted(placed, key=lambda row: row[:2])]


def _held_back(told: Sequence[Told]) -> set[int]:
    """People whose registration at Jobbtorg is sent last: their events wait, and are released by it."""
    able = [
        each.person.number
        for each in told
        if {"af", "jobbtorg"} <= set(each.person.agencies)
        and [identifier["type"] for identifier in each.person.identifiers["jobbtorg"]] == ["personal_number"]
    ]
    return set(able[5::80])


def _conflicts(told: Sequence[Told]) -> list[Sent]:
    """Registrations with identifiers of two people (P12, 1 %): refused, never guessed."""
    pairs = [(one.person, other.person) for one, other in zip(told[1::100], told[2::100], strict=False)]
    found: list[Sent] = []
    for one, other in pairs:
        data: JsonObject = {
            "identifiers": [
                stated("personal_number", one.personal_number),
                stated("personal_number", other.personal_number),
            ],
            "protection": "none",
        }
        said = Said(agency="af", at=ANCHOR - timedelta(days=3), name="participant.registered", data=data)
        body = body_of(f"reg-konflikt-{one.number}", f"AF-K{one.number}", said)
        found.append(Sent(body=body, expect=REJECTED, reason="identity_conflict"))
    return found


def _number(random: Random, stream: Stream) -> None:
    """Sequence numbers in sending order; once in a stream a number is left out: an event that was lost on the way."""
    number = 0
    everything = [*stream.registrations, *stream.events]
    lost_at = len(everything) - random.randrange(3, 20)
    for place, sent in enumerate(everything):
        if not sent.numbered:
            continue
        number += 2 if place == lost_at and stream.agency in ("jobbtorg", "socialtjanst") else 1
        sent.body["sequence"] = str(number)


def _deliver_out_of_order(random: Random, stream: Stream) -> None:
    """P15: 3 % arrive after one that was numbered later. A correction or repetition may so come before its event."""
    events = stream.events
    for place in range(len(events) - 3):
        if random.random() < _SWAPPED and _may_swap(events[place], events[place + 2]):
            events[place], events[place + 2] = events[place + 2], events[place]


def _may_swap(one: Sent, other: Sent) -> bool:
    return (
        one.numbered
        and other.numbered
        and "replaces" not in str(other.body["data"].keys())
        and one.expect == other.expect == "accepted"
    )


def _shifted(time: str, days: int) -> str:
    return (datetime.fromisoformat(time) - timedelta(days=days)).isoformat()


def registered_as(person: Person) -> Mapping[str, str]:
    """`source#reference` of a person by agency."""
    return {agency: f"{sources()[agency].uri}#{reference}" for agency, reference in person.references.items()}
