"""A reference that is taken back and given again: rows that grew event by event are those of one rebuild."""

import pytest

from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.project import project
from hub.run.rebuild import verify
from hub.store.database import rows
from schemas.event_type import JsonObject
from tests.integration.intake.sending import send, told
from tests.unit.intake.builders import (
    AF,
    JOBBTORG,
    OTHER_PERSONAL_NUMBER,
    event,
    opened,
    registration,
)

_BACK = {"replaces": {"source": JOBBTORG, "id": "reg"}, "reason": "Fel person"}


def taken_back() -> list[JsonObject]:
    """A person whom two agencies know, an enrolment, and the registration under which it was told taken back."""
    return [
        registration("reg-af", subject="A1", source=AF),
        registration("reg"),
        opened("open"),
        event("back", "participant.retracted", _BACK),
    ]


def closed(event_id: str, subject: str, *, hour: int = 10) -> JsonObject:
    """The enrolment's end."""
    return event(event_id, "enrolment.closed", {"key": "e"}, subject=subject, time=f"2026-11-20T{hour}:00:00+01:00")


def tell(hub: Hub, story: list[JsonObject], limit: int) -> list[str]:
    """Send one by one and fold in batches of a size."""
    found = []
    for said in story:
        found += told(send(hub, [said], agency="af" if said["source"] == AF else "jobbtorg"))
        while limit == 1 and project(hub, TIMELINE, limit):
            pass
    while project(hub, TIMELINE, limit):
        pass
    return found


@pytest.mark.parametrize("limit", [1, 3, 1000])
@pytest.mark.parametrize(
    "again",
    [
        [registration("reg-2"), closed("close", "J1")],
        [registration("reg-2"), opened("open-2"), closed("close", "J1")],
        [registration("reg-2"), event("back-2", "participant.retracted", _BACK), closed("close", "J1")],
        [registration("reg-2", number=OTHER_PERSONAL_NUMBER), opened("open-2"), closed("close", "J1")],
        [
            registration("reg-2", number=OTHER_PERSONAL_NUMBER),
            registration("reg-3", subject="J9"),
            closed("close", "J9"),
        ],
    ],
    ids=["same person", "opened again", "taken back twice", "another person", "the first person by another reference"],
)
def test_rows_after_a_rebinding_are_those_of_a_rebuild(hub: Hub, again: list[JsonObject], limit: int) -> None:
    story = [*taken_back(), *again]
    found = tell(hub, story, limit)

    compared = verify(hub, TIMELINE, lambda _reached, _goal: None)

    assert (found, compared.equal, compared.participants) == (["accepted"] * len(story), True, [])


def test_what_was_told_under_a_registration_that_was_taken_back_does_not_count_when_more_comes(hub: Hub) -> None:
    tell(hub, [*taken_back(), registration("reg-2"), closed("close", "J1")], 1)

    with hub.database.transaction() as connection:
        outlined = rows(
            connection, "SELECT entries, state, from_day FROM readmodel.timeline_thing_v1 WHERE kind = 'enrolment'"
        )
    assert outlined == [(1, "closed", None)]
