"""What Arbetsförmedlingen and Jobbtorg say about a person: mapping, plan, referral, activities and follow-ups."""

from collections.abc import Iterator

from hub.synth.people import texts
from hub.synth.voice import Said, Voice, enrolment, line, plan
from schemas.event_type import JsonObject

_CLASHING_WEEK = "tue 09:00-12:00"
_FREE_WEEK = "fri 13:00-15:00"


def employment_service(voice: Voice, agency: str) -> Iterator[Said]:
    """Mapping, action plan, the referral to Jobbtorg, follow-ups and the monthly reports."""
    unit, caseworker = voice.person.units[agency], voice.person.caseworkers[agency]
    group = voice.group
    yield enrolment(voice, agency, 25)
    owner: JsonObject = {"role": "process_owner", "name": caseworker, "from": voice.day(26), "unit": unit}
    yield voice.at(agency, 26, "caseworker.assigned", owner)
    yield voice.at(
        agency, 30, "conversation.held", {"kind": "etableringssamtal", "label": "Etableringssamtal", "unit": unit}
    )
    yield voice.at(agency, 33, "mapping.started", {"level": "first", "domains": ["utbildning", "yrke"]})
    yield voice.at(
        agency,
        40,
        "mapping.completed",
        {"level": "deepened", "domains": ["yrke"], "label": "Kartläggning av arbetsliv"},
    )
    hours = 30 if voice.over_full else 10
    lines = [
        line(voice, "af-jobb", "jobbsok", "Jobbsökning med stöd", 45, hours=hours, duty="kurs_forst"),
        line(voice, "af-sfi", "sfi", "Sfi minst 15 timmar", 45, responsible="sfi", hours=15),
    ]
    yield plan(voice, agency, 45, lines)
    sent: JsonObject = {"key": "remiss-1", "from_agency": "af", "to": "jobbtorg", "due": voice.day(60)}
    yield voice.at(
        agency,
        46,
        "referral.sent",
        sent | {"direction": voice.occupation[1], "purpose": "Arbetsträning"},
        group=group,
    )
    for number in range(voice.random.randrange(3, 6)):
        held: JsonObject = {"kind": "plan", "label": voice.random.choice(texts()["followups"]), "unit": unit}
        yield voice.at(agency, 90 + number * 60, "followup.held", held)
    for number in range(voice.random.randrange(2, 8)):
        report: JsonObject = {
            "from": voice.day(100 + number * 30),
            "to": voice.day(129 + number * 30),
            "jobs_applied": number,
        }
        yield voice.at(agency, 131 + number * 30, "activity_report.submitted", report)
    if voice.chance(0.3):
        change: JsonObject = {
            "key": f"in-{agency}",
            "unit": voice.random.choice(texts()["places"]),
            "municipality": "0180",
        }
        yield voice.at(agency, 280, "enrolment.changed", change)
    if voice.chance(0.15):
        yield voice.at(
            agency,
            380,
            "enrolment.closed",
            {"key": f"in-{agency}", "close_reason": voice.random.choice(texts()["closings"])},
        )


def jobbtorg(voice: Voice, agency: str) -> Iterator[Said]:
    """The referral answered, a job plan, and a long activity."""
    unit, caseworker = voice.person.units[agency], voice.person.caseworkers[agency]
    group = voice.group
    if "af" in voice.person.agencies:
        key: JsonObject = {"key": "remiss-1", "from_agency": "af", "to": "jobbtorg"}
        yield voice.at(agency, 47, "referral.received", key, group=group)
        yield voice.at(agency, 52, "referral.accepted", key | {"receiving_unit": unit}, group=group)
    yield enrolment(voice, agency, 53)
    if voice.maps_twice:
        yield voice.at(
            agency,
            58,
            "mapping.completed",
            {"level": "first", "domains": ["yrke"], "label": "Kartläggning av arbetsliv"},
        )
    code, label, week, hours = voice.random.choice(texts()["activities"])
    week = _CLASHING_WEEK if voice.clashes else (_FREE_WEEK if code == "jobbsok_verkstad" else week)
    yield plan(
        voice,
        agency,
        60,
        [line(voice, "jt-1", code, label, 70, week=[week], hours=hours, occupation=voice.occupation[0])],
    )
    activity: JsonObject = {
        "key": "akt-1",
        "activity": code,
        "label": label,
        "from": voice.day(70),
        "to": voice.day(310),
    }
    more: JsonObject = {
        "week": [week],
        "hours": hours,
        "place": voice.random.choice(texts()["places"]),
        "caseworker": caseworker,
    }
    yield voice.at(agency, 65, "activity.registered", activity | more | {"unit": unit, "line": "jt-1"}, group=group)
    yield voice.at(agency, 70, "activity.started", {"key": "akt-1", "activity": code, "from": voice.day(70)})
    for number in range(voice.random.randrange(10, 22)):
        days = 77 + number * 7
        name = "attendance.reported" if voice.chance(0.85) else "absence.reported"
        week_of: JsonObject = {
            "activity_key": "akt-1",
            "from": voice.day(days),
            "to": voice.day(days + 4),
            "hours": hours,
        }
        yield voice.at(
            agency, days + 5, name, week_of | ({} if name == "attendance.reported" else {"absence_reason": "valid"})
        )
    yield from _later_at_jobbtorg(voice, agency, unit)


def _later_at_jobbtorg(voice: Voice, agency: str, unit: str) -> Iterator[Said]:
    yield voice.at(
        agency, 160, "progress.reported", {"scale": 3, "scale_max": 5, "activity_key": "akt-1", "label": "Omdöme"}
    )
    if voice.chance(0.3):
        yield voice.at(agency, 180, "activity.paused", {"key": "akt-1", "from": voice.day(180)})
        yield voice.at(agency, 200, "activity.resumed", {"key": "akt-1", "from": voice.day(200)})
    if voice.chance(0.6):
        given: JsonObject = {
            "key": "samtycke",
            "domains": ["EDU"],
            "recipients": ["jobbtorg"],
            "purpose": "planning",
            "form": "skriftligt",
        }
        yield voice.at(agency, 80, "consent.given", given | {"from": voice.day(80)})
        if voice.chance(0.2):  # the wave of withdrawals (P15)
            yield voice.at(
                agency,
                400,
                "consent.withdrawn",
                {"key": "samtycke", "domains": ["EDU"], "recipients": ["jobbtorg"]},
            )
    yield voice.at(
        agency, 220, "followup.held", {"kind": "workplace", "label": "Uppföljning på arbetsplatsen", "unit": unit}
    )
    if voice.chance(0.5):
        yield voice.at(agency, 311, "activity.completed", {"key": "akt-1", "to": voice.day(310)})
        agreed: JsonObject = {
            "key": "plats",
            "kind": "praktik",
            "employer": "Stockholms kommun",
            "employer_number": "212000-0142",
        }
        yield voice.at(agency, 320, "placement.agreed", agreed | {"from": voice.day(330), "to": voice.day(420)})
    if voice.chance(0.2):
        yield voice.at(
            agency, 430, "outcome.registered", {"outcome": "work", "days": 0, "occupation": voice.occupation[0]}
        )
