"""Invents stories: what two agencies say about a few references, as tangled as it comes."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from hub.tryout.story import Story

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
    nobody = {"process_owner": "none"}  # the stories are about everything but plans
    return Story("invented", {"case": "invented", "says": "-", "person": nobody, "story": items})


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
