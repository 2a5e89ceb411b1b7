"""What the schools say about a person: sfi with its courses, progress and attendance, and komvux."""

from collections.abc import Iterator

from hub.synth.voice import Said, Voice, enrolment, line, plan
from schemas.event_type import JsonObject

SFI_WEEK = "mon-thu 08:30-12:15"


def sfi(voice: Voice, agency: str) -> Iterator[Said]:
    """One sfi course with its study plan."""
    course = voice.random.choice(("SFIKUA9", "SFIKUB9", "SFIKUC9", "SFIKUD9"))
    key: JsonObject = {"key": "kurs-1", "course": course}
    yield voice.at(agency, 15, "sfi.application_received", key | {"study_path": voice.random.choice(("1", "2", "3"))})
    yield voice.at(agency, 40, "sfi.admitted", key | {"from": voice.day(60), "week": [SFI_WEEK], "hours": 15})
    yield enrolment(voice, agency, 60)
    yield voice.at(agency, 60, "sfi.course_started", key | {"from": voice.day(60), "week": [SFI_WEEK], "hours": 15})
    yield plan(
        voice,
        agency,
        62,
        [line(voice, "sfi-1", "sfi", f"Sfi kurs {course[5]}", 60, week=[SFI_WEEK], hours=15, course=course)],
    )
    for number in range(voice.random.randrange(3, 7)):
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
