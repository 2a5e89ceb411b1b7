"""A story through the pure code of the hub, without a database: the same examine, decide and fold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from uuid import UUID

import orjson

from hub.access.visibility import visible
from hub.intake.decide import decide
from hub.intake.examine import examine
from hub.intake.facts import Facts
from hub.intake.hashing import Hasher
from hub.intake.outcomes import Accepted, Bound, Duplicate, Held, Outcome, Rejected, Unbound
from hub.intake.protection import protection_of
from hub.intake.reading import Delivery, read_record
from hub.store.progress import count as count_progress
from hub.tryout.notation import NotACaseError, uri_of
from hub.tryout.observed import Observed, Question, Verdict
from hub.tryout.story import Story, StoryDelivery
from projections.joint_plan.composition import Composing
from projections.joint_plan.findings import findings_on
from projections.joint_plan.settings import NAMES, Thresholds
from projections.sources.progress import SourceAnswer, SourceProgress
from projections.timeline.fold import LATE_AFTER_DAYS, fold_timeline
from schemas.events import RecordedEvent, recorded
from schemas.vocabulary import EventUid, ParticipantId, Position

_HASHER = Hasher(b"hub try keeps nothing, so a fixed key does no harm")


@dataclass(frozen=True, slots=True)
class _Happening:
    """One outcome, when it came about and for which delivery."""

    at: datetime
    delivery: StoryDelivery
    outcome: Outcome


@dataclass(slots=True)
class PureHub:
    """A hub of one story, in memory."""

    story: Story
    happenings: list[_Happening] = field(default_factory=list)
    events: list[RecordedEvent] = field(default_factory=list)
    facts: Facts = field(default_factory=lambda: Facts(new_participant_id=_ids()))
    bound: list[tuple[datetime, str, ParticipantId, bool]] = field(default_factory=list)

    def play(self) -> None:
        """Receive every delivery of the story, in its order."""
        by_key = {delivery.key: delivery for delivery in self.story.deliveries}
        for delivery in self.story.deliveries:
            body = orjson.dumps(delivery.sent(self._participant))
            received = Delivery(
                agency=delivery.agency,
                channel="story",
                locator=delivery.key,
                received_at=delivery.received_at,
                content=read_record(body),
            )
            examined = examine(received, self.story.registry, _HASHER)
            for outcome in decide(examined, self.facts, delivery.received_at):
                whose = by_key[outcome.examined.locator]
                self.happenings.append(_Happening(delivery.received_at, whose, outcome))
                if isinstance(outcome, Accepted):
                    self._record(outcome, delivery.received_at)

    def observe(self, question: Question) -> Observed:
        """What is shown for one question."""
        known = [happening for happening in self.happenings if happening.at <= question.known_at]
        who = self._who(question.who)
        events = [event for event in self.events if who is not None and event.participant_id == who]
        late = self.story.given.get("settings", {}).get("late_after_days", LATE_AFTER_DAYS)
        entries = fold_timeline(events, as_of=question.as_of, known_at=question.known_at, late_after_days=late)
        beforehand = {_uid(each.outcome) for each in known if each.delivery.beforehand}
        entries = [entry for entry in entries if entry.thing not in beforehand]
        seen = visible(entries, question.viewer) if question.viewer else None
        composing = self._composing(who, events, question.known_at)
        return Observed(
            verdicts=_verdicts(known),
            entries=seen.entries if seen else entries,
            hidden=seen.hidden if seen else (),
            keys={_uid(each.outcome): each.delivery.key for each in known if isinstance(each.outcome, Accepted)},
            participants=self._participants(question.known_at),
            protection=protection_of(self.facts.statements_in_place(who)) if who else None,
            log=[
                each.delivery.key
                for each in known
                if isinstance(each.outcome, Accepted) and not each.delivery.beforehand
            ],
            sources=self._sources(known, question.known_at),
            plan=None if composing is None else composing.on(question.as_of),
            findings=() if composing is None else findings_on(composing, question.as_of),
        )

    def _composing(
        self, who: ParticipantId | None, events: Sequence[RecordedEvent], known_at: datetime
    ) -> Composing | None:
        """The joint plan of the person asked about, as known then; None: there is nobody."""
        if who is None:
            return None
        known = [event for event in events if event.recorded_at <= known_at]
        return Composing(who, known, thresholds_of(self.story))

    def _record(self, accepted: Accepted, at: datetime) -> None:
        self.events.append(recorded(accepted.event, Position(len(self.events) + 1), at, accepted.event.envelope.data))
        for effect in accepted.effects:
            if isinstance(effect, (Bound, Unbound)):
                binding = effect.binding
                reference = f"{binding.source.removeprefix(uri_of(''))}#{binding.reference}"
                self.bound.append((at, reference, binding.participant_id, isinstance(effect, Bound)))

    def _participant(self, source: str, reference: str) -> str:
        binding = self.facts.bindings.get((uri_of(source), reference))
        if binding is None:
            message = f"expected somebody behind hub:{source}#{reference} by then, found nobody"
            raise NotACaseError(message)
        return str(binding.participant_id)

    def _who(self, who: str | None) -> ParticipantId | None:
        named = [participant for _, reference, participant, binds in self.bound if binds and who in (None, reference)]
        return None if not named else (named[0] if who is None else named[-1])

    def _participants(self, known_at: datetime) -> list[frozenset[str]]:
        live: dict[str, ParticipantId] = {}
        for at, reference, participant, binds in self.bound:
            if at > known_at:
                continue
            if binds:
                live[reference] = participant
            else:
                live.pop(reference, None)
        return [
            frozenset(reference for reference, whose in live.items() if whose == participant)
            for participant in dict.fromkeys(live.values())
        ]

    def _sources(self, known: list[_Happening], known_at: datetime) -> Mapping[str, SourceAnswer]:
        answers: dict[str, SourceAnswer] = {}
        for uri, source in self.story.registry.sources.items():
            own = [each for each in known if each.outcome.examined.source == uri and not each.delivery.beforehand]
            progress = SourceProgress.empty(source.first_sequence)
            for each in own:
                if not _was_held(each.outcome):
                    count_progress(progress, each.outcome)
            answers[uri.removeprefix(uri_of(""))] = progress.answer(
                known_at, grace=source.grace, silent_after=source.silent_after, **_standing(own)
            )
        return answers


def thresholds_of(story: Story) -> Thresholds:
    """The thresholds of a story: those of the hub, and over them what it sets."""
    given = story.given.get("settings", {})
    return Thresholds.of({name: value for name, value in given.items() if name in NAMES})


def _verdicts(known: list[_Happening]) -> dict[str, Verdict]:
    verdicts: dict[str, Verdict] = {}
    for each in known:
        if not each.delivery.beforehand:
            verdicts[each.delivery.key] = verdict(each.outcome)
    return verdicts


def verdict(outcome: Outcome) -> Verdict:
    """An outcome as a status and its first reason."""
    match outcome:
        case Accepted():
            return Verdict(status="accepted")
        case Duplicate():
            return Verdict(status="duplicate")
        case Held(claim=claim):
            return Verdict(status="held", reason=claim.problems[0].reason)
        case Rejected(problems=problems):
            return Verdict(status="rejected", reason=problems[0].reason)


def _standing(own: list[_Happening]) -> dict[str, int]:
    """Ids whose verdict is held, and ids that are refused and not repaired; other content under a taken id stays."""
    held: set[EventUid | UUID | None] = set()
    refused: set[EventUid | UUID | None] = set()
    conflicts: set[EventUid | UUID | None] = set()
    for each in own:
        uid = _uid(each.outcome)
        match each.outcome:
            case Accepted():
                held.discard(uid)
                refused.discard(uid)
            case Held():
                held.add(uid)
                refused.discard(uid)
            case Rejected(problems=problems, released=released):
                if released:
                    held.discard(uid)
                (conflicts if problems[0].reason == "conflicting_duplicate" else refused).add(uid)
            case Duplicate():
                pass
    return {"held": len(held), "rejected": len(refused | conflicts)}


def _was_held(outcome: Outcome) -> bool:
    return (
        outcome.moved if isinstance(outcome, Held) else isinstance(outcome, (Accepted, Rejected)) and outcome.released
    )


def _uid(outcome: Outcome) -> EventUid | None:
    return outcome.examined.uid


def _ids() -> Callable[[], ParticipantId]:
    numbers = count(1)
    return lambda: ParticipantId(UUID(int=next(numbers)))
