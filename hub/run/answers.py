"""Answers as JSON, the same for API and commands (SURFACE 3)."""

from datetime import datetime

from hub.run.opening import Question
from hub.run.reading import Timeline
from hub.store.problems import problem_list
from hub.store.progress import SourceState
from projections.timeline.entries import Entry
from projections.timeline.titles import title
from schemas.event_type import JsonObject
from schemas.receipts import Receipt
from schemas.uids import derived


def receipt_json(receipt: Receipt) -> JsonObject:
    """A receipt; participant and position only when there are any."""
    answer: JsonObject = {
        "receipt_id": str(receipt.receipt_id),
        "source": receipt.source,
        "id": receipt.id,
        "status": receipt.status.value,
        "recorded_at": instant_text(receipt.recorded_at),
        "problems": problem_list(receipt.problems),
        "notices": problem_list(receipt.notices),
    }
    if receipt.participant_id is not None:
        answer["participant_id"] = str(receipt.participant_id)
    if receipt.position is not None:
        answer["position"] = receipt.position
    return answer


def timeline_json(timeline: Timeline, question: Question) -> JsonObject:
    """A page of a timeline with the completeness of its sources and what is hidden."""
    return {
        "participant_id": str(timeline.participant_id),
        "as_of": timeline.as_of.isoformat(),
        "known_at": None if timeline.known_at is None else instant_text(timeline.known_at),
        "timeline_entries": [entry_json(entry) for entry in timeline.entries],
        "sources": [source_json(source) for source in timeline.sources],
        "hidden": {"domains": [domain.value for domain in timeline.hidden]},
        "page": question.page,
        "limit": question.limit,
        "total": timeline.total,
    }


def entry_id(entry: Entry) -> str:
    """The same for the same episode of the same thing, whatever day or instant is asked about."""
    return str(derived(entry.thing, str(entry.episode or 0)))


def entry_json(entry: Entry) -> JsonObject:
    """One entry with everything it rests on."""
    return {
        "entry_id": entry_id(entry),
        "thing": str(entry.thing),
        "key": entry.key,
        "kind": entry.kind,
        "title": title(entry),
        "agency": entry.agency,
        "source": entry.source,
        "unit": entry.unit,
        "state": entry.state.value,
        "time": instant_text(entry.time),
        "recorded_at": instant_text(entry.recorded_at),
        "from": _day(entry.from_),
        "to": _day(entry.to),
        "planned_to": _day(entry.planned_to),
        "at": _day(entry.at),
        "episode": entry.episode,
        "pauses": [[_day(begins), _day(ends)] for begins, ends in entry.pauses],
        "flags": sorted(entry.flags),
        "domains": sorted(domain.value for domain in entry.domains),
        "legal_basis": entry.legal_basis,
        "purpose": entry.purpose,
        "group": entry.group,
        "data": entry.fields,
        "events": [
            {
                "source": event.source,
                "id": event.id,
                "type": event.name,
                "position": event.position,
                "time": instant_text(event.time),
            }
            for event in entry.events
        ],
        "struck": [
            {
                "source": struck.event.source,
                "id": struck.event.id,
                "type": struck.event.name,
                "position": struck.event.position,
                "reason": struck.reason,
                "data": struck.event.data.get("replacement", struck.event.data),
            }
            for struck in entry.struck
        ],
    }


def source_json(source: SourceState) -> JsonObject:
    """How complete one source is."""
    return {
        "agency": source.agency,
        "source": source.source,
        "state": source.answer.state.value,
        "complete_to": None if source.answer.complete_to is None else instant_text(source.answer.complete_to),
        "missing_sequences": list(source.answer.missing_sequences),
        "held": source.answer.held,
        "rejected": source.answer.rejected,
    }


def instant_text(instant: datetime) -> str:
    """An instant as RFC 3339 in UTC."""
    return instant.isoformat().replace("+00:00", "Z")


def _day(day: object) -> str | None:
    return None if day is None else str(day)
