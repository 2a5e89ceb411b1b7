"""What was said of a source for an instant stays said, whatever becomes of a delivery that was held then."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.run.hub import Hub
from hub.store.database import execute
from hub.store.progress import SourceState, keep_progress, load_progress, source_states_at
from schemas.event_type import JsonObject
from tests.integration.intake.sending import send, told
from tests.unit.intake.builders import JOBBTORG, OTHER_PERSONAL_NUMBER, event, opened, registration

_ASKED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def at(hub: Hub, hour: int, body: JsonObject) -> list[str]:
    """What is answered to a delivery of an hour."""
    return told(send(replace(hub, now=lambda: datetime(2026, 11, 20, hour, tzinfo=UTC)), [body]))


def keep(hub: Hub) -> None:
    """Keep how all sources stand, however few receipts there are."""
    registry = hub.registry()
    with hub.database.transaction() as connection:
        keep_progress(connection, registry, load_progress(connection, registry, list(registry.sources)), every=1)


def looked_back(hub: Hub) -> SourceState:
    with hub.database.transaction() as connection:
        states = source_states_at(connection, hub.registry(), _ASKED)
    return next(state for state in states if state.source == JOBBTORG)


@pytest.mark.parametrize("place_lost", [False, True], ids=["place kept", "received before places were kept"])
def test_completeness_at_an_instant_stays_when_what_was_held_then_is_settled(hub: Hub, *, place_lost: bool) -> None:
    talk = event("talk", "conversation.held", {"kind": "trepartssamtal"}, subject="J2", sequence=3)
    answered = [
        *at(hub, 8, opened("open", sequence=1)),
        *at(hub, 9, registration("reg-2", number=OTHER_PERSONAL_NUMBER, subject="J2", sequence=2)),
    ]
    before = looked_back(hub)
    answered += at(hub, 11, talk)
    keep(hub)
    answered += at(hub, 12, registration("reg", sequence=4))
    if place_lost:
        with hub.database.transaction() as connection:
            execute(connection, "UPDATE receipt SET arrival = 0 WHERE held_at IS NOT NULL")

    assert answered == ["held participant_unknown", "accepted", "accepted", "accepted"]
    assert (before.answer.state, before.answer.missing_sequences, before.answer.held) == ("complete", (), 1)
    assert looked_back(hub) == before
