"""The judge: what was about to be sent, against the log, the receipts, the topic and the timeline.

Lost, duplicated, misordered and invented must all be 0, positions must be the ends of what there is to read,
and what was folded bit by bit must equal a rebuild.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import orjson

from hub.log.records import POSITION, PREVIOUS, Place, arrived
from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.project import live_version
from hub.run.rebuild import verify
from hub.run.status import state
from hub.store.database import rows
from hub.streams.looking import Found, ends, records_from
from hub.streams.sending import topic_states
from projections.timeline.rows import contents
from projections.timeline.stored import read_events
from schemas.topics import CANONICAL, events_topic, receipts_topic
from schemas.vocabulary import ParticipantId
from tests.torture.agencies import SOURCES, Key, journal_of
from tests.torture.stack import PATIENCE_SECONDS, Stack, wait_until

_STREAMED = "SELECT source, event_id FROM receipt WHERE channel = 'kafka'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found. Everything but the first two numbers and `sent_twice` is 0 where nothing is wrong."""

    sent: int
    recorded: int
    relayed_twice: int
    lost: int
    duplicated: int
    misordered: int
    invented: int
    not_answered: int
    not_in_topic: int
    gaps_in_topic: int
    sequences_missing: int
    positions_behind: int
    differing_from_rebuild: int
    parked: int

    @property
    def faults(self) -> dict[str, int]:
        """What is wrong; empty: nothing."""
        fine = {"sent", "recorded", "relayed_twice"}
        return {name: found for name, found in asdict(self).items() if found and name not in fine}


def judge(stack: Stack) -> Verdict:
    """Wait until everything that was sent has gone all the way, and look at all of it."""
    settle(stack)
    ledger = journal_of(stack.journal)
    with stack.hub() as hub:
        log = _log(hub)
        shown = _shown(hub)
        receipts = _receipts(hub)
        topic = _topic(stack, hub)
        rebuilt = verify(hub, TIMELINE, lambda _done, _total: None)
        found = state(hub)
    logged = Counter(log.values())
    of_persons = {key for key in logged if key in shown or key not in _impersonal(stack)}
    answered = _answered(stack)
    return Verdict(
        sent=len(ledger),
        recorded=len(log),
        relayed_twice=topic.twice,
        lost=len(ledger - logged.keys()) + len([key for key in of_persons if not shown[key]]),
        duplicated=_surplus(logged) + _surplus(shown),
        misordered=_misordered(receipts) + topic.misordered,
        invented=len(logged.keys() - ledger) + len(shown.keys() - ledger) + topic.foreign,
        not_answered=len({*stack.ask(_STREAMED)} - answered),
        not_in_topic=len(log.keys() - topic.positions),
        gaps_in_topic=topic.gaps,
        sequences_missing=sum(
            len(each.answer.missing_sequences) for each in found.sources if each.source in SOURCES.values()
        ),
        positions_behind=_behind(stack),
        differing_from_rebuild=len(rebuilt.participants) + (not rebuilt.equal and not rebuilt.participants),
        parked=found.parked,
    )


def settle(stack: Stack, seconds: float = PATIENCE_SECONDS) -> float:
    """How many seconds until what was sent has come all the way: intake, relay, projections, receipts."""

    def arrived_everywhere() -> bool:
        waiting = stack.one(
            "SELECT (SELECT position FROM log_head) - least((SELECT position FROM relay_position),"
            " (SELECT projected_to(p) FROM projection_position p WHERE live)) + (SELECT count(*) FROM receipt r"
            " LEFT JOIN receipt_relay s USING (agency) WHERE channel = 'kafka' AND r.cursor > coalesce(s.cursor, 0))"
        )
        return not waiting and not _behind(stack)

    return wait_until(arrived_everywhere, "everything that was sent has come all the way", seconds)


def _behind(stack: Stack) -> int:
    """How many records of all topics that the hub reads are not behind their group's position."""
    settings = stack.kafka_settings()
    topics = [CANONICAL, *(events_topic(agency) for (agency,) in stack.ask("SELECT code FROM agency"))]
    parts = [
        (topic, part) for topic, found in topic_states(settings, topics).items() for part in range(found.partitions)
    ]
    reached = {
        (topic, part): offset
        for topic, part, offset in stack.ask("SELECT topic, part, next_offset FROM stream_position")
    }
    return sum(abs(end - reached.get(place, 0)) for place, end in ends(settings, parts).items())


