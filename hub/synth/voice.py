"""How an agency says something about a person: its clock, its chances, and the sentences that all agencies share."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from hub.synth.people import Person, texts
from schemas.days import STOCKHOLM
from schemas.event_type import JsonObject

_PLAN = {
    "af": "handlingsplan",
    "jobbtorg": "jobbplan",
    "sfi": "studieplan",
    "socialtjanst": "arbetsplan",
    "flyktingmottagning": "introduktionsplan",
}
_PROGRAMME = {
    "af": "etableringsprogrammet",
    "jobbtorg": "jobbtorg",
    "sfi": "sfi",
    "komvux": "komvux",
    "socialtjanst": "forsorjningsstod",
    "flyktingmottagning": "flyktingmottagning",
    "fk": "rehabilitering",
    "region": "rehabilitering",
}
LATEST = {"enrolment.opened": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that an agency says. `group` ties events of one action together.

    `replaces` is the place, in the journey, of what a correction corrects.
    """

    agency: str
    at: datetime
    name: str
    data: JsonObject
    version: int = 1
    group: str | None = None
    replaces: int | None = None


class Voice:
    """The agencies speaking of one person from the day `begins` on; all chances come from one generator."""

    def __init__(self, person: Person, random: Random, begins: date) -> None:
        self.person = person
        self.random = random
        self.begins = begins
        self.occupation: tuple[str, str] = tuple(random.choice(texts()["occupations"]))
        self.clashes = self.chance(0.15)
        self.maps_twice = self.chance(0.25)
        self.over_full = self.chance(0.1)

    @property
    def group(self) -> str:
        """The correlation of everything that one referral led to."""
        return f"remiss-{self.person.number}"

    def chance(self, share: float) -> bool:
        """True for a share (0 to 1) of all people."""
        return self.random.random() < share

    def at(self, agency: str, days: int, name: str, data: JsonObject, *, group: str | None = None) -> Said:
        """Something said in office hours, so many days after the beginning."""
        clock = time(8 + self.random.randrange(8), self.random.randrange(60))
        said = datetime.combine(self.begins + timedelta(days=days), clock, STOCKHOLM)
        return Said(agency=agency, at=said, name=name, data=data, version=LATEST.get(name, 1), group=group)

    def day(self, days: int) -> str:
        """A day as ISO date."""
        return (self.begins + timedelta(days=days)).isoformat()


def enrolment(voice: Voice, agency: str, days: int, months: int = 24) -> Said:
    """An enrolment in the agency's own programme."""
    data: JsonObject = {
        "key": f"in-{agency}",
        "programme": _PROGRAMME[agency],
        "from": voice.day(days),
        "planned_end": voice.day(days + months * 30),
        "municipality": "0180",
        "unit": voice.person.units[agency],
        "caseworker": voice.person.caseworkers[agency],
    }
    return voice.at(agency, days, "enrolment.opened", data)


def plan(voice: Voice, agency: str, days: int, lines: list[JsonObject]) -> Said:
    """The agency's own plan with its lines."""
    occupation, label = voice.occupation
    goals = [{"key": f"mal-{agency}", "horizon": "long", "occupation": occupation, "label": f"Arbete som {label}"}]
    data: JsonObject = {
        "key": f"plan-{agency}",
        "plan_type": _PLAN[agency],
        "from": voice.day(days),
        "goals": goals if agency in ("af", "jobbtorg") else [],
        "lines": lines,
        "caseworker": voice.person.caseworkers[agency],
        "unit": voice.person.units[agency],
        "participant_voice": voice.random.choice(texts()["voices"]),
    }
    return voice.at(agency, days, "plan.created", data)


def line(voice: Voice, key: str, activity: str, label: str, days: int, **more: object) -> JsonObject:
    """A line of a plan, eight months long."""
    return {
        "key": key,
        "activity": activity,
        "label": label,
        "obligation": "must",
        "from": voice.day(days),
        "to": voice.day(days + 240),
        **more,
    }
