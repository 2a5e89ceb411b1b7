"""Two sources of one agency count each for itself: which correction is the later follows from all that they numbered."""

from datetime import date

import pytest

from hub.intake.registry import Source
from hub.run.hub import Hub
from hub.run.models import TIMELINE
from hub.run.project import project
from hub.run.rebuild import verify
from hub.store.database import rows
from hub.store.register import add_source
from projections.timeline.fold import fold_timeline
from schemas.event_type import JsonObject
from tests.integration.intake.sending import send, told
from tests.integration.timelines import events_of
from tests.unit.intake.builders import JOBBTORG, event, opened, registration

_OTHER = "urn:samspar:source:jobbtorg:handelser"


def corrected(event_id: str, first_day: str, **more: object) -> JsonObject:
    """The opening of the enrolment with another first day."""
    data = {
        "event": "enrolment.opened",
        "replaces": {"source": JOBBTORG, "id": "open"},
        "reason": "fel dag",
        "replacement": {"key": "e", "programme": "jobbtorg", "from": first_day},
    }
    return event(event_id, "enrolment.corrected", data, **more)  # type: ignore[arg-type]  # passed on as given


def story() -> list[JsonObject]:
    """By its clock the first correction is the earlier; by its number it comes after an event that is later than both."""
    return [
        registration("reg"),
        registration("reg-other", source=_OTHER, subject="O1"),
        opened("open", sequence=1, time="2026-11-20T08:00:00+01:00"),
        opened("late", key="b", sequence=2, time="2026-11-20T12:00:00+01:00"),
        corrected("one", "2026-11-01", sequence=3, time="2026-11-20T09:00:00+01:00"),
        corrected("two", "2026-11-02", sequence=1, time="2026-11-20T10:00:00+01:00", source=_OTHER, subject="O1"),
    ]


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_the_row_says_what_the_timeline_says_and_what_a_rebuild_says(hub: Hub, limit: int) -> None:
    with hub.database.transaction() as connection:
        add_source(connection, Source(uri=_OTHER, agency="jobbtorg"))
    receipts = send(hub, story())
    while project(hub, TIMELINE, limit):
        pass

    with hub.database.transaction() as connection:
        outlined = rows(connection, "SELECT from_day FROM readmodel.timeline_thing_v1 WHERE kind = 'enrolment'")
    assert receipts[0].participant_id is not None
    shown = fold_timeline(events_of(hub, receipts[0].participant_id), as_of=date.max)

    assert told(receipts) == ["accepted"] * 6
    assert {entry.key: entry.from_ for entry in shown if entry.episode} == {
        "e": date(2026, 11, 1),
        "b": date(2026, 11, 20),
    }
    assert sorted(day for (day,) in outlined) == [date(2026, 11, 1), date(2026, 11, 20)]
    assert verify(hub, TIMELINE, lambda _reached, _goal: None).equal
