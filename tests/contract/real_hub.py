"""A story through the real front door and PostgreSQL, at the clock of its deliveries: the twin of hub/tryout/pure.py.

What is seen is read as people read it: receipts by their ids, the timeline through the policy, completeness as now or
as it was. Only what nobody is ever shown (whose reference is whose, the order of the log) is read from the tables.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

import orjson
from sqlalchemy import Connection

from hub.access.policy import Reader, Refused
from hub.intake.reading import Delivery, read_record
from hub.log.entries import read_after
from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.opening import Question as Asked
from hub.run.person import load_person, load_timeline
from hub.run.project import project
from hub.run.reading import open_timeline
from hub.run.steps import receive
from hub.store.database import connect, rows
from hub.store.keys import open_key_ring
from hub.store.progress import source_states, source_states_at
from hub.store.receipts import receipt_by_id
from hub.store.register import Agency, add_agency, add_source, authorise
from hub.tryout.notation import uri_of
from hub.tryout.observed import Observed, Question, Verdict
from hub.tryout.pure import thresholds_of
from hub.tryout.story import Story, StoryDelivery
from projections.joint_plan.composition import Composing
from projections.joint_plan.findings import findings_on
from projections.sources.progress import SourceAnswer
from projections.timeline.entries import Entry
from schemas.receipts import Receipt
from schemas.uids import event_uid
from schemas.vocabulary import Domain, EventUid, ParticipantId, Position
from tests.databases import FreshDatabase, with_driver

_PURPOSE = "planning"
_LOG_LIMIT = 1000


@dataclass(slots=True)
class Clock:
    """The hub's clock, set by the story."""

    time: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """What the hub takes for the present."""
        return self.time


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a sender knew about one of its deliveries from an instant on."""

    at: datetime
    delivery: StoryDelivery
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A delivery as it leaves its sender. `key` is the sender's own name for it."""

    key: str
    agency: str
    source: str
    id: str
    received_at: datetime
    body: bytes


class Way(Protocol):
    """How deliveries come to a hub, and what it has recorded to its read models."""

    def receive(self, sent: Sequence[Sent], at: datetime) -> list[Receipt]:
        """One receipt for each."""

    def catch_up(self) -> None:
        """Return when everything recorded is in the read models."""


@dataclass(frozen=True, slots=True)
class EmbeddedWay:
    """In this process, by the steps that every runner calls."""

    hub: Hub

    def receive(self, sent: Sequence[Sent], at: datetime) -> list[Receipt]:  # noqa: ARG002  # the hub has the clock itself
        """All in one batch."""
        return receive(
            self.hub,
            [
                Delivery(
                    agency=each.agency,
                    channel="story",
                    locator=each.key,
                    received_at=each.received_at,
                    content=read_record(each.body),
                )
                for each in sent
            ],
        )

    def catch_up(self) -> None:
        """Fold what is there."""
        while project(self.hub, TIMELINE):
            pass


