"""The relay by itself: what it sends and notes, beside another, and for agencies that have no topic."""

import json
from dataclasses import replace

import pytest

from hub.intake.reading import Delivery, read_record
from hub.intake.registry import Source
from hub.run.hub import Hub
from hub.run.relay import Relay
from hub.run.steps import receive
from hub.store.register import Agency, add_agency, add_source, authorise
from schemas.errors import PositionTaken
from schemas.event_type import JsonObject
from schemas.topics import receipts_topic
from tests.integration.cluster.running import Running
from tests.integration.published_numbers import personal_numbers
from tests.unit.intake.builders import opened, registration

NEW = "urn:samspar:source:nykommun:system"
ONE, OTHER = personal_numbers(2)


def received(hub: Hub, agency: str, *events: JsonObject) -> None:
    """As if an intake worker had read them."""
    receive(
        hub,
        [
            Delivery(
                agency=agency,
                channel="kafka",
                locator=f"agency.{agency}.events/0/{place}",
                received_at=hub.now(),
                content=read_record(json.dumps(each).encode()),
            )
            for place, each in enumerate(events)
        ],
    )


def relay_of(running: Running) -> Relay:
    """A relay in this process."""
    return Relay(replace(running.hub, settings=running.settings))


def test_an_agency_without_a_topic_holds_up_neither_entries_nor_the_receipts_of_others(running: Running) -> None:
    with running.hub.database.transaction() as connection:
        add_agency(connection, Agency(code="nykommun", name="Ny kommun", mark="NY", organisation_number=None))
        add_source(connection, Source(uri=NEW, agency="nykommun"))
        authorise(connection, "nykommun", ["*"], None, None)
    received(running.hub, "nykommun", registration("n", number=ONE, source=NEW))
    received(running.hub, "jobbtorg", registration("j", number=OTHER))
    relay = relay_of(running)
    with relay.led():
        assert relay.step()

    assert len(running.canonical) == 2
    assert [json.loads(each.value or b"")["id"] for each in running.written(receipts_topic("jobbtorg"))] == ["j"]
    assert relay.lag() == 0


def test_a_late_relay_is_told_that_another_has_gone_on_and_what_it_sent_is_known(running: Running) -> None:
    received(running.hub, "jobbtorg", registration("j", number=ONE))
    late, next_one = relay_of(running), relay_of(running)
    with late.led(), next_one.led():
        assert next_one.step()
        received(running.hub, "jobbtorg", opened("o"))
        with pytest.raises(PositionTaken, match="another relay moved it"):
            late.step()
        assert next_one.step()

    positions = [int(dict(each.headers)["position"]) for each in running.canonical]
    assert sorted(set(positions)) == [1, 2]
    assert len(positions) > 2
    running.start("projections")
    running.wait_until_visible()
    assert running.commands.json("verify")[0]["equal"]