def _log(hub: Hub) -> dict[int, Key]:
    with hub.database.transaction() as connection:
        found = rows(connection, "SELECT position, source, event_id FROM log_entry ORDER BY position")
    assert [position for position, _, _ in found] == list(range(1, len(found) + 1))
    return {position: (source, event_id) for position, source, event_id in found}


def _impersonal(stack: Stack) -> set[Key]:
    return {*stack.ask("SELECT source, event_id FROM log_entry WHERE participant_id IS NULL")}


def _shown(hub: Hub) -> Counter[Key]:
    """How often each event stands in the timeline."""
    with hub.database.transaction() as connection:
        listed = list(contents(connection, live_version(connection, TIMELINE).version))
        keys = hub.ring.load(connection, {(row[0], row[2]) for row in listed})
    return Counter(
        (event.source, event.id)
        for participant, thing, data_class, content, _, _ in listed
        for event in read_events(
            keys.open(participant, data_class, content, thing.bytes) or b"[]", ParticipantId(participant), thing
        )
    )


def _receipts(hub: Hub) -> list[tuple[Any, ...]]:
    """Where each accepted delivery that nothing was waited for came from, and where it is in the log."""
    with hub.database.transaction() as connection:
        return rows(
            connection,
            "SELECT locator, position FROM receipt WHERE channel = 'kafka' AND status = 'accepted' AND held_at IS NULL",
        )


def _misordered(receipts: list[tuple[Any, ...]]) -> int:
    """Log positions that do not follow the order of their partition."""
    parts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for locator, position in receipts:
        partition, _, offset = locator.rpartition("/")
        parts[partition].append((int(offset), position))
    return sum(one[1] > other[1] for listed in parts.values() for one, other in pairwise(sorted(listed)))


def _surplus(counted: Counter[Key]) -> int:
    return sum(found - 1 for found in counted.values() if found > 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Topic:
    positions: set[int]
    twice: int
    misordered: int
    gaps: int
    foreign: int


def _topic(stack: Stack, hub: Hub) -> _Topic:
    """`participant.events` as a reader from the beginning meets it."""
    last: Counter[int] = Counter()
    seen: set[int] = set()
    twice = gaps = foreign = 0
    first: dict[int, list[int]] = defaultdict(list)
    partitions = topic_states(stack.kafka_settings(), [CANONICAL])[CANONICAL].partitions
    for record in _records(stack, CANONICAL):
        entry = arrived(hub.ring, Place(record.partition, partitions), record.headers, record.value)
        if entry is None:
            foreign += 1
            continue
        named = dict(record.headers)
        assert (int(named[POSITION]), int(named[PREVIOUS])) == (entry.position, entry.previous)
        if entry.position <= last[entry.partition]:
            twice += 1
            continue
        gaps += entry.previous != last[entry.partition]
        last[entry.partition] = entry.position
        seen.add(entry.position)
        first[entry.partition].append(entry.position)
    misordered = sum(one >= other for listed in first.values() for one, other in pairwise(listed))
    return _Topic(positions=seen, twice=twice, misordered=misordered, gaps=gaps, foreign=foreign)


def _answered(stack: Stack) -> set[Key]:
    """The events of which the agencies' own topics say in the end that they were accepted."""
    said: dict[Key, str] = {}
    for (agency,) in stack.ask("SELECT code FROM agency"):
        for record in _records(stack, receipts_topic(agency)):
            receipt: Mapping[str, Any] = orjson.loads(record.value or b"")
            said[receipt["source"], receipt["id"]] = receipt["status"]
    return {key for key, status in said.items() if status == "accepted"}


def _records(stack: Stack, topic: str) -> Iterator[Found]:
    """A topic from its beginning to where it ends now."""
    settings = stack.kafka_settings()
    parts = topic_states(settings, [topic])[topic].partitions
    return records_from(settings, {(topic, part): 0 for part in range(parts)})