@dataclass(slots=True)
class RealHub:
    """A hub of one story on a database of its own."""

    story: Story
    hub: Hub
    clock: Clock
    way: Way
    received: int = 0
    answers: list[_Answer] = field(default_factory=list)
    held: dict[str, tuple[StoryDelivery, UUID]] = field(default_factory=dict)

    def play(self, until: datetime | None = None) -> None:
        """Receive what is left of the story, or what was received by an instant, and bring the timeline up to date."""
        for delivery in self.story.deliveries[self.received :]:
            if until is not None and delivery.received_at > until:
                break
            self.clock.time = delivery.received_at
            self._receive([delivery])
            self.received += 1
        self.way.catch_up()

    def play_together(self, sizes: Iterable[int]) -> None:
        """Receive the story in batches of these sizes, all at the clock of its end; the last takes what is left."""
        self.clock.time = self.story.deliveries[-1].received_at
        left = list(self.story.deliveries)
        for size in (*sizes, len(left)):
            together, left = left[:size], left[size:]
            if together:
                self._receive(together)
            project(self.hub, TIMELINE)
        self.received = len(self.story.deliveries)

    def look_back(self, question: Question) -> Observed:
        """What is shown of the past once the whole story is told."""
        self.clock.time = self.story.deliveries[-1].received_at
        return self._observe(question, question.known_at)

    def look_now(self, question: Question) -> Observed:
        """What is shown at the moment that the question speaks of, to whoever asks about no past."""
        self.clock.time = question.known_at
        return self._observe(question, None)

    def _receive(self, deliveries: Sequence[StoryDelivery]) -> None:
        sent = [
            Sent(
                key=delivery.key,
                agency=delivery.agency,
                source=delivery.body["source"],
                id=delivery.body["id"],
                received_at=delivery.received_at,
                body=orjson.dumps(delivery.sent(self._participant)),
            )
            for delivery in deliveries
        ]
        for delivery, receipt in zip(deliveries, self.way.receive(sent, self.clock.time), strict=True):
            self._answered(delivery, receipt)
            if receipt.status == "held":
                self.held[delivery.key] = (delivery, receipt.receipt_id)
        self._ask_again()

    def _ask_again(self) -> None:
        """Look up what became of held deliveries, as their senders would."""
        for key, (delivery, receipt_id) in list(self.held.items()):
            with self.hub.database.transaction() as connection:
                receipt = receipt_by_id(connection, delivery.agency, receipt_id)
            assert receipt is not None
            if receipt.status != "held":
                del self.held[key]
            self._answered(delivery, receipt)

    def _answered(self, delivery: StoryDelivery, receipt: Receipt) -> None:
        told = receipt.status in ("held", "rejected")
        verdict = Verdict(status=receipt.status.value, reason=receipt.problems[0].reason if told else None)
        self.answers.append(_Answer(self.clock.time, delivery, verdict))

    def _observe(self, question: Question, known_at: datetime | None) -> Observed:
        known = [answer for answer in self.answers if answer.at <= question.known_at]
        keys: dict[object, str] = {
            _uid(each.delivery): each.delivery.key for each in known if each.verdict.status == "accepted"
        }
        beforehand = {_uid(each.delivery) for each in known if each.delivery.beforehand}
        with self.hub.database.transaction() as connection:
            who = self._who(connection, question.who)
            participants = self._participants(connection, question.known_at)
            protection = load_person(connection, who).protection if who else None
            log = read_after(connection, self.hub.ring, Position(0), _LOG_LIMIT)
            sources = self._sources(connection, known_at)
        entries, hidden = self._timeline(who, question, known_at)
        composing = None if who is None else self._composing(who, known_at)
        return Observed(
            verdicts={each.delivery.key: each.verdict for each in known if not each.delivery.beforehand},
            entries=[entry for entry in entries if entry.thing not in beforehand],
            hidden=hidden,
            keys=keys,
            participants=participants,
            protection=protection,
            log=[
                keys[event.uid]
                for event in log
                if event.recorded_at <= question.known_at and event.uid not in beforehand
            ],
            sources=sources,
            plan=None if composing is None else composing.on(question.as_of),
            findings=() if composing is None else findings_on(composing, question.as_of),
        )

    def _composing(self, who: ParticipantId, known_at: datetime | None) -> Composing:
        """The joint plan out of what is projected."""
        with self.hub.database.transaction() as connection:
            opened = load_timeline(connection, self.hub.ring, load_person(connection, who))
        return Composing(who, opened().events(known_at), thresholds_of(self.story))

    def _timeline(
        self, who: ParticipantId | None, question: Question, known_at: datetime | None
    ) -> tuple[list[Entry], list[Domain]]:
        """A reader's timeline through the door that every reader uses; without a reader, all that is projected."""
        if who is None:
            return [], []
        if question.viewer is None:
            with self.hub.database.transaction() as connection:
                opened = load_timeline(connection, self.hub.ring, load_person(connection, who))
            return opened().on(question.as_of, known_at), []
        reader = Reader(agency=question.viewer, name="the reader")
        asked = Asked(participant_id=who, purpose=_PURPOSE, as_of=question.as_of, known_at=known_at)
        answer = open_timeline(self.hub, reader, asked)
        assert not isinstance(answer, Refused)
        return list(answer.everything), list(answer.hidden)

    def _sources(self, connection: Connection, known_at: datetime | None) -> dict[str, SourceAnswer]:
        registry = self.hub.registry()
        states = (
            source_states(connection, registry, self.clock.time)
            if known_at is None
            else source_states_at(connection, registry, known_at)
        )
        return {state.source.removeprefix(uri_of("")): state.answer for state in states}

    def _participant(self, source: str, reference: str) -> str:
        with self.hub.database.transaction() as connection:
            found = rows(
                connection,
                "SELECT participant_id FROM reference_binding WHERE source = %s AND reference = %s AND unbound_at IS NULL",
                (uri_of(source), reference),
            )
        return str(found[0][0])

    def _who(self, connection: Connection, who: str | None) -> ParticipantId | None:
        named = None if who is None else uri_of(who)
        bound = rows(
            connection,
            "SELECT participant_id FROM reference_binding WHERE %s::text IS NULL OR source || '#' || reference = %s"
            " ORDER BY bound_at",
            (named, named),
        )
        return None if not bound else ParticipantId(bound[0 if who is None else -1][0])

    def _participants(self, connection: Connection, known_at: datetime) -> list[frozenset[str]]:
        people: dict[UUID, set[str]] = {}
        for participant_id, reference in rows(
            connection,
            "SELECT participant_id, source || '#' || reference FROM reference_binding"
            " WHERE bound_at <= %s AND (unbound_at IS NULL OR unbound_at > %s)",
            (known_at, known_at),
        ):
            people.setdefault(participant_id, set()).add(reference.removeprefix(uri_of("")))
        return [frozenset(references) for references in people.values()]


@contextmanager
def real_hub(story: Story, database: FreshDatabase, data_dir: Path) -> Iterator[RealHub]:
    """A hub that knows the story's agencies and no others."""
    pool = connect(with_driver(database.url))
    settings = database.settings(data_dir)
    clock = Clock()
    hub = Hub(settings=settings, database=pool, ring=open_key_ring(settings.key_path, create=True), now=clock.now)
    try:
        with pool.transaction() as connection:
            _register(connection, story)
        yield RealHub(story, hub, clock, EmbeddedWay(hub))
    finally:
        pool.close()


def _register(connection: Connection, story: Story) -> None:
    for agency, granted in story.registry.authorisations.items():
        add_agency(connection, Agency(code=agency, name=agency, mark=agency[:2], organisation_number=None))
        for row in granted:
            authorise(connection, agency, [row.pattern], row.valid_from, row.valid_to)
    for source in story.registry.sources.values():
        add_source(connection, source)


def _uid(delivery: StoryDelivery) -> EventUid:
    return event_uid(delivery.body["source"], delivery.body["id"])
