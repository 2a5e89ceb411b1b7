"""How complete the sources are, in the words of the completeness line (UI.md 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.run.reading import Timeline
from hub.store.progress import SourceState
from hub.web.words import swedish
from projections.sources.progress import SourceStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """One source in the completeness line. `warning`: facts may be missing; `waiting`: something is not let in yet."""

    agency: str
    tone: str
    said: str
    more: str
    warning: bool
    waiting: bool


def freshness_of(timeline: Timeline, today: date) -> tuple[list[Freshness], list[Freshness]]:
    """The sources that have told something the reader sees, and all the others."""
    agencies = {entry.agency for entry in timeline.everything}
    told = [_fresh(source, today) for source in timeline.sources if source.agency in agencies]
    others = [_fresh(source, today) for source in timeline.sources if source.agency not in agencies]
    return told, others


def may_lack(source: SourceState) -> bool:
    """Whether facts of the source may be missing."""
    return source.answer.state is not SourceStatus.COMPLETE


def unknowing(sources: Sequence[SourceState], today: date) -> list[tuple[str, str]]:
    """Sources that once sent and now fail, as agency and what is known: why an empty list proves nothing."""
    found = []
    for source in sources:
        answer = source.answer
        if answer.state is SourceStatus.SILENT and answer.last_received_at is not None:
            found.append((source.agency, f"svarar inte sedan {swedish.moment(answer.last_received_at, today)}"))
        elif answer.state is SourceStatus.GAP:
            found.append((source.agency, "har luckor i det som har skickats"))
    return found


def _fresh(source: SourceState, today: date) -> Freshness:
    answer = source.answer
    more = [_counted(answer.rejected, "händelse i karantän", "händelser i karantän")] if answer.rejected else []
    more += [_counted(answer.held, "händelse väntar", "händelser väntar")] if answer.held else []
    missing = answer.missing_sequences
    if missing:
        more.append(
            f"nummer {missing[0]} saknas" if len(missing) == 1 else f"{len(missing)} nummer saknas, från {missing[0]}"
        )
    match answer.state:
        case SourceStatus.NEVER_SENT:
            tone, said = "dead", "Har aldrig skickat"
        case SourceStatus.SILENT if answer.last_received_at is not None:
            tone, said = "dead", f"Tyst sedan {swedish.moment(answer.last_received_at, today)}"
        case _ if answer.complete_to is not None:
            tone, said = "late" if more else "", f"Fullständigt till {swedish.moment(answer.complete_to, today)}"
        case _:
            tone, said = "late", "Vi vet inte om det är fullständigt"
    return Freshness(
        agency=source.agency,
        tone=tone,
        said=said,
        more=swedish.upper_first(", ".join(more)),
        warning=may_lack(source),
        waiting=bool(answer.rejected or answer.held),
    )


def _counted(number: int, one: str, many: str) -> str:
    return f"{swedish.grouped(number)} {one if number == 1 else many}"
