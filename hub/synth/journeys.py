"""What the agencies say about a person over eighteen months: enrolments, mappings, plans, activities, attendance.

P7: one plan per agency, with lines whose weekly times partly clash; what is planted is noted as a conflict.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from hub.synth.people import ANCHOR, SPAN, STOCKHOLM, Person, texts
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
_SFI_WEEK = "mon-thu 08:30-12:15"
_CLASHING_WEEK = "tue 09:00-12:00"
_FREE_WEEK = "fri 13:00-15:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that an agency says. `group` ties events of one action together."""

    agency: str
    at: datetime
    name: str
    data: JsonObject
    version: int = 1
    group: str | None = None


@dataclass(slots=True)
class Journey:
    """Everything said about a person, and the conflicts planted in it: rule and positions in `said`."""

    said: list[Said] = field(default_factory=list)
    planted: list[tuple[str, list[int]]] = field(default_factory=list)


def tell(person: Person, seed: int) -> Journey:
    """The journey of one person; nothing in it is after the anchor."""
    random = Random(f"{seed}/journey/{person.number}")  # noqa: S311 - invented journeys need no secrets
    begins = (ANCHOR - SPAN + timedelta(days=random.randrange(0, 150))).date()
    teller = _Teller(person, random, begins)
    for agency in person.agencies:
        for said in teller.of(agency):
            if said.at <= ANCHOR - timedelta(minutes=30):
                teller.journey.said.append(said)
    teller.plant()
    return teller.journey


