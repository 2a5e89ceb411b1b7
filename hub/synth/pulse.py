"""What a source tells of itself: heartbeats, an outage with its replay, and a merger of two units (DOMAIN 6, P15)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hub.synth.people import ANCHOR, sources
from hub.synth.sent import ACCEPTED, DUPLICATE, Sent, body_of
from hub.synth.voice import Said
from schemas.event_type import JsonObject
from schemas.vocabulary import ORGANISATION_URN

_OUTAGE_BEGINS = ANCHOR - timedelta(days=12)
_OUTAGE_ENDS = ANCHOR - timedelta(days=10)
_HEARTBEAT_DAYS = 30


def about_the_source(agency: str) -> list[Sent]:
    """Daily heartbeats of the last month, but for an outage at Jobbtorg, and a merger of two units."""
    uri = sources()[agency].uri
    found: list[Sent] = []
    for days in range(_HEARTBEAT_DAYS, -1, -1):
        at = ANCHOR - timedelta(days=days, minutes=30)
        if agency == "jobbtorg" and _OUTAGE_BEGINS <= at <= _OUTAGE_ENDS:
            continue
        data: JsonObject = {"complete_to": (at - timedelta(minutes=5)).isoformat()}
        pulse = Said(agency=agency, at=at, name="source.heartbeat", data=data)
        found.append(Sent(body=body_of(f"puls-{days:03}", uri, pulse)))
    if agency == "jobbtorg":
        merged: JsonObject = {"successor_number": "2120000142", "name": "Stockholms kommun", "from": "2026-07-01"}
        at = ANCHOR - timedelta(days=142)
        merger = Said(agency=agency, at=at, name="organisation.merged", data=merged)
        found.insert(0, Sent(body=body_of("omorganisation-1", f"{ORGANISATION_URN}2120000803", merger)))
    return found


def replayed(sent: Sequence[Sent]) -> list[Sent]:
    """After the outage the sender replays from the day before it, to be on the safe side (P15)."""
    begins, ends = _OUTAGE_BEGINS - timedelta(days=1), _OUTAGE_ENDS
    return [
        Sent(body=each.body, expect=DUPLICATE, numbered=False)
        for each in sent
        if each.expect == ACCEPTED and each.numbered and begins <= datetime.fromisoformat(each.body["time"]) <= ends
    ]
