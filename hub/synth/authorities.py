"""What Migrationsverket, the reception of refugees, the social services and the insurance say about a person."""

from collections.abc import Iterator

from hub.synth.voice import Said, Voice, enrolment, line, plan
from schemas.event_type import JsonObject

_GROUNDS = ("UtlL_5_1", "UtlL_5_2", "UtlL_5_3", "UtlL_5_6", "UtlL_21_22kap"), (45, 10, 35, 5, 5)  # P13


def permit(voice: Voice, agency: str) -> Iterator[Said]:
    """A permit of some years (P13), sometimes extended."""
    ground = voice.random.choices(*_GROUNDS)[0]
    years = voice.random.choice((2, 3, 3, 5))
    data: JsonObject = {
        "key": "tillstand",
        "ground": ground,
        "from": voice.day(1),
        "to": voice.day(1 + 365 * years),
    }
    yield voice.at(agency, 1, "permit.granted", data | {"work_right": True})
    if voice.chance(0.2):
        yield voice.at(agency, 300, "permit.extended", {"key": "tillstand", "to": voice.day(1 + 365 * (years + 2))})


def reception(voice: Voice, agency: str) -> Iterator[Said]:
    """Received in the municipality, with an introduction plan and civic orientation."""
    received: JsonObject = {"municipality": "0180", "received_on": voice.day(5), "unit": voice.person.units[agency]}
    yield voice.at(agency, 5, "settlement.municipality_received", received)
    yield enrolment(voice, agency, 6, months=12)
    yield plan(
        voice,
        agency,
        12,
        [line(voice, "so", "samhallsorientering", "Samhällsorientering", 30, week=["mon 13:00-16:00"], hours=3)],
    )
    course: JsonObject = {
        "key": "so-1",
        "label": "Samhällsorientering",
        "from": voice.day(30),
        "language": voice.person.language,
    }
    yield voice.at(
        agency,
        30,
        "civic_orientation.started",
        course | {"week": ["mon 13:00-16:00"], "hours": 3, "total_hours": 100},
    )
    if voice.chance(0.7):
        yield voice.at(
            agency, 260, "civic_orientation.completed", {"key": "so-1", "to": voice.day(260), "total_hours": 100}
        )


def social_services(voice: Voice, agency: str) -> Iterator[Said]:
    """Support, and a work plan."""
    yield enrolment(voice, agency, 20)
    yield voice.at(agency, 20, "benefit.started", {"key": "fs", "kind": "forsorjningsstod", "from": voice.day(20)})
    yield plan(
        voice,
        agency,
        28,
        [line(voice, "soc-jobb", "jobbsok", "Söka arbeten varje vecka", 28, responsible="af", duty="sok_nu")],
    )
    yield voice.at(agency, 120, "followup.held", {"kind": "plan", "label": "Uppföljning av arbetsplanen"})
    if voice.chance(0.3):
        yield voice.at(agency, 320, "benefit.ended", {"key": "fs", "to": voice.day(320)})


def insurance(voice: Voice, agency: str) -> Iterator[Said]:
    """Rehabilitation, at Försäkringskassan or the region."""
    yield enrolment(voice, agency, 150, months=12)
    yield voice.at(
        agency,
        170,
        "work_ability.assessed",
        {"scope": 75, "from": voice.day(170), "unit": voice.person.units[agency]},
    )
    yield voice.at(agency, 230, "followup.held", {"kind": "activity", "label": "Avstämning med rehabkoordinator"})
