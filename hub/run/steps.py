"""The first of the two steps that every runner calls: receive deliveries (DESIGN 2). The other is project.py."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from hub import telemetry
from hub.intake.decide import decide
from hub.intake.examine import examine
from hub.intake.facts import Facts
from hub.intake.outcomes import Accepted, Examined, Outcome, ParticipantCreated, Rejected
from hub.intake.reading import Delivery
from hub.intake.registry import Registry
from hub.log.entries import head
from hub.log.tail import Written
from hub.run.hub import Hub
from hub.run.record import Decided, Place, answers, record
from hub.store.database import lock_intake
from hub.store.facts import load_facts
from schemas.receipts import Receipt

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """Deliveries that were examined by the register as it was then; what depends on stored facts is still open."""

    registry: Registry
    examined: Sequence[Examined]


def receive(hub: Hub, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """One receipt per delivery, in their order. As `take`, for whoever has nothing to do between the two halves."""
    return take(hub, examined(hub, deliveries))


def examined(hub: Hub, deliveries: Sequence[Delivery]) -> Batch:
    """The first half: everything that needs no stored fact but the register. The dearer one, and nobody waits for it."""
    registry = hub.registry()
    return Batch(registry, [examine(delivery, registry, hub.ring.hasher) for delivery in deliveries])


def take(hub: Hub, batch: Batch, *, begin: Callable[[Connection], bool] | None = None) -> list[Receipt]:
    """The second half: one receipt per delivery, in their order; all that they change is committed before this returns.

    The decisions are made inside the intake lock, so that facts cannot go stale. `begin` writes what must be committed
    with them; when it answers no, the batch was taken before, and there are no receipts.
    Raises StoreUnavailable when nothing was recorded, or when nobody can know: take again, the answer is `duplicate`.
    """
    with telemetry.INTAKE_SECONDS.time():
        with hub.database.transaction() as connection:
            if begin is not None and not begin(connection):
                return []
            lock_intake(connection)
            after, recorded_at = head(connection, hub.now())
            facts = _facts(hub, connection, batch)
            decided = [_decided(decide(each, facts, recorded_at)) for each in batch.examined]
            hub.failpoints.reach("intake_before_insert")
            place = Place(after=after, recorded_at=recorded_at)
            receipts = record(connection, hub.ring, batch.registry, decided, facts, place)
            hub.failpoints.reach("intake_after_insert")
        hub.failpoints.reach("intake_after_commit")
    hub.tail.put(after, _written(decided, recorded_at))
    _tell(decided)
    return receipts


def dry_run(hub: Hub, deliveries: Sequence[Delivery]) -> list[Receipt]:
    """As `rehearse`, both halves at once."""
    return rehearse(hub, examined(hub, deliveries))


def rehearse(hub: Hub, batch: Batch) -> list[Receipt]:
    """The receipts that `take` would give now, without the ids of persons not yet made; nothing is written."""
    with hub.database.transaction() as connection:
        facts = _facts(hub, connection, batch)
    now = hub.now()
    decided = [_decided(decide(each, facts, now)) for each in batch.examined]
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


def _facts(hub: Hub, connection: Connection, batch: Batch) -> Facts:
    """What is stored about a batch; events that wait for something in it are examined anew."""
    return load_facts(
        connection, hub.ring, batch.examined, lambda delivery: examine(delivery, batch.registry, hub.ring.hasher)
    )


def _written(decided: Sequence[Decided], recorded_at: datetime) -> list[Written]:
    """What was appended to the log, in the order of `record`."""
    return [
        (outcome.event, outcome.examined.stored, recorded_at)
        for each in decided
        for outcome in (each.own, *each.released)
        if isinstance(outcome, Accepted)
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
