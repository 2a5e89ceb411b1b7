"""The first of the two steps that every runner calls: receive deliveries (DESIGN 2). The other is project.py."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import structlog

from hub import telemetry
from hub.intake.decide import decide
from hub.intake.examine import examine
from hub.intake.outcomes import Accepted, Examined, Outcome, ParticipantCreated, Rejected
from hub.intake.reading import Delivery
from hub.log.entries import head
from hub.run.hub import Hub
from hub.run.record import Decided, Place, answers, record
from hub.store.database import lock_intake
from hub.store.facts import load_facts
from schemas.receipts import Receipt

log = structlog.get_logger(__name__)


def receive(hub: Hub, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """One receipt per delivery, in their order; all that they change is committed before this returns.

    The examination of the batch is done outside the lock, the decisions inside it, so that facts cannot go stale.
    Raises StoreUnavailable when nothing was recorded, or when nobody can know: send again, the answer is `duplicate`.
    """
    registry = hub.registry()
    hasher = hub.ring.hasher

    def judged(delivery: Delivery) -> Examined:
        return examine(delivery, registry, hasher)

    with telemetry.INTAKE_SECONDS.time():
        batch = [judged(delivery) for delivery in deliveries]
        with hub.database.transaction() as connection:
            lock_intake(connection)
            after, recorded_at = head(connection, hub.now())
            facts = load_facts(connection, hub.ring, batch, judged)
            decided = [_decided(decide(examined, facts, recorded_at)) for examined in batch]
            hub.failpoints.reach("intake_before_insert")
            place = Place(after=after, recorded_at=recorded_at)
            receipts = record(connection, hub.ring, registry, decided, facts, place)
            hub.failpoints.reach("intake_after_insert")
        hub.failpoints.reach("intake_after_commit")
    _tell(decided)
    return receipts


def dry_run(hub: Hub, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """The receipts that the deliveries would get now, without the ids of persons not yet made; nothing is written."""
    registry = hub.registry()
    hasher = hub.ring.hasher

    def judged(delivery: Delivery) -> Examined:
        return examine(delivery, registry, hasher)

    batch = [judged(delivery) for delivery in deliveries]
    with hub.database.transaction() as connection:
        facts = load_facts(connection, hub.ring, batch, judged)
    now = hub.now()
    decided = [_decided(decide(examined, facts, now)) for examined in batch]
    imagined = {
        effect.participant_id
        for each in decided
        if isinstance(each.own, Accepted)
        for effect in each.own.effects
        if isinstance(effect, ParticipantCreated)
    }
    return [
        replace(receipt, participant_id=None) if receipt.participant_id in imagined else receipt
        for receipt in answers(decided, now)
    ]


def _decided(outcomes: list[Outcome]) -> Decided:
    return Decided(own=outcomes[0], released=outcomes[1:])


def _tell(decided: Sequence[Decided]) -> None:
    """One line per batch and agency in the log, one per refusal, and the metrics; identifiers only."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for each in decided:
        outcome = each.own
        agency = outcome.examined.agency
        reason = outcome.problems[0].reason if isinstance(outcome, Rejected) else ""
        counts[agency, type(outcome).__name__.lower(), reason] += 1
        if isinstance(outcome, Rejected):
            alarming = reason == "conflicting_duplicate"
            log.warning(
                "identity_alarm" if alarming else "delivery_rejected",
                agency=agency,
                reason=reason,
                receipt_id=str(outcome.receipt_id),
            )
    statuses: Counter[tuple[str, str]] = Counter()
    for (agency, status, reason), count in counts.items():
        telemetry.DELIVERIES.labels(agency=agency, status=status, reason=reason).inc(count)
        statuses[agency, status] += count
    for (agency, status), count in sorted(statuses.items()):
        log.info("deliveries_received", agency=agency, status=status, count=count)
