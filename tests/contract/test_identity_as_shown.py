"""The register and the timeline choose the same correction, however the numbers of events are mixed (RULES-TIMELINE 2, 3)."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hub.intake.identity import STATING
from hub.intake.outcomes import Accepted
from hub.intake.registry import Authorisation, Registry, Source
from hub.log.entries import read_after
from hub.run.hub import Hub
from hub.store.database import rows
from hub.store.embedded import Cluster
from hub.store.register import add_source
from projections.timeline.chains import place, resolve
from schemas.event_type import JsonObject
from schemas.events import RecordedEvent, recorded
from schemas.uids import event_uid
from schemas.vocabulary import Position
from tests.databases import fresh_database, fresh_hub
from tests.integration.intake.sending import send, told
from tests.unit.intake.builders import JOBBTORG, PERSONAL_NUMBER, Door, event

PLANNING = "urn:samspar:source:jobbtorg:planering"
SOURCES = (JOBBTORG, JOBBTORG, PLANNING)


def stated(place: int, level: str = "none") -> JsonObject:
    """One person's number, and a card that tells which event says so."""
    card = {"type": "lma_number", "value": f"60-{place:06}"}
    return {"identifiers": [{"type": "personal_number", "value": PERSONAL_NUMBER}, card], "protection": level}


def about(target: JsonObject) -> JsonObject:
    """What a correction or retraction says of the event that it names."""
    return {"replaces": {"source": target["source"], "id": target["id"]}, "reason": "mistake"}


def corrected(place: int, target: JsonObject) -> tuple[str, JsonObject]:
    """A correction of a registration, or of another correction."""
    data = {"event": "participant.registered", "replacement": stated(place)}
    return "participant.corrected", data | about(target)


@st.composite
def stories(draw: st.DrawFn) -> list[JsonObject]:
    """Two systems of one agency speak of one person: corrections, retractions, and events about something else."""
    count = draw(st.integers(3, 10))
    numbers = draw(st.permutations(range(1, count + 1)))
    story: list[JsonObject] = []
    for at in range(count):
        source = (JOBBTORG, PLANNING)[at] if at < 2 else draw(st.sampled_from(SOURCES))
        targets = [each for each in story if each["type"].endswith((".registered", ".corrected"))]
        said: tuple[str, JsonObject] = ("participant.registered", stated(at))
        if at >= 2:
            target = draw(st.sampled_from(targets))
            said = draw(
                st.sampled_from(
                    [
                        corrected(at, target),
                        corrected(at, target),
                        ("participant.retracted", about(target)),
                        ("conversation.held", {"kind": "trepartssamtal"}),
                    ]
                )
            )
        numbered = {"sequence": str(numbers[at])} if draw(st.booleans()) else {}
        time = f"2026-11-20T09:{draw(st.integers(0, 9)):02}:00+01:00"
        story.append(event(f"e{at}", said[0], said[1], source=source, time=time, **numbered))
    return story


def two_systems() -> Door:
    """The front door with two sources of one agency."""
    sources = {uri: Source(uri=uri, agency="jobbtorg") for uri in (JOBBTORG, PLANNING)}
    granted = {"jobbtorg": (Authorisation(agency="jobbtorg", pattern="*"),)}
    return Door(registry=Registry(sources=sources, authorisations=granted))


def shown(events: Sequence[RecordedEvent]) -> dict[UUID, UUID]:
    """Which version of every statement about identity the timeline shows."""
    chains = [chain for chain in resolve(place(events)) if chain.root.name in STATING]
    return {chain.root.uid: chain.current.uid for chain in chains if chain.current is not None}


@settings(deadline=None, derandomize=True, max_examples=300)
@given(stories())
def test_the_register_holds_what_the_timeline_shows_after_every_delivery(story: list[JsonObject]) -> None:
    door = two_systems()
    log: list[RecordedEvent] = []
    for body in story:
        for outcome in door.send(body):
            if isinstance(outcome, Accepted):
                log.append(recorded(outcome.event, Position(len(log) + 1), door.now, outcome.event.envelope.data))
        roots = [each.uid for each in log if each.name in STATING]
        counted = [statement for root in roots if (statement := door.facts.current(root)) is not None]
        assert {each.root: each.uid for each in counted} == shown(log)


def counting(hub: Hub) -> set[UUID]:
    """The events whose identifiers the register finds somebody by."""
    with hub.database.transaction() as connection:
        return {uid for (uid,) in rows(connection, "SELECT DISTINCT statement FROM identifier WHERE counts")}


def everything(hub: Hub) -> list[RecordedEvent]:
    """The log."""
    with hub.database.transaction() as connection:
        return read_after(connection, hub.ring, Position(0), 1000)


@settings(
    deadline=None,
    derandomize=True,
    max_examples=12,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stories(), st.integers(1, 4))
def test_the_database_holds_what_the_timeline_shows_after_batches_of_any_size(
    cluster: Cluster, tmp_path: Path, story: list[JsonObject], size: int
) -> None:
    door = two_systems()
    with fresh_database(cluster) as database, fresh_hub(database, tmp_path) as hub:
        with hub.database.transaction() as connection:
            add_source(connection, Source(uri=PLANNING, agency="jobbtorg"))
        for start in range(0, len(story), size):
            part = story[start : start + size]
            receipts = told(send(hub, part))
            pure = [door.told(body)[0] for body in part]

            assert [each.split()[0] for each in receipts] == [each.split()[0] for each in pure]
            assert counting(hub) == set(shown(everything(hub)).values())


def test_an_event_about_something_else_decides_between_a_correction_with_a_number_and_one_without(hub: Hub) -> None:
    registered = event("reg", "participant.registered", stated(0), sequence="1", time="2026-11-20T09:00:00+01:00")
    name, data = corrected(1, registered)
    numbered = event("with", name, data, sequence="3", time="2026-11-20T09:01:00+01:00")
    name, data = corrected(2, registered)
    timed = event("without", name, data, time="2026-11-20T09:02:00+01:00")
    send(hub, [registered, numbered, timed])
    before = counting(hub), set(shown(everything(hub)).values())

    talk = {"kind": "trepartssamtal"}
    send(hub, [event("talk", "conversation.held", talk, sequence="2", time="2026-11-20T09:05:00+01:00")])

    assert before == ({event_uid(JOBBTORG, "without")},) * 2
    assert (counting(hub), set(shown(everything(hub)).values())) == ({event_uid(JOBBTORG, "with")},) * 2