class _Teller:
    def __init__(self, person: Person, random: Random, begins: date) -> None:
        self.person = person
        self.random = random
        self.begins = begins
        self.journey = Journey()
        self.occupation = random.choice(texts()["occupations"])
        self.clashes = random.random() < 0.15
        self.maps_twice = random.random() < 0.25
        self.over_full = random.random() < 0.1

    def of(self, agency: str) -> Iterator[Said]:
        """What one agency says, in its own order of time."""
        tellers = {
            "migrationsverket": self._permit,
            "flyktingmottagning": self._reception,
            "sfi": self._sfi,
            "komvux": self._komvux,
            "socialtjanst": self._social,
            "fk": self._insurance,
            "region": self._insurance,
            "af": self._employment_service,
            "jobbtorg": self._jobbtorg,
        }
        if agency in tellers:
            yield from tellers[agency](agency)

    def plant(self) -> None:
        """Note the clashes that are really there: two plan lines of two agencies at the same hours, two mappings."""
        at = {(said.agency, said.name): place for place, said in enumerate(self.journey.said)}
        sfi, jobbtorg = at.get(("sfi", "plan.created")), at.get(("jobbtorg", "plan.created"))
        if self.clashes and sfi is not None and jobbtorg is not None:
            self.journey.planted.append(("C1", [sfi, jobbtorg]))
        if self.over_full and jobbtorg is not None and (af := at.get(("af", "plan.created"))) is not None:
            self.journey.planted.append(("C2", [af, jobbtorg]))
        first, second = at.get(("af", "mapping.completed")), at.get(("jobbtorg", "mapping.completed"))
        if self.maps_twice and first is not None and second is not None:
            self.journey.planted.append(("C10", [first, second]))

    def _at(self, agency: str, days: int, name: str, data: JsonObject, **more: object) -> Said:
        day = self.begins + timedelta(days=days)
        clock = time(8 + self.random.randrange(8), self.random.randrange(60))
        version = 2 if name == "enrolment.opened" else 1
        said = datetime.combine(day, clock, STOCKHOLM)
        return Said(agency=agency, at=said, name=name, data=data, version=version, **more)  # type: ignore[arg-type]  # group only

    def _day(self, days: int) -> str:
        return (self.begins + timedelta(days=days)).isoformat()

    def _enrolment(self, agency: str, days: int, months: int = 24) -> Said:
        data: JsonObject = {
            "key": f"in-{agency}",
            "programme": _PROGRAMME[agency],
            "from": self._day(days),
            "planned_end": self._day(days + months * 30),
            "municipality": "0180",
            "unit": self.person.units[agency],
            "caseworker": self.person.caseworkers[agency],
        }
        return self._at(agency, days, "enrolment.opened", data)

    def _plan(self, agency: str, days: int, lines: list[JsonObject]) -> Said:
        occupation, label = self.occupation
        goals = [{"key": f"mal-{agency}", "horizon": "long", "occupation": occupation, "label": f"Arbete som {label}"}]
        data: JsonObject = {
            "key": f"plan-{agency}",
            "plan_type": _PLAN[agency],
            "from": self._day(days),
            "goals": goals if agency in ("af", "jobbtorg") else [],
            "lines": lines,
            "caseworker": self.person.caseworkers[agency],
            "unit": self.person.units[agency],
            "participant_voice": self.random.choice(texts()["voices"]),
        }
        return self._at(agency, days, "plan.created", data)

    def _line(self, key: str, activity: str, label: str, days: int, **more: object) -> JsonObject:
        return {
            "key": key,
            "activity": activity,
            "label": label,
            "obligation": "must",
            "from": self._day(days),
            "to": self._day(days + 240),
            **more,
        }

    def _permit(self, agency: str) -> Iterator[Said]:
        ground = self.random.choices(("UtlL_5_1", "UtlL_5_2", "UtlL_5_3", "UtlL_5_6"), (45, 10, 35, 10))[0]  # P13
        years = self.random.choice((2, 3, 3, 5))
        data: JsonObject = {
            "key": "tillstand",
            "ground": ground,
            "from": self._day(1),
            "to": self._day(1 + 365 * years),
        }
        yield self._at(agency, 1, "permit.granted", data | {"work_right": True})
        if self.random.random() < 0.2:
            yield self._at(agency, 300, "permit.extended", {"key": "tillstand", "to": self._day(1 + 365 * (years + 2))})

    def _reception(self, agency: str) -> Iterator[Said]:
        received: JsonObject = {"municipality": "0180", "received_on": self._day(5), "unit": self.person.units[agency]}
        yield self._at(agency, 5, "settlement.municipality_received", received)
        yield self._enrolment(agency, 6, months=12)
        yield self._plan(
            agency,
            12,
            [self._line("so", "samhallsorientering", "Samhällsorientering", 30, week=["mon 13:00-16:00"], hours=3)],
        )
        course: JsonObject = {
            "key": "so-1",
            "label": "Samhällsorientering",
            "from": self._day(30),
            "language": self.person.language,
        }
        yield self._at(
            agency,
            30,
            "civic_orientation.started",
            course | {"week": ["mon 13:00-16:00"], "hours": 3, "total_hours": 100},
        )
        if self.random.random() < 0.7:
            yield self._at(
                agency, 260, "civic_orientation.completed", {"key": "so-1", "to": self._day(260), "total_hours": 100}
            )

    def _sfi(self, agency: str) -> Iterator[Said]:
        course = self.random.choice(("SFIKUA9", "SFIKUB9", "SFIKUC9", "SFIKUD9"))
        key: JsonObject = {"key": "kurs-1", "course": course}
        yield self._at(
            agency, 15, "sfi.application_received", key | {"study_path": self.random.choice(("1", "2", "3"))}
        )
        yield self._at(agency, 40, "sfi.admitted", key | {"from": self._day(60), "week": [_SFI_WEEK], "hours": 15})
        yield self._enrolment(agency, 60)
        yield self._at(
            agency, 60, "sfi.course_started", key | {"from": self._day(60), "week": [_SFI_WEEK], "hours": 15}
        )
        yield self._plan(
            agency,
            62,
            [self._line("sfi-1", "sfi", f"Sfi kurs {course[5]}", 60, week=[_SFI_WEEK], hours=15, course=course)],
        )
        for number in range(self.random.randrange(3, 7)):
            days = 90 + number * 45
            progress: JsonObject = {
                "scale": self.random.randrange(1, 6),
                "scale_max": 5,
                "course": course,
                "label": "Delomdöme",
            }
            yield self._at(agency, days, "progress.reported", progress)
            week: JsonObject = {
                "activity_key": "sfi-1",
                "from": self._day(days - 7),
                "to": self._day(days - 1),
                "hours": 15,
            }
            yield self._at(agency, days + 1, "attendance.reported", week)
        if self.random.random() < 0.5:
            yield self._at(agency, 330, "sfi.course_completed", key | {"to": self._day(330), "grade": "C"})

    def _komvux(self, agency: str) -> Iterator[Said]:
        key: JsonObject = {"key": "kvx-1", "course": "SVESVE01"}
        yield self._at(agency, 200, "komvux.applied", key)
        yield self._at(agency, 230, "komvux.admitted", key | {"from": self._day(250)})
        yield self._at(agency, 250, "komvux.started", key | {"from": self._day(250)})

    def _social(self, agency: str) -> Iterator[Said]:
        yield self._enrolment(agency, 20)
        yield self._at(agency, 20, "benefit.started", {"key": "fs", "kind": "forsorjningsstod", "from": self._day(20)})
        yield self._plan(
            agency,
            28,
            [self._line("soc-jobb", "jobbsok", "Söka arbeten varje vecka", 28, responsible="af", duty="sok_nu")],
        )
        yield self._at(agency, 120, "followup.held", {"kind": "plan", "label": "Uppföljning av arbetsplanen"})
        if self.random.random() < 0.3:
            yield self._at(agency, 320, "benefit.ended", {"key": "fs", "to": self._day(320)})

    def _insurance(self, agency: str) -> Iterator[Said]:
        yield self._enrolment(agency, 150, months=12)
        yield self._at(
            agency,
            170,
            "work_ability.assessed",
            {"scope": 75, "from": self._day(170), "unit": self.person.units[agency]},
        )
        yield self._at(agency, 230, "followup.held", {"kind": "activity", "label": "Avstämning med rehabkoordinator"})

    def _employment_service(self, agency: str) -> Iterator[Said]:
        unit, caseworker = self.person.units[agency], self.person.caseworkers[agency]
        group = f"remiss-{self.person.number}"
        yield self._enrolment(agency, 25)
        owner: JsonObject = {"role": "process_owner", "name": caseworker, "from": self._day(26), "unit": unit}
        yield self._at(agency, 26, "caseworker.assigned", owner)
        yield self._at(
            agency, 30, "conversation.held", {"kind": "etableringssamtal", "label": "Etableringssamtal", "unit": unit}
        )
        yield self._at(agency, 33, "mapping.started", {"level": "first", "domains": ["utbildning", "yrke"]})
        yield self._at(
            agency,
            40,
            "mapping.completed",
            {"level": "deepened", "domains": ["yrke"], "label": "Kartläggning av arbetsliv"},
        )
        hours = 30 if self.over_full else 10
        lines = [
            self._line("af-jobb", "jobbsok", "Jobbsökning med stöd", 45, hours=hours, duty="kurs_forst"),
            self._line("af-sfi", "sfi", "Sfi minst 15 timmar", 45, responsible="sfi", hours=15),
        ]
        yield self._plan(agency, 45, lines)
        sent: JsonObject = {"key": "remiss-1", "from_agency": "af", "to": "jobbtorg", "due": self._day(60)}
        yield self._at(
            agency,
            46,
            "referral.sent",
            sent | {"direction": self.occupation[1], "purpose": "Arbetsträning"},
            group=group,
        )
        for number in range(self.random.randrange(3, 6)):
            held: JsonObject = {"kind": "plan", "label": self.random.choice(texts()["followups"]), "unit": unit}
            yield self._at(agency, 90 + number * 60, "followup.held", held)
        for number in range(self.random.randrange(2, 8)):
            report: JsonObject = {
                "from": self._day(100 + number * 30),
                "to": self._day(129 + number * 30),
                "jobs_applied": number,
            }
            yield self._at(agency, 131 + number * 30, "activity_report.submitted", report)
        if self.random.random() < 0.3:
            change: JsonObject = {
                "key": f"in-{agency}",
                "unit": self.random.choice(texts()["places"]),
                "municipality": "0180",
            }
            yield self._at(agency, 280, "enrolment.changed", change)
        if self.random.random() < 0.15:
            yield self._at(
                agency,
                380,
                "enrolment.closed",
                {"key": f"in-{agency}", "close_reason": self.random.choice(texts()["closings"])},
            )

    def _jobbtorg(self, agency: str) -> Iterator[Said]:
        unit, caseworker = self.person.units[agency], self.person.caseworkers[agency]
        group = f"remiss-{self.person.number}"
        if "af" in self.person.agencies:
            key: JsonObject = {"key": "remiss-1", "from_agency": "af", "to": "jobbtorg"}
            yield self._at(agency, 47, "referral.received", key, group=group)
            yield self._at(agency, 52, "referral.accepted", key | {"receiving_unit": unit}, group=group)
        yield self._enrolment(agency, 53)
        if self.maps_twice:
            yield self._at(
                agency,
                58,
                "mapping.completed",
                {"level": "first", "domains": ["yrke"], "label": "Kartläggning av arbetsliv"},
            )
        code, label, week, hours = self.random.choice(texts()["activities"])
        week = _CLASHING_WEEK if self.clashes else (_FREE_WEEK if code == "jobbsok_verkstad" else week)
        yield self._plan(
            agency, 60, [self._line("jt-1", code, label, 70, week=[week], hours=hours, occupation=self.occupation[0])]
        )
        activity: JsonObject = {
            "key": "akt-1",
            "activity": code,
            "label": label,
            "from": self._day(70),
            "to": self._day(310),
        }
        more: JsonObject = {
            "week": [week],
            "hours": hours,
            "place": self.random.choice(texts()["places"]),
            "caseworker": caseworker,
        }
        yield self._at(agency, 65, "activity.registered", activity | more | {"unit": unit, "line": "jt-1"}, group=group)
        yield self._at(agency, 70, "activity.started", {"key": "akt-1", "activity": code, "from": self._day(70)})
        for number in range(self.random.randrange(10, 22)):
            days = 77 + number * 7
            name = "attendance.reported" if self.random.random() < 0.85 else "absence.reported"
            week_of: JsonObject = {
                "activity_key": "akt-1",
                "from": self._day(days),
                "to": self._day(days + 4),
                "hours": hours,
            }
            yield self._at(
                agency, days + 5, name, week_of | ({} if name == "attendance.reported" else {"absence_reason": "valid"})
            )
        yield from self._later_at_jobbtorg(agency, unit)

    def _later_at_jobbtorg(self, agency: str, unit: str) -> Iterator[Said]:
        yield self._at(
            agency, 160, "progress.reported", {"scale": 3, "scale_max": 5, "activity_key": "akt-1", "label": "Omdöme"}
        )
        if self.random.random() < 0.3:
            yield self._at(agency, 180, "activity.paused", {"key": "akt-1", "from": self._day(180)})
            yield self._at(agency, 200, "activity.resumed", {"key": "akt-1", "from": self._day(200)})
        if self.random.random() < 0.6:
            given: JsonObject = {
                "key": "samtycke",
                "domains": ["EDU"],
                "recipients": ["jobbtorg"],
                "purpose": "planning",
                "form": "skriftligt",
            }
            yield self._at(agency, 80, "consent.given", given | {"from": self._day(80)})
            if self.random.random() < 0.2:  # the wave of withdrawals (P15)
                yield self._at(
                    agency,
                    400,
                    "consent.withdrawn",
                    {"key": "samtycke", "domains": ["EDU"], "recipients": ["jobbtorg"]},
                )
        yield self._at(
            agency, 220, "followup.held", {"kind": "workplace", "label": "Uppföljning på arbetsplatsen", "unit": unit}
        )
        if self.random.random() < 0.5:
            yield self._at(agency, 311, "activity.completed", {"key": "akt-1", "to": self._day(310)})
            agreed: JsonObject = {
                "key": "plats",
                "kind": "praktik",
                "employer": "Stockholms kommun",
                "employer_number": "212000-0142",
            }
            yield self._at(agency, 320, "placement.agreed", agreed | {"from": self._day(330), "to": self._day(420)})
        if self.random.random() < 0.2:
            yield self._at(
                agency, 430, "outcome.registered", {"outcome": "work", "days": 0, "occupation": self.occupation[0]}
            )
