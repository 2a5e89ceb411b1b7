"""What the schools say about a person: sfi with its courses, progress and attendance, and komvux."""

from collections.abc import Iterator

from hub.synth.people import Schooling
from hub.synth.voice import Said, Voice, enrolment, line, plan
from schemas.event_type import JsonObject

_SFI_WEEK = "mon-thu 08:30-12:15"
_PATH = {Schooling.FOUR_YEARS: "1", Schooling.COMPULSORY: "2", Schooling.UPPER_SECONDARY: "3"}  # P6
_LITERACY = {Schooling.FOUR_YEARS: "basic", Schooling.COMPULSORY: "fair", Schooling.UPPER_SECONDARY: "good"}


def sfi(voice: Voice, agency: str) -> Iterator[Said]:
    """One sfi course with its study plan."""
    course = voice.random.choice(("SFIKUA9", "SFIKUB9", "SFIKUC9", "SFIKUD9"))
    key: JsonObject = {"key": "kurs-1", "course": course}
    path = _PATH[voice.person.schooling]
    yield voice.at(agency, 15, "sfi.application_received", key | {"study_path": path})
    literacy = _LITERACY[voice.person.schooling]
    yield voice.at(
        agency,
        41,
        "participant.language_set",
        {
            "language": voice.person.language,
            "interpreter_needed": voice.person.interpreter,
            "reading": literacy,
            "writing": literacy,
        },
    )
    yield voice.at(agency, 40, "sfi.admitted", key | {"from": voice.day(60), "week": [_SFI_WEEK], "hours": 15})
    yield enrolment(voice, agency, 60)
    yield voice.at(agency, 60, "sfi.course_started", key | {"from": voice.day(60), "week": [_SFI_WEEK], "hours": 15})
    yield plan(
        voice,
        agency,
        62,
        [line(voice, "sfi-1", "sfi", f"Sfi kurs {course[5]}", 60, week=[_SFI_WEEK], hours=15, course=course)],
    )
    for number in range(voice.random.randrange(4, 11)):
        days = 90 + number * 45
        progress: JsonObject = {
            "scale": voice.random.randrange(1, 6),
            "scale_max": 5,
            "course": course,
            "label": "Delomdöme",
        }
        yield voice.at(agency, days, "progress.reported", progress)
        week: JsonObject = {
            "activity_key": "sfi-1",
            "from": voice.day(days - 7),
            "to": voice.day(days - 1),
            "hours": 15,
        }
        yield voice.at(agency, days + 1, "attendance.reported", week)
    if voice.chance(0.5):
        yield voice.at(agency, 330, "sfi.course_completed", key | {"to": voice.day(330), "grade": "C"})


def komvux(voice: Voice, agency: str) -> Iterator[Said]:
    """One course at upper secondary level."""
    key: JsonObject = {"key": "kvx-1", "course": "SVESVE01"}
    yield voice.at(agency, 200, "komvux.applied", key)
    yield voice.at(agency, 230, "komvux.admitted", key | {"from": voice.day(250)})
    yield voice.at(agency, 250, "komvux.started", key | {"from": voice.day(250)})
