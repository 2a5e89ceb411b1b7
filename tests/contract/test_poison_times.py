"""Days and instants at the ends of the calendar: legal, absurd, and the hub goes on for everybody."""

import pytest

from hub.run.hub import Hub
from hub.store.database import rows
from schemas.event_type import JsonObject
from tests.integration.intake.sending import project_all, send, told
from tests.integration.web.calling import calling
from tests.unit.intake.builders import JOBBTORG, event, opened, registration

FIRST, LAST = "0001-01-01", "9999-12-31"


def of_enrolment(event_id: str, action: str, **data: str) -> JsonObject:
    """An event of the one enrolment."""
    named = {name.removesuffix("_"): value for name, value in data.items()}
    if action == "opened":
        named["programme"] = "jobbtorg"
    return event(event_id, f"enrolment.{action}", {"key": "e", **named}, schemaversion=2 if action == "opened" else 1)


def heartbeat(event_id: str, complete_to: str) -> JsonObject:
    """What the source says that it is complete to."""
    return event(event_id, "source.heartbeat", {"complete_to": complete_to}, subject=JOBBTORG)


def test_a_life_from_the_first_day_to_the_last_is_shown_as_of_every_day(hub: Hub) -> None:
    sent = [
        registration(),
        opened("o", time=f"{FIRST}T00:00:00Z"),
        of_enrolment("p", "paused", from_=FIRST),
        of_enrolment("r", "resumed", from_=FIRST),
        of_enrolment("q", "paused", from_=LAST),
        of_enrolment("s", "resumed", from_=LAST),
        of_enrolment("c", "closed", to=LAST),
        of_enrolment("o2", "opened", from_=FIRST, planned_end=LAST),
        of_enrolment("c2", "closed", to=FIRST),
    ]

    receipts = send(hub, sent)
    project_all(hub)

    assert told(receipts) == ["accepted"] * len(sent)
    with hub.database.transaction() as connection:
        assert rows(connection, "SELECT count(*) FROM parked_event") == [(0,)]
    with calling(hub) as api:
        for as_of in (FIRST, "2026-11-20", LAST):
            assert api.timeline(str(receipts[0].participant_id), ("as_of", as_of)).status_code == 200


@pytest.mark.parametrize(
    "complete_to",
    [f"{FIRST}T00:00:00+14:00", f"{FIRST}T00:00:00+00:01", f"{LAST}T23:59:59-14:00", "0000-12-31T00:00:00Z"],
)
def test_an_instant_that_does_not_exist_in_utc_is_refused(hub: Hub, complete_to: str) -> None:
    assert told(send(hub, [heartbeat("h", complete_to)])) == ["rejected field_invalid"]


def test_a_source_that_says_absurd_instants_stops_no_answer(hub: Hub) -> None:
    person = send(hub, [registration()])[0].participant_id

    for place, complete_to in enumerate((f"{FIRST}T00:00:00Z", f"{LAST}T23:59:59Z", f"{LAST}T23:59:59+14:00")):
        assert told(send(hub, [heartbeat(f"h{place}", complete_to)])) == ["accepted"]

    with calling(hub) as api:
        for known_at in (FIRST, "2026-11-20", LAST, f"{FIRST}T00:00:00+14:00", f"{LAST}T23:59:59-14:00"):
            assert api.timeline(str(person), ("known_at", known_at)).status_code == 200
