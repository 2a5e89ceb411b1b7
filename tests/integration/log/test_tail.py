"""What a process remembers of the log it wrote is what the log says, and nothing that others wrote is left out."""

from dataclasses import replace

from hub.log.entries import read_after
from hub.log.tail import Tail
from hub.run.hub import Hub
from schemas.event_type import JsonObject
from schemas.events import RecordedEvent
from schemas.vocabulary import Position
from tests.integration.intake.sending import project_all, send
from tests.unit.intake.builders import event, registration

FEW = 4


def test_what_is_remembered_equals_what_a_reader_of_the_log_gets(hub: Hub) -> None:
    send(hub, [event("held-first", "progress.reported", {"scale": 3, "scale_max": 5})])
    send(hub, [registration(), *reports("a")])
    send(hub, reports("b"))

    everything = in_the_log(hub, 0)
    assert everything
    assert hub.tail.after(Position(0), 100) == everything
    assert hub.tail.after(Position(2), 3) == everything[2:5]
    assert hub.tail.after(everything[-1].position, 100) == []


def test_what_another_process_wrote_between_is_read_from_the_log(hub: Hub) -> None:
    send(hub, [registration()])
    own = hub.tail.after(Position(0), 100)
    send(hub, reports("a"))
    forget(hub.tail)  # as if another process had written these
    send(hub, reports("b"))

    assert [each.position for each in own] == [1]
    assert hub.tail.after(Position(0), 100) == []
    assert hub.tail.after(Position(1 + FEW), 100) == in_the_log(hub, 1 + FEW)
    assert project_all(hub) == 1 + 2 * FEW


def test_the_oldest_are_forgotten_first(hub: Hub) -> None:
    forgetful = replace(hub, tail=Tail(kept=FEW))
    send(forgetful, [registration(), *reports("a")])

    assert forgetful.tail.after(Position(0), 10) == []
    assert forgetful.tail.after(Position(1), 10) == in_the_log(hub, 1)


def reports(prefix: str) -> list[JsonObject]:
    """A few events of a registered person."""
    return [event(f"{prefix}-{at}", "progress.reported", {"scale": 3, "scale_max": 5}) for at in range(FEW)]


def forget(tail: Tail) -> None:
    """A process that has just begun remembers nothing."""
    tail.put(Position(10**6), [])


def in_the_log(hub: Hub, after: int) -> list[RecordedEvent]:
    """What a reader of the log gets."""
    with hub.database.transaction() as connection:
        return read_after(connection, hub.ring, Position(after), 100)
