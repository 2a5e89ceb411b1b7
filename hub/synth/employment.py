"""What Arbetsförmedlingen and Jobbtorg say about a person: mapping, plan, referral, activities and follow-ups."""

from collections.abc import Iterator
from datetime import date

from hub.synth.people import sources, texts
from hub.synth.voice import Said, Voice, enrolment, line, plan
from schemas.event_type import JsonObject

_CLASHING_WEEK = "tue 09:00-12:00"
_FREE_WEEK = "fri 13:00-15:00"
_MOVES = 0.02  # P12
_PRESENT = 0.85
_CONSENT_GIVEN = 80  # days after the beginning
_WITHDRAWALS = date(2026, 10, 12)  # the week in which many withdrew their consent (P15)
_GOES_ON = 0.8
_NEIGHBOURS = ("0127", "0136", "0163", "0182")  # Botkyrka, Haninge, Sollentuna, Nacka


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
        moved: JsonObject = {"key": f"in-{agency}", "unit": voice.random.choice(sources()[agency].units)}
        yield voice.at(agency, 280, "enrolment.changed", moved)
    if voice.chance(_MOVES):
        away: JsonObject = {"key": f"in-{agency}", "municipality": voice.random.choice(_NEIGHBOURS)}
        yield voice.at(agency, 300, "enrolment.changed", away)
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
    registered: JsonObject = {
        "key": "akt-1",
        "activity": code,
        "label": label,
        "line": "jt-1",
        "from": voice.day(70),
        "to": voice.day(310),
        "week": [week],
        "hours": hours,
        "place": voice.random.choice(texts()["places"]),
        "caseworker": caseworker,
        "unit": unit,
    }
    yield voice.at(agency, 65, "activity.registered", registered, group=group)
    yield voice.at(agency, 70, "activity.started", {"key": "akt-1", "activity": code, "from": voice.day(70)})
    yield from _weeks(voice, agency, "akt-1", 77, hours)
    yield from _later_at_jobbtorg(voice, agency, unit)


def _weeks(voice: Voice, agency: str, activity: str, first: int, hours: int) -> Iterator[Said]:
    """Attendance of some weeks, now and then an absence."""
    for number in range(voice.random.randrange(10, 24)):
        days = first + number * 7
        week: JsonObject = {
            "activity_key": activity,
            "from": voice.day(days),
            "to": voice.day(days + 4),
            "hours": hours,
        }
        if voice.chance(_PRESENT):
            yield voice.at(agency, days + 5, "attendance.reported", week)
        else:
            yield voice.at(agency, days + 5, "absence.reported", week | {"absence_reason": "valid"})


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
        yield voice.at(agency, _CONSENT_GIVEN, "consent.given", given | {"from": voice.day(_CONSENT_GIVEN)})
        withdrawn = (_WITHDRAWALS - voice.begins).days + voice.random.randrange(5)
        if withdrawn > _CONSENT_GIVEN and voice.chance(0.2):
            data: JsonObject = {"key": "samtycke", "domains": ["EDU"], "recipients": ["jobbtorg"]}
            yield voice.at(agency, withdrawn, "consent.withdrawn", data)
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
    elif voice.chance(_GOES_ON):
        training: JsonObject = {"key": "akt-2", "activity": "arbetstraning", "label": "Arbetsträning", "hours": 20}
        week: JsonObject = {"week": ["mon-fri 08:00-12:00"], "from": voice.day(318), "to": voice.day(500), "unit": unit}
        yield voice.at(agency, 312, "activity.registered", training | week)
        yield from _weeks(voice, agency, "akt-2", 318, 20)
    if voice.chance(0.2):
        yield voice.at(
            agency, 430, "outcome.registered", {"outcome": "work", "days": 0, "occupation": voice.occupation[0]}
        )
