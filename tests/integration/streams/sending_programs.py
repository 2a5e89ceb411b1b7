"""An agency's own program as another process, so that it can be killed: it puts its events and sends them, every time it runs."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from schemas.event_type import JsonObject

_PROGRAM = """
import os, signal, sys
from pathlib import Path
from connectors.kafka_publisher import Publisher

address, agency, outbox, events, dies = sys.argv[1:]

def acknowledged(count):
    if dies == "when acknowledged":
        os.kill(os.getpid(), signal.SIGKILL)
    print(count, flush=True)

with Publisher(agency, {"bootstrap_servers": address}, Path(outbox)) as publisher:
    publisher.put(Path(events).read_bytes().splitlines())
    print("put", flush=True)
    publisher.send(acknowledged)
"""


def write_events(path: Path, events: Iterable[JsonObject | bytes]) -> Path:
    """A file of JSON Lines for the program."""
    lines = [event if isinstance(event, bytes) else json.dumps(event).encode() for event in events]
    path.write_bytes(b"\n".join(lines))
    return path


def started(address: str, agency: str, outbox: Path, events: Path, dies: str = "") -> "subprocess.Popen[str]":
    """The program, running; it prints a line when all is in the outbox, and one for every batch that was sent."""
    command = [sys.executable, "-c", _PROGRAM, address, agency, str(outbox), str(events), dies]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def first_by_person(listed: Iterable[Any]) -> dict[str, list[str]]:  # records of kafka-python, which has no types
    """The ids of each person's events in the order in which they first came."""
    people: dict[str, dict[str, None]] = {}
    for record in listed:
        event = json.loads(record.value)
        people.setdefault(event["subject"], {}).setdefault(event["id"])
    return {person: list(events) for person, events in people.items()}
