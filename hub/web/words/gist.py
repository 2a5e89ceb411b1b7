"""The answer first: who works with the participant, what goes on, what came last, and what may be missing."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from hub.run.reading import Timeline
from hub.web.words import swedish
from hub.web.words.freshness import may_lack
from projections.timeline.entries import Entry
from projections.timeline.titles import title
from schemas.days import day_of
from schemas.vocabulary import SpellKind, State

Pieces = list[tuple[str, bool]]
"""Pieces of text, of which some are strong."""

_GOING_ON = (State.ACTIVE, State.PAUSED)
_SOON = timedelta(days=183)
_LASTING = (SpellKind.ACTIVITY, SpellKind.EDUCATION, SpellKind.PLACEMENT)


def gist_of(timeline: Timeline, given_name: str, latest: str, names: Mapping[str, str]) -> Pieces:
    """The ten-second answer. `latest` is what the newest line is called, `names` are those of the agencies."""
    entries = timeline.everything
    if not entries and timeline.known_at is not None:
        day = swedish.long_day(day_of(timeline.known_at))
        return [(f"Den {day} visste vi ", False), ("inget", True), (f" om {given_name}.", False)]
    if not entries:
        day = swedish.long_day(timeline.as_of)
        return [("Inga händelser", True), (f" om {given_name} till och med {day}.", False)]
    agencies = {entry.agency for entry in entries}
    pieces: Pieces = [
        (_sentence(len(agencies), "en organisation", "organisationer"), True),
        (f" har lämnat uppgifter om {given_name}. ", False),
    ]
    pieces += _going_on(entries)
    pieces += _latest(standing(entries), latest, names, timeline.as_of)
    pieces += _next_end(entries, timeline.as_of)
    pieces += _to_look_at(entries)
    if timeline.hidden:
        pieces.append(("Det finns också uppgifter som du inte får se. ", False))
    late = sorted(
        {names.get(each.agency, each.agency) for each in timeline.sources if each.agency in agencies and may_lack(each)}
    )
    if late:
        pieces += [("Uppgifter från ", False), (swedish.listed(late), True), (" kan saknas.", False)]
    return pieces


def standing(newest_first: Sequence[Entry]) -> Entry | None:
    """The newest entry that still holds."""
    return next((entry for entry in newest_first if entry.state is not State.RETRACTED), None)


def _going_on(entries: Sequence[Entry]) -> Pieces:
    lasting = [entry for entry in entries if entry.spell in _LASTING and entry.state in _GOING_ON]
    plans = [entry for entry in entries if entry.spell is SpellKind.PLAN and entry.state in _GOING_ON]
    parts = [swedish.counted(len(lasting), "en insats", "insatser")] if lasting else []
    parts += [swedish.counted(len(plans), "en plan", "planer")] if plans else []
    if not parts:
        return [("Inga insatser och inga planer", True), (" pågår. ", False)]
    return [(swedish.upper_first(swedish.listed(parts)), True), (" pågår. ", False)]


def _latest(entry: Entry | None, called: str, names: Mapping[str, str], today: date) -> Pieces:
    if entry is None:
        return []
    when = swedish.lower_first(swedish.heading_day(day_of(entry.time), today))
    return [
        ("Senast: ", False),
        (called.partition(": ")[2] or called if entry.spell else called, True),
        (f" från {names.get(entry.agency, entry.agency)}, {when}. ", False),
    ]


def _next_end(entries: Sequence[Entry], today: date) -> Pieces:
    """What ends next of all that goes on, the permit included, when it is within half a year."""
    ends = [
        (end, entry)
        for entry in entries
        if entry.spell in (*_LASTING, SpellKind.PERMIT, SpellKind.ENROLMENT) and entry.state in _GOING_ON
        if (end := entry.to or entry.planned_to) is not None and today <= end <= today + _SOON
    ]
    if not ends:
        return []
    end, entry = min(ends, key=lambda each: each[0])
    return [("Närmast slutar ", False), (f"{_called(entry)}, {swedish.weekday_day(end, today)}", True), (". ", False)]


def _to_look_at(entries: Sequence[Entry]) -> Pieces:
    pieces: Pieces = []
    over = sum("past_planned_end" in entry.flags for entry in entries)
    if over:
        pieces.append((_sentence(over, "en period", "perioder"), True))
        pieces.append((" har passerat sitt planerade slut utan att avslutas. ", False))
    corrected = sum(bool(entry.struck) for entry in entries)
    if corrected:
        pieces.append((_sentence(corrected, "en uppgift", "uppgifter"), True))
        pieces.append((f" är {'rättad eller återkallad' if corrected == 1 else 'rättade eller återkallade'}. ", False))
    return pieces


def _called(entry: Entry) -> str:
    """The title without the word for its kind: `Etableringsprogrammet`, `Arbetsträning`, `Tillstånd`."""
    said = title(entry)
    return said.partition(": ")[2] or said if entry.spell else said


def _sentence(number: int, one: str, many: str) -> str:
    return swedish.upper_first(swedish.counted(number, one, many))
