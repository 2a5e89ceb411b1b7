"""Who the participant is, the answer in one sentence, and how fresh the sources are: the top of the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from hub.run.reading import Timeline
from hub.store.progress import SourceState
from hub.web.words import swedish
from hub.web.words.facts import masked
from projections.sources.progress import SourceStatus
from projections.timeline.entries import Entry
from projections.timeline.spells import day_of
from projections.timeline.titles import title
from schemas import codes
from schemas.vocabulary import SpellKind, State

_PROTECTION = {"none": ("Ingen skyddsmarkering", "ok"), "sekretessmarkering": ("Sekretessmarkering", "clash")}
_UNKNOWN_PROTECTION = ("Skydd okänt, behandlas som skyddad", "clash")
_GOING_ON = (State.ACTIVE, State.PAUSED)
_LASTING = (SpellKind.ACTIVITY, SpellKind.EDUCATION, SpellKind.PLACEMENT)


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
    protection_tone: str
    language: str | None
    number_label: str
    number: str
    facts: Sequence[tuple[str, str, str]]
    owner: Owner | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """One source in the completeness line."""

    agency: str
    tone: str
    said: str
    more: str
    warning: bool


def identity_of(timeline: Timeline, *, whole_number: bool) -> Identity:
    """From what the reader may see; the latest statement of each field counts."""
    stated = _latest_fields(timeline.everything)
    given, family = str(stated.get("given_name") or ""), str(stated.get("family_name") or "")
    name = f"{given} {family}".strip() or "Namn saknas"
    protection, tone = _PROTECTION.get(timeline.protection or "", _UNKNOWN_PROTECTION)
    if timeline.protection == "skyddad_folkbokforing":
        protection = codes.title("protection", timeline.protection)
    label, number = _number(timeline.everything)
    return Identity(
        name=name,
        given_name=given or "personen",
        title=f"{name}: läget" if timeline.protection == "none" else "Deltagare",
        protection=protection,
        protection_tone=tone,
        language=_language(stated),
        number_label=label,
        number=number if whole_number else (masked(number) if number else "saknas"),
        facts=_facts(timeline, stated),
        owner=_owner(timeline.everything, timeline.as_of),
    )


def gist_of(timeline: Timeline, names: dict[str, str]) -> list[tuple[str, bool]]:
    """The ten-second answer, as pieces of text of which some are strong."""
    entries = timeline.everything
    stated = _latest_fields(entries)
    given = str(stated.get("given_name") or "personen")
    if not entries:
        return [("Inga händelser som du får se.", False)]
    agencies = {entry.agency for entry in entries}
    told = swedish.counted(len(agencies), "En organisation", "organisationer").capitalize()
    pieces = [(told, True), (f" har berättat om {given}. ", False)]
    going_on = [entry for entry in entries if entry.spell in _LASTING and entry.state in _GOING_ON]
    plans = [entry for entry in entries if entry.spell is SpellKind.PLAN and entry.state in _GOING_ON]
    if going_on or plans:
        parts = [swedish.counted(len(going_on), "en insats", "insatser")] if going_on else []
        parts += [swedish.counted(len(plans), "en plan", "planer")] if plans else []
        said = swedish.listed(parts)
        pieces += [(said[0].upper() + said[1:], True), (" pågår. ", False)]
    latest = entries[0]
    when = swedish.heading_day(day_of(latest.time), timeline.as_of)
    pieces += [("Senast: ", False), (title(latest), True), (f", {when[0].lower()}{when[1:]}. ", False)]
    over = [entry for entry in entries if "past_planned_end" in entry.flags]
    if over:
        said = swedish.counted(len(over), "En period", "perioder").capitalize()
        pieces += [(said, True), (" har passerat sitt planerade slut utan att avslutas. ", False)]
    corrected = sum(bool(entry.struck) for entry in entries)
    if corrected:
        pieces += [
            (swedish.counted(corrected, "En uppgift", "uppgifter").capitalize(), True),
            (" är rättad eller återkallad. " if corrected == 1 else " är rättade eller återkallade. ", False),
        ]
    late = sorted(
        {
            names.get(each.agency, each.agency)
            for each in timeline.sources
            if each.agency in agencies and _may_lack(each)
        }
    )
    if late:
        pieces.append((f"Uppgifter från {swedish.listed(late)} kan saknas.", False))
    return pieces


def freshness_of(timeline: Timeline, today: date) -> tuple[list[Freshness], list[Freshness]]:
    """The sources that have told something the reader sees, and all the others."""
    agencies = {entry.agency for entry in timeline.everything}
    told = [_fresh(source, today) for source in timeline.sources if source.agency in agencies]
    others = [_fresh(source, today) for source in timeline.sources if source.agency not in agencies]
    return told, others


def _fresh(source: SourceState, today: date) -> Freshness:
    answer = source.answer
    more = (
        [swedish.counted(answer.rejected, "1 händelse i karantän", "händelser i karantän")] if answer.rejected else []
    )
    more += [swedish.counted(answer.held, "1 händelse väntar", "händelser väntar")] if answer.held else []
    missing = answer.missing_sequences
    if missing:
        more.append(
            f"Nummer {missing[0]} saknas" if len(missing) == 1 else f"{len(missing)} nummer saknas, från {missing[0]}"
        )
    match answer.state:
        case SourceStatus.NEVER_SENT:
            tone, said = "dead", "Har aldrig skickat"
        case SourceStatus.SILENT if answer.last_received_at is not None:
            tone, said = "dead", f"Tyst sedan {swedish.moment(answer.last_received_at, today)}"
        case _ if answer.complete_to is not None:
            tone, said = "late" if more else "", f"Fullständigt till {swedish.moment(answer.complete_to, today)}"
        case _:
            tone, said = "late", "Fullständighet okänd"
    return Freshness(agency=source.agency, tone=tone, said=said, more=", ".join(more), warning=_may_lack(source))


def _may_lack(source: SourceState) -> bool:
    return source.answer.state is not SourceStatus.COMPLETE


def _latest_fields(entries: Iterable[Entry]) -> dict[str, object]:
    """What registrations and statements about the person say; the newest statement of each field counts."""
    stated: dict[str, object] = {}
    for entry in entries:
        if entry.kind.startswith("participant.") and entry.state is not State.RETRACTED:
            for name, value in entry.fields.items():
                stated.setdefault(name, value)
    return stated


def _number(entries: Iterable[Entry]) -> tuple[str, str]:
    """The best number that anybody stated: personnummer before samordningsnummer before the others."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.kind == "participant.registered" and entry.state is not State.RETRACTED:
            for each in entry.fields.get("identifiers", []):
                found.setdefault(each["type"], each["value"])
    for kind in ("personal_number", "coordination_number", "interim_number", "lma_number"):
        if kind in found:
            return codes.title("identifier_type", kind), found[kind]
    return "Personnummer", ""


