"""What a running hub says by itself: held for too long, somebody parked."""

from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from hub import telemetry
from hub.run.housekeeping import keep_house
from hub.run.hub import Hub
from hub.run.status import state
from tests.integration.intake.sending import send, told
from tests.unit.intake.builders import opened, registration


def test_what_is_held_for_too_long_raises_an_alarm_until_its_person_is_registered(hub: Hub) -> None:
    week = timedelta(days=hub.settings.held_alarm_days)
    held = told(send(hub, [opened()]))
    later = replace(hub, now=lambda: hub.now() + week + timedelta(minutes=1))

    with capture_logs() as too_early:
        keep_house(hub)
    with capture_logs() as alarm:
        keep_house(later)
    gauge = telemetry.REGISTRY.get_sample_value("samspar_held_too_long_events", {"agency": "jobbtorg"})
    counted = (state(hub).held_too_long, state(later).held_too_long)
    send(hub, [registration()])
    with capture_logs() as settled:
        keep_house(later)

    assert held == ["held participant_unknown"]
    assert (too_early, settled) == ([], [])
    assert alarm == [{"event": "held_too_long", "log_level": "warning", "count": 1, "days": 7}]
    assert (gauge, counted) == (1, (0, 1))
