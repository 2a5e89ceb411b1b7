"""Invented stories, as tangled as they come, are shown the same by the pure code and through the front door."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from hub.run.models import TIMELINE
from hub.run.rebuild import verify
from hub.store.embedded import Cluster
from hub.tryout.observed import Question
from hub.tryout.pure import PureHub
from hub.tryout.story import Story
from tests.contract.real_hub import RealHub, real_hub
from tests.contract.showing import at_its_time, shown
from tests.databases import fresh_database

Item = dict[str, Any]  # a delivery in the notation of cases
AS_OF = date(2026, 3, 2)
BEGINS = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - cases write Stockholm time without offset
NUMBERS = ("19860101-2381", "19790101-2398", "19920101-1732")
LMA = ("12-345678", "12-345679")
PEOPLE = tuple({"personal_number": number} for number in NUMBERS) + tuple({"lma_number": number} for number in LMA)
AGENCIES = ("jobbtorg", "af")
REFERENCES = ("R1", "R2")
SPELLS = ("enrolment.opened", "enrolment.changed", "enrolment.paused", "enrolment.closed")


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """What two agencies say about a few references: registrations, spells, corrections, repetitions, repairs."""
    items: list[Item] = []
    minutes = 0
    for place in range(draw(st.integers(2, 12))):
        minutes += draw(st.sampled_from((1, 10, 40)))
        received = BEGINS + timedelta(minutes=minutes)
        sender = {"agency": draw(st.sampled_from(AGENCIES)), "key": f"d{place}", "received": received}
        said = draw(_registration() if place < draw(st.integers(0, 3)) else _said(items, sender))
        if "again" not in said:
            said["happened"] = BEGINS + timedelta(minutes=draw(st.integers(-60, minutes)))
            said["subject"] = draw(st.sampled_from((*REFERENCES, *_hub_ids(items, said))))
            if draw(st.booleans()):
                said["seq"] = draw(st.integers(1, 8))
        items.append({**sender, **said})
    return Story("invented", {"case": "invented", "says": "-", "story": items})


def _said(items: list[Item], sender: Item) -> st.SearchStrategy[Item]:
    own = [each for each in items if each["agency"] == sender["agency"] and "again" not in each]
    facts = [each for each in own if each["event"] != "source.heartbeat"]
    choices = [_registration(), _spell(), _spell(), _spell(), _protection(), _heartbeat(sender)]
    if own:
        choices.append(st.sampled_from(own).map(lambda each: {"again": each["key"]}))
        choices.append(st.sampled_from(own).map(lambda each: {"id": each["key"], **_other_event(each)}))
    if facts:
        choices += [_replacing(facts)] * 2
    return st.one_of(choices)


def _hub_ids(items: list[Item], said: Item) -> list[str]:
    """The hub's own id of somebody whose registration is never taken back or refused, whoever says it."""
    first = items[0] if items else {}
    sound = first.get("event") == "participant.registered" and len(first["identifiers"]) == 1
    kept = all(each.get("replaces") != first.get("key") for each in (*items, said))
    return [f"hub:{first['agency']}#{first['subject']}"] if sound and kept else []


def _protection() -> st.SearchStrategy[Item]:
    levels = st.sampled_from(("none", "sekretessmarkering", "skyddad_folkbokforing"))
    return levels.map(lambda level: {"event": "participant.protection_changed", "protection": level})


def _registration() -> st.SearchStrategy[Item]:
    identifiers = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2)
    protection = st.sampled_from(("none", "none", "sekretessmarkering"))
    return st.builds(
        lambda stated, level: {"event": "participant.registered", "identifiers": stated, "protection": level},
        identifiers,
        protection,
    )


def _spell() -> st.SearchStrategy[Item]:
    def told(event: str, key: str, programme: str) -> Item:
        return {"event": event, "of": key} | ({"programme": programme} if event == "enrolment.opened" else {})

    return st.builds(told, st.sampled_from(SPELLS), st.sampled_from("ab"), st.sampled_from(("ame", "nowhere", "jug")))