def _language(stated: dict[str, object]) -> str | None:
    language = stated.get("interpreter_language") or stated.get("language")
    if language is None:
        return None
    name = codes.title("language", str(language)).lower()
    return f"Tolk: {name}" if stated.get("interpreter_needed") else f"Språk: {name}"


def _facts(timeline: Timeline, stated: dict[str, object]) -> list[tuple[str, str, str]]:
    facts: list[tuple[str, str, str]] = []
    born = swedish.read_day(stated.get("birth_date"))
    if born is not None:
        facts.append(("Född", swedish.long_day(born), f"({swedish.age(born, timeline.as_of)} år)"))
    if stated.get("identity_level"):
        facts.append(("Identitet", codes.title("identity_level", str(stated["identity_level"])), ""))
    for entry in timeline.everything:
        if entry.spell is SpellKind.ENROLMENT and entry.state in _GOING_ON and "programme" in entry.fields:
            day = (timeline.as_of - entry.from_).days + 1 if entry.from_ else None
            whole = (entry.planned_to - entry.from_).days + 1 if entry.planned_to and entry.from_ else None
            span = f"dag {day}" + (f" av {whole}" if whole else "") if day else ""
            facts.append(("Program", codes.title("programme", str(entry.fields["programme"])), span))
    facts += [
        ("Uppehållstillstånd", f"Till {swedish.long_day(entry.to)}" if entry.to else "Utan slutdatum", "")
        for entry in timeline.everything
        if entry.spell is SpellKind.PERMIT and entry.state is State.ACTIVE
    ]
    if stated.get("municipality"):
        facts.append(("Kommun", codes.title("municipality", str(stated["municipality"])), ""))
    return facts


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
