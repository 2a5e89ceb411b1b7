"""Who the participant is, as the reader may know it: the top of the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from hub.run.reading import Timeline
from hub.web.words import swedish
from hub.web.words.facts import masked, spelled
from projections.timeline.entries import Entry
from schemas import codes
from schemas.days import day_of
from schemas.vocabulary import SpellKind, State

_NO_PROTECTION = "none"
_UNKNOWN_PROTECTION = "Skydd okänt, behandlas som skyddad"
_GOING_ON = (State.ACTIVE, State.PAUSED)
_BEST_NUMBER_FIRST = ("personal_number", "coordination_number", "interim_number", "lma_number")
_MAIN_PROGRAMMES = ("etableringsprogrammet", "etableringsuppdraget", "intensivar", "jug", "job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who holds the process now."""

    name: str
    agency: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The header of the page. `number` is masked unless it was asked for; `facts` are label, value, what is less."""

    name: str
    given_name: str
    title: str
    protection: str
    protected: bool
    language: str | None
    number_label: str
    number: str
    facts: Sequence[tuple[str, str, str]]
    owner: Owner | None


def identity_of(timeline: Timeline, *, whole_number: bool) -> Identity:
    """From what the reader may see today, whatever day the timeline shows; the latest statement of a field counts."""
    stated = _latest_fields(timeline.present)
    given, family = str(stated.get("given_name") or ""), str(stated.get("family_name") or "")
    name = f"{given} {family}".strip() or "Namn saknas"
    protected = timeline.protection != _NO_PROTECTION
    numbers = _numbers(timeline.present)
    kind = next((kind for kind in _BEST_NUMBER_FIRST if kind in numbers), "personal_number")
    number = numbers.get(kind, "")
    return Identity(
        name=name,
        given_name=given or "deltagaren",
        title="Deltagare" if protected else f"{name}: läget i dag",
        protection=codes.title("protection", timeline.protection) if timeline.protection else _UNKNOWN_PROTECTION,
        protected=protected,
        language=_language(stated),
        number_label=codes.title("identifier_type", kind),
        number=(spelled(number) if whole_number else masked(number)) if number else "",
        facts=_facts(timeline, stated, numbers),
        owner=_owner(timeline.present, timeline.as_of),
    )


def _latest_fields(entries: Iterable[Entry]) -> dict[str, object]:
    """What registrations and statements about the person say; the newest statement of each field counts."""
    stated: dict[str, object] = {}
    for entry in entries:
        if entry.kind.startswith("participant.") and entry.state is not State.RETRACTED:
            for name, value in entry.fields.items():
                stated.setdefault(name, value)
    return stated


def _numbers(newest_first: Iterable[Entry]) -> dict[str, str]:
    """The latest number of each type, the type that was stated first coming first."""
    found: dict[str, str] = {}
    for entry in reversed(list(newest_first)):
        if entry.kind == "participant.registered" and entry.state is not State.RETRACTED:
            found |= {each["type"]: each["value"] for each in entry.fields.get("identifiers", [])}
    return found


def _language(stated: dict[str, object]) -> str | None:
    language = stated.get("interpreter_language") or stated.get("language")
    if language is None:
        return None
    name = codes.title("language", str(language)).partition("/")[0].lower()  # `Tigrinska/Tigrinja`: the first name
    return f"Tolk: {name}" if stated.get("interpreter_needed") else f"Språk: {name}"


def _facts(timeline: Timeline, stated: dict[str, object], numbers: dict[str, str]) -> list[tuple[str, str, str]]:
    facts: list[tuple[str, str, str]] = []
    born = swedish.read_day(stated.get("birth_date"))
    if born is not None:
        facts.append(("Född", swedish.long_day(born), f"({swedish.age(born, timeline.as_of)} år)"))
    level = codes.title("identity_level", str(stated["identity_level"])) if stated.get("identity_level") else ""
    way = " → ".join(swedish.lower_first(codes.title("identifier_type", kind)) for kind in numbers)
    if level or len(numbers) > 1:
        facts.append(("Identitet", level, swedish.upper_first(way) if len(numbers) > 1 else ""))
    facts += _programmes(timeline)
    facts += [
        ("Uppehållstillstånd", f"Till {swedish.long_day(entry.to)}" if entry.to else "Utan slutdatum", "")
        for entry in timeline.everything
        if entry.spell is SpellKind.PERMIT and entry.state is State.ACTIVE
    ]
    if stated.get("municipality"):
        facts.append(("Kommun", codes.title("municipality", str(stated["municipality"])), ""))
    return facts


def _programmes(timeline: Timeline) -> list[tuple[str, str, str]]:
    """The programme with its day, and where else the person is enrolled."""
    enrolled = [
        entry
        for entry in timeline.everything
        if entry.spell is SpellKind.ENROLMENT and entry.state in _GOING_ON and "programme" in entry.fields
    ]
    main = next((entry for entry in enrolled if entry.fields["programme"] in _MAIN_PROGRAMMES), None)
    main = main or (enrolled[0] if enrolled else None)
    if main is None:
        return []
    others = [codes.title("programme", str(entry.fields["programme"])) for entry in enrolled if entry is not main]
    facts = [
        ("Program", codes.title("programme", str(main.fields["programme"])), _day_of_programme(main, timeline.as_of))
    ]
    return facts + ([("Också inskriven i", swedish.listed(sorted(set(others))), "")] if others else [])


def _day_of_programme(entry: Entry, today: date) -> str:
    if entry.from_ is None:
        return ""
    day = f"dag {(today - entry.from_).days + 1}"
    if entry.planned_to is None:
        return day
    if entry.planned_to < today:
        return f"{day}, planerat slut var {swedish.short_day(entry.planned_to, today)}"
    return f"{day} av {(entry.planned_to - entry.from_).days + 1}"


def _owner(newest_first: Sequence[Entry], near: date) -> Owner | None:
    """The latest process owner that has not been released by the same agency afterwards."""
    released: set[str] = set()
    for entry in newest_first:
        if entry.fields.get("role") != "process_owner" or entry.state is not State.RECORDED:
            continue
        if entry.kind == "caseworker.released":
            released.add(entry.agency)
        elif entry.agency not in released:
            since = swedish.read_day(entry.fields.get("from")) or day_of(entry.time)
            name = str(entry.fields.get("name") or "Namn saknas")
            return Owner(name=name, agency=entry.agency, since=swedish.short_day(since, near))
    return None
