"""What the agencies say about a person over eighteen months, and the clashes planted in it.

P7: one plan per agency, with lines whose weekly times partly clash; what is planted is noted as a conflict.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from hub.synth.authorities import insurance, permit, reception, social_services
from hub.synth.employment import employment_service, jobbtorg
from hub.synth.people import ANCHOR, SPAN, Person
from hub.synth.schools import komvux, sfi
from hub.synth.voice import Said, Voice

_TELLERS: Mapping[str, Callable[[Voice, str], Iterator[Said]]] = {
    "migrationsverket": permit,
    "flyktingmottagning": reception,
    "sfi": sfi,
    "komvux": komvux,
    "socialtjanst": social_services,
    "fk": insurance,
    "region": insurance,
    "af": employment_service,
    "jobbtorg": jobbtorg,
}
_LATEST = 480  # days after the first who came: they have been here for two months
_LAST = ANCHOR - timedelta(minutes=30)


@dataclass(slots=True)
class Journey:
    """Everything said about a person, and the conflicts planted in it: rule and positions in `said`."""

    said: list[Said] = field(default_factory=list)
    planted: list[tuple[str, list[int]]] = field(default_factory=list)


def tell(person: Person, seed: int) -> Journey:
    """The journey of one person; nothing in it is after the anchor."""
    random = Random(f"{seed}/journey/{person.number}")  # noqa: S311 - invented journeys need no secrets
    begins = ANCHOR - SPAN + timedelta(days=random.choice((random.randrange(150), random.randrange(_LATEST))))
    voice = Voice(person, random, begins.date())
    heard = [said for agency in person.agencies if agency in _TELLERS for said in _TELLERS[agency](voice, agency)]
    said = [each for each in heard if each.at <= _LAST]
    return Journey(said, list(_planted(voice, said)))


def _planted(voice: Voice, said: list[Said]) -> Iterator[tuple[str, list[int]]]:
    """The clashes that are really there: two plan lines of two agencies at the same hours, two mappings."""
    at = {(each.agency, each.name): place for place, each in enumerate(said)}
    for rule, there, one, other in (
        ("C1", voice.clashes, ("sfi", "plan.created"), ("jobbtorg", "plan.created")),
        ("C2", voice.over_full, ("af", "plan.created"), ("jobbtorg", "plan.created")),
        ("C10", voice.maps_twice, ("af", "mapping.completed"), ("jobbtorg", "mapping.completed")),
    ):
        if there and one in at and other in at:
            yield rule, [at[one], at[other]]