def _heartbeat(sender: Item) -> st.SearchStrategy[Item]:
    return st.integers(0, 30).map(
        lambda minutes: {"event": "source.heartbeat", "complete_to": sender["received"] - timedelta(minutes=minutes)}
    )


def _other_event(each: Item) -> Item:
    """A repaired or conflicting delivery under an id that was used before."""
    return {"event": "enrolment.opened", "of": str(each.get("of", "a")), "programme": "ame"}


def _replacing(facts: list[Item]) -> st.SearchStrategy[Item]:
    def told(target: Item, verb: str) -> Item:
        root = target
        while "replaces" in root:
            root = next(each for each in facts if each["key"] == root["replaces"])
        family = root["event"].partition(".")[0]
        item: Item = {"event": f"{family}.{verb}", "replaces": target["key"], "reason": "wrong"}
        if verb == "corrected":
            item |= {name: root[name] for name in ("identifiers", "protection", "programme") if name in root}
            item |= {"programme": "sfi"} if family == "enrolment" else {}
        return item

    return st.builds(told, st.sampled_from(facts), st.sampled_from(("corrected", "retracted")))


@contextmanager
def told(story: Story, cluster: Cluster, folder: Path) -> Iterator[RealHub]:
    """A real hub that has heard nothing of the story yet."""
    with fresh_database(cluster) as database, real_hub(story, database, folder) as real:
        yield real


def questions(story: Story) -> list[Question]:
    """The first person after every delivery, and in the end whoever is behind each reference."""
    moments = sorted({delivery.received_at for delivery in story.deliveries})
    everybody = [f"{agency}#{reference}" for agency in AGENCIES for reference in REFERENCES]
    return [Question(as_of=AS_OF, known_at=moment) for moment in moments] + [
        Question(as_of=AS_OF, known_at=moments[-1], who=who) for who in everybody
    ]


@settings(
    deadline=None,
    derandomize=True,
    max_examples=15,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stories())
def test_an_invented_story_is_shown_the_same_both_ways_at_every_moment_and_looking_back(
    cluster: Cluster, tmp_path: Path, story: Story
) -> None:
    pure = PureHub(story)
    pure.play()

    with told(story, cluster, tmp_path) as real:
        then = []
        for question in questions(story):
            real.play(until=question.known_at)
            then.append(at_its_time(real.look_now(question), story, question))
        later = [shown(real.look_back(question), story, question) for question in questions(story)]

    observed = [(question, pure.observe(question)) for question in questions(story)]
    assert then == [at_its_time(seen, story, question) for question, seen in observed]
    assert later == [shown(seen, story, question) for question, seen in observed]


@settings(
    deadline=None,
    derandomize=True,
    max_examples=5,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stories(), st.lists(st.integers(1, 4), max_size=4))
def test_a_batch_equals_one_by_one_and_what_is_projected_step_by_step_equals_a_rebuild(
    cluster: Cluster, tmp_path: Path, story: Story, sizes: list[int]
) -> None:
    assume(not any(delivery.hub_subject for delivery in story.deliveries))  # an id is known only after its receipt
    question = Question(as_of=AS_OF, known_at=story.deliveries[-1].received_at)

    with told(story, cluster, tmp_path) as batches, told(story, cluster, tmp_path) as singles:
        batches.play_together(sizes)
        singles.play_together([1] * len(story.deliveries))
        shown_by = [shown(real.look_now(question), story, question) for real in (batches, singles)]
        compared = [verify(real.hub, TIMELINE, lambda _reached, _goal: None) for real in (batches, singles)]

    assert shown_by[0] == shown_by[1]
    assert [each.equal for each in compared] == [True, True]
    assert compared[0].live.portable_digest == compared[1].live.portable_digest
